"""The schemas that editors use: current, complete, and of one mind with `check`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from bot.__main__ import main
from bot.packs.editor_schema import as_text, mode_line, schema_name, schemas, unexplained
from bot.packs.read import KINDS
from tests.packs.small import SHIPPED, small_pack
from tests.packs.test_broken import SHAPE, Break

FOLDER = SHIPPED.parent / "schema"
FILES = sorted(p.relative_to(SHIPPED).as_posix() for p in SHIPPED.rglob("*.yaml"))


def as_an_editor_reads(path: Path) -> Any:
    """Editors read YAML 1.2: `yes` is a text, and so is a date."""
    return _texts(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {_texts(key): _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def kind_of(file: str) -> str:
    return file.partition("/")[0].removesuffix(".yaml")


def faults(file: str, folder: Path) -> list[str]:
    schema = json.loads((FOLDER / schema_name(kind_of(file))).read_text("utf-8"))
    checker = jsonschema.FormatChecker()
    validator = jsonschema.Draft7Validator(schema, format_checker=checker)
    return [e.message for e in validator.iter_errors(as_an_editor_reads(folder / file))]


def test_the_schemas_on_disk_are_those_of_the_models() -> None:
    now = {name: as_text(schema) for name, schema in schemas().items()}
    on_disk = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert on_disk == now, "the models have changed: run `python -m bot schema`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained_to_whoever_points_at_it(kind: str) -> None:
    assert unexplained(kind) == (), "say in bot/packs/editor_schema.py what the key means"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(json.loads((FOLDER / name).read_text("utf-8")))


@pytest.mark.parametrize("file", FILES)
def test_files_that_ship_lead_to_their_schema_and_fit_it(file: str) -> None:
    first = (SHIPPED / file).read_text("utf-8").split("\n")[0]
    assert first == mode_line(kind_of(file))
    assert ((SHIPPED / file).parent / first.partition("=")[2]).resolve() == (FOLDER / schema_name(kind_of(file)))
    assert faults(file, SHIPPED) == []


@pytest.mark.parametrize("broken", SHAPE, ids=lambda b: b.name)
def test_what_check_calls_a_wrong_shape_an_editor_marks_too(tmp_path: Path, broken: Break) -> None:
    pack = small_pack(tmp_path / "pack")
    text = (pack / broken.file).read_text("utf-8")
    assert faults(broken.file, pack) == []
    (pack / broken.file).write_text(text.replace(broken.old, broken.new, 1), "utf-8")
    assert faults(broken.file, pack)


def test_the_command_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", str(tmp_path / "new" / "schema")]) == 0
    written = capsys.readouterr().out.splitlines()
    assert sorted(Path(line).name for line in written) == sorted(p.name for p in FOLDER.iterdir())
    assert main(["schema", written[0]]) == 2
