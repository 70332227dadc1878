"""Misspelt words lead to the same known words as when each were compared."""

from difflib import SequenceMatcher

import pytest

from bot.core.spelling import Speller
from tests.sandbox.content import shipped_pack

WORDS = sorted({word for topic in shipped_pack().topics.values() for word in topic.summary.casefold().split()})
LEAST = 0.74


def compared(typed: str) -> set[tuple[float, str]]:
    """What comparing with each word finds."""
    scores = {(SequenceMatcher(None, word, typed).ratio(), word) for word in WORDS}
    return {(score, word) for score, word in scores if score >= LEAST}


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_what_is_ruled_out_early_was_never_near(cut: int) -> None:
    speller = Speller(WORDS, least=LEAST)
    for word in WORDS:
        for typed in (word, word[:cut] + word[cut + 1 :], word[:cut] + "xé" + word[cut:], word[::-1]):
            assert set(speller.near(typed)) == compared(typed)


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert list(Speller((), least=LEAST).near("calcium")) == []
    assert list(Speller(("calcium",), least=LEAST).near("")) == []
