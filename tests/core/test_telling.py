"""What the examples of a new misconception have in common."""

import pytest

from bot.core.telling import Said, shortened, telling


def said(concepts: str, words: str) -> Said:
    return Said(frozenset(concepts.split()), shortened(words.split()))


FLAGS = [
    said("sauna calcium clears", "saunas sweat the calcium out"),
    said("sauna arteries clears", "a sauna sweats it out"),
    said("sauna", "sit in the sauna"),
]
OTHERS = [said("calcium", "the calcium in milk"), said("arteries calcium", "it is the arteries"), said("", "in milk")]


@pytest.mark.parametrize(
    ("text", "concepts", "words"),
    [
        (said("sauna clears", "the sauna sweats it out"), 1.0, 1.0),
        (said("sauna", "a nice sauna"), 0.6, 0.5),
        (said("calcium", "a glass of milk"), 0.0, 0.0),
        (said("", ""), 0.0, 0.0),
    ],
)
def test_a_text_that_says_what_the_examples_share_is_near(text: Said, concepts: float, words: float) -> None:
    known = telling(FLAGS, OTHERS)
    assert known.concepts_said(text) == pytest.approx(concepts, abs=0.2)
    assert known.words_said(text) == pytest.approx(words, abs=0.2)


def test_what_everybody_says_tells_nothing() -> None:
    known = telling(FLAGS, OTHERS)
    assert "the" not in known.words or known.words["the"] < min(known.words["sauna"], known.words["out"])
    assert not known.concepts.keys() & {"calcium", "arteries"}


def test_one_example_is_enough_to_begin_with() -> None:
    known = telling([FLAGS[0]], OTHERS)
    assert known.words_said(FLAGS[0]) == 1.0
