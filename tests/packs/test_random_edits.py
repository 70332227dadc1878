"""Whatever bytes end up in a content file, reading ends in a whole pack or in problems that name file and line."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.core.content_checks import Level
from bot.core.reader import Screener
from bot.packs.check import check_pack
from bot.packs.problems import PackErrors
from bot.packs.read import read_pack

STONES = Path(__file__).parent / "kidney-stones"
TODAY = date(2026, 11, 25)
FILES = sorted(p.relative_to(STONES).as_posix() for p in STONES.rglob("*.yaml"))
SNIPPETS = (b"- ", b"[", b"]", b"{", b"}", b": ", b"\n", b'"', b"'", b"&a ", b"*a", b"!x ", b"|", b">", b"#", b"\t")
ODD = (b"---\n", b"...", b"<<: ", b"? ", b"=", b"~", b"1e999", b"0b_", b"2026-99-99", b"12:61:99", b"\xff", b"\x00")
WORDS = (b"\xe2\x80\xa6", b" & ", b"|", b"*", b"{0}", b"%s", b"\xed\xa0\x80", b"\xf0\x9f\x8d\xb5", b"\r", b"yes", b"-1")
TEXT = "With kidney stones cut out all calcium. Does lasix raise it? No!"


def scrambled(data: bytes, dice: random.Random) -> bytes:
    """The bytes after one to four random edits."""
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data) + 1)
        end = min(len(data), start + dice.choice((0, 0, 1, 3, 30, 300)))
        piece = dice.choice(
            (
                dice.choice(SNIPPETS),
                dice.choice(ODD),
                dice.choice(WORDS),
                dice.randbytes(dice.randint(0, 4)),
                data[end : end + dice.randint(0, 200)],
                bytes(b ^ (1 << dice.randrange(8)) for b in data[start:end]),
            )
        )
        data = data[:start] + piece + data[end:]
    return data


def shuffled(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    dice.shuffle(lines)
    return b"\n".join(lines)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return shutil.copytree(STONES, tmp_path / "pack")


def test_some_random_edits(pack: Path) -> None:
    storm(pack, seed=0, count=250)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 21))
def test_thousands_of_random_edits(pack: Path, seed: int, request: pytest.FixtureRequest) -> None:
    """Ten thousand with `--edits 10000`; a fifth of that by default, for the time that it takes."""
    storm(pack, seed=seed, count=request.config.getoption("--edits") // 20)


def storm(pack: Path, *, seed: int, count: int) -> None:
    """Edit one file after the other at random; each time the pack is refused with reasons, or it is whole."""
    dice = random.Random(seed)
    for number in range(count):
        path = pack / dice.choice(FILES)
        good = path.read_bytes()
        path.write_bytes(shuffled(good, dice) if number % 20 == 0 else scrambled(good, dice))
        try:
            _refused_or_whole(pack, path)
        except Exception as error:
            raise AssertionError(f"edit {number} of {path.name}: {path.read_bytes()!r}") from error
        path.write_bytes(good)


def _refused_or_whole(pack: Path, edited: Path) -> None:
    found = check_pack(pack, today=TODAY, screens_of=Screener)
    lines = edited.read_bytes().count(b"\n") + 2
    assert all(p.message and p.rule and p.column >= 1 for p in found)
    assert all(1 <= p.line <= lines for p in found if p.file == str(edited))
    if any(p.severity is Level.ERROR for p in found):
        with pytest.raises(PackErrors):
            read_pack(pack)
        return
    read = read_pack(pack)
    assert set(read.topics) == {p.stem for p in (pack / "topics").iterdir()}
    assert set(read.misconceptions) == {p.stem for p in (pack / "misconceptions").iterdir()}
    assert Screener(read).screen(TEXT) is not None
