"""Whatever bytes end up in a content file, reading it ends in a pack or in problems that name a file and a line."""

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.content_checks import Level
from bot.packs.check import check_pack
from bot.packs.problems import PackErrors
from bot.packs.read import read_pack
from tests.packs.small import small_pack

FILES = (
    "pack.yaml",
    "vocabulary.yaml",
    "safety.yaml",
    "topics/overview.yaml",
    "misconceptions/vitamin-d-lowers-calcium.yaml",
)
SNIPPETS = (b"- ", b"[", b"]", b"{", b"}", b": ", b"\n", b'"', b"'", b"&a ", b"*a", b"!x ", b"|", b">", b"#", b"\t")
ODD = (b"---\n", b"...", b"<<: ", b"? ", b"=", b"~", b"1e999", b"0b_", b"2026-99-99", b"12:61:99", b"\xff", b"\x00")
PIECES = st.one_of(st.sampled_from(SNIPPETS + ODD), st.binary(max_size=4), st.text(max_size=4).map(str.encode))


@settings(max_examples=200, deadline=None)
@given(
    file=st.sampled_from(FILES),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), PIECES), min_size=1, max_size=4),
)
def test_random_bytes_never_raise_anything_else(file: str, edits: list[tuple[float, int, bytes]]) -> None:
    with TemporaryDirectory() as folder:
        pack = small_pack(Path(folder) / "pack")
        data = (pack / file).read_bytes()
        for where, dropped, piece in edits:
            start = round(where * len(data))
            data = data[:start] + piece + data[start + dropped :]
        (pack / file).write_bytes(data)
        _read_and_check(pack)


@settings(max_examples=60, deadline=None)
@given(file=st.sampled_from(FILES), seed=st.integers(0, 2**32))
def test_shuffled_lines_never_raise_anything_else(file: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        pack = small_pack(Path(folder) / "pack")
        lines = (pack / file).read_text("utf-8").split("\n")
        random.Random(seed).shuffle(lines)
        (pack / file).write_text("\n".join(lines), "utf-8")
        _read_and_check(pack)


def _read_and_check(folder: Path) -> None:
    found = check_pack(folder, today=date(2026, 11, 24))
    assert all(p.line >= 1 and p.column >= 1 and p.message for p in found)
    if any(p.severity is Level.ERROR for p in found):
        with pytest.raises(PackErrors):
            read_pack(folder)
    else:
        assert read_pack(folder).topics
