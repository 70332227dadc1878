"""Concepts are found by their phrases: whole words, beginnings, gaps, and the longest thing first."""

import pytest

from bot.core.concepts import LONGEST_WORD, Lexicon, parse
from bot.core.text import sentences

LEXICON = Lexicon(
    {
        "calcium": ("calcium",),
        "blocker": ("calcium channel blocker*",),
        "k2": ("K2",),
        "lowers": ("bring* … down", "lower*"),
        "denied": ("don't",),
    },
    things=frozenset({"calcium", "blocker", "k2"}),
)


def found(text: str) -> list[tuple[str, str]]:
    """Concept and words of every mention."""
    return [
        (mention.concept, " ".join(sentence.words[mention.first : mention.last + 1]))
        for sentence in sentences(text)
        for mention in LEXICON.mentions(sentence.words, sentence.pauses)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Calcium", [("calcium", "calcium")]),
        ("calcium's", [("calcium", "calciums")]),
        ("calciumite", []),
        ("k-2 and K2", [("k2", "k 2"), ("k2", "k 2")]),
        ("it brings the level right down", [("lowers", "brings the level right down")]),
        ("it brings one two three four five down", []),
        ("it brings cake, sit down", []),
        ("calcium-channel blockers", [("blocker", "calcium channel blockers")]),
        ("don't or dont", [("denied", "dont"), ("denied", "dont")]),
        ("", []),
    ],
)
def test_what_is_mentioned(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_gap_does_not_bind_the_words_inside_it() -> None:
    (mention,) = LEXICON.mentions(("bring", "it", "down"))
    assert not mention.tight
    assert mention.overlaps(0, 0)
    assert not mention.overlaps(1, 1)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("K2", ("k", "2")),
        ("dissolv*", ("dissolv*",)),
        ("~the d", ("the", "d")),
        ("bring* … down", ("bring*", "…", "down")),
    ],
)
def test_phrases_are_read_like_messages(phrase: str, words: tuple[str, ...]) -> None:
    assert parse(phrase).words == words


def test_endless_words_are_no_words() -> None:
    assert LEXICON.mentions(("lower" * LONGEST_WORD,)) == []
