"""The calcification pack as it ships, read once for the tests of the reader."""

from functools import cache
from pathlib import Path

from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.packs.read import read_pack

ROOT = Path(__file__).parents[2]


@cache
def pack() -> Pack:
    return read_pack(ROOT / "content" / "calcification")


@cache
def screener() -> Screener:
    return Screener(pack())


def flagged(text: str, reply_to: str = "") -> set[str]:
    """The misconceptions that the text is flagged for, by the rules alone."""
    return {finding.misconception for finding in screener().screen(text, reply_to=reply_to).findings}
