"""The shipped content and the screener that reads it by the rules alone, so that tests don't hang on a model."""

from pathlib import Path

from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.packs.read import read_pack
from bot.reading import ReadingRoom
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
MUST_BE_FOUND = frozenset(
    {
        "vitamin-d-lowers-calcium",
        "ccb-lowers-blood-calcium",
        "liver-disease-classic-cause",
        "brain-is-typical-site",
        "always-the-parathyroid",
        "parathyroid-makes-many-hormones",
    }
)  # in the example thread's second post


def shipped_pack() -> Pack:
    return read_pack(ROOT / Settings().content)


def shipped_screener() -> Screener:
    thresholds = Settings().screening
    return Screener(shipped_pack(), notice=thresholds.notice, shadow=thresholds.shadow)


def shipped_rules() -> ReadingRoom:
    return ReadingRoom(shipped_screener())
