"""The shipped content, and a screener that knows the example thread by heart.

Tests of the page use it so that they don't hang on how well the real screener reads.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from bot.core.pack import Pack
from bot.core.screening import Finding, Screening
from bot.packs.read import read_pack
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
SAID: Mapping[str, str] = MappingProxyType(
    {
        "vitamin-d-lowers-calcium": "vitamin D supplements may be prescribed to reduce the amount of calcium in"
        " the blood",
        "ccb-lowers-blood-calcium": "calcium-channel blockers and vitamin D supplements may be prescribed to reduce the"
        " amount of calcium in the blood",
        "always-the-parathyroid": "The primary cause is a raised calcium level, which is usually due to a faulty"
        " parathyroid gland",
        "liver-disease-classic-cause": "caused by other illnesses, such as kidney failure, liver disease",
        "all-diuretics-raise-calcium": "Certain medicines, such as diuretics, can push up the calcium in the blood",
        "brain-is-typical-site": "the heart, lungs, brain, kidneys and blood vessels",
        "parathyroid-makes-many-hormones": "by secreting various hormones",
    }
)


def shipped_pack() -> Pack:
    return read_pack(ROOT / Settings().content)


class ByHeart:
    """Finds what the thread's second post says, word for word."""

    def screen(self, text: str, *, reply_to: str = "") -> Screening:
        found = ((name, words, text.find(words)) for name, words in SAID.items())
        return Screening(
            tuple(Finding(n, 0.9, w, at, at + len(w), "It is said word for word.") for n, w, at in found if at >= 0)
        )
