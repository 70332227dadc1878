"""A model folder is used only when it is whole and of our format."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bot.second_reader import manifest
from bot.second_reader.manifest import ModelUnusable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reader.onnx").write_bytes(b"network")
    write(tmp_path)
    return tmp_path


def write(folder: Path, **changes: Any) -> None:
    content = {
        "format": manifest.FORMAT,
        "version": "1",
        "labels": ["tea-cures-colds"],
        "base": {"name": "a base", "licence": "Apache-2.0"},
        "files": {"reader.onnx": hashlib.sha256(b"network").hexdigest()},
    }
    (folder / manifest.NAME).write_text(json.dumps(content | changes), "utf-8")


def test_reads_a_whole_folder(folder: Path) -> None:
    assert manifest.read(folder).labels == ("tea-cures-colds",)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"reader\.json can't be read"):
        manifest.read(tmp_path / "nowhere")


def test_missing_file_is_named(folder: Path) -> None:
    (folder / "reader.onnx").unlink()
    with pytest.raises(ModelUnusable, match=r"reader\.onnx can't be read"):
        manifest.read(folder)


def test_truncated_file_is_refused(folder: Path) -> None:
    (folder / "reader.onnx").write_bytes(b"netw")
    with pytest.raises(ModelUnusable, match="checksum"):
        manifest.read(folder)


def test_other_format_is_refused(folder: Path) -> None:
    write(folder, format=manifest.FORMAT + 1)
    with pytest.raises(ModelUnusable, match="this bot reads format"):
        manifest.read(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1, "version": "1", "labels": 3}', "\x00"])
def test_damaged_manifest_is_refused(folder: Path, content: str) -> None:
    (folder / manifest.NAME).write_text(content, "utf-8")
    with pytest.raises(ModelUnusable, match="damaged"):
        manifest.read(folder)
