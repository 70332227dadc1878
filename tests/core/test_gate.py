"""The gate lets through what the subject needs, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gate import Gate
from tests.core.pack_on_disk import pack, screener

GATE = Gate(["calcium", "vitamin d", "k 2", "arter*", "kidney stone*", "score of zero", "bring … down"])


@pytest.mark.parametrize(
    "text",
    [
        "CALCIUM?",
        "my calciums",
        "c@lcium",
        "c4lcium",
        "саlсium",
        "**cal**cium",
        "k2",
        "K-2 works",
        "take k 2",
        "arteries",
        "a score of zero, then",
        "it brings nothing; bring it right down",
    ],
)
def test_the_subject_passes(text: str) -> None:
    assert GATE.admits(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello everyone",
        "score!",
        "vitamin c",
        "kidney beans",
        "art is long",
        "2 k run today",
        "sit down and bring cake",
        "zero of score",
    ],
)
def test_other_talk_does_not(text: str) -> None:
    assert not GATE.admits(text)


@pytest.mark.parametrize(
    "text",
    [
        "anyone up for a game tonight?",
        "the build failed again, something is wrong with the cache",
        "lol no way, it works on my machine",
        "I moved the files and now nothing starts, how do I get it back down to one error",
        "score is 3 to 1, what a heart-stopping match",
        "my brain hurts, off to bed with some milk",
    ],
)
def test_ordinary_chat_does_not_pass_the_pack(text: str) -> None:
    assert not screener().rule_scores(text)
    assert not screener().screen(text).findings


def test_every_example_that_must_be_flagged_passes_the_pack() -> None:
    examples = [text for m in pack().misconceptions.values() for text in m.flags]
    assert not [text for text in examples if not screener().concerns(text)]


@given(st.text(st.characters(codec=None), max_size=200))
def test_the_gate_never_fails(text: str) -> None:
    assert GATE.admits(text) in (True, False)


@given(st.text(st.characters(codec="ascii"), max_size=60), st.text(st.characters(codec="ascii"), max_size=60))
def test_a_word_of_the_subject_passes_wherever_it_stands(before: str, after: str) -> None:
    assert GATE.admits(f"{before}\ncalcium\n{after}")


@given(st.lists(st.sampled_from(["calcium", "score", "of", "zero", "k", "2", "hello", "C@LCIUM", "art,", "arteries"])))
def test_what_the_gate_remembers_changes_no_answer(words: list[str]) -> None:
    text = " ".join(words)
    fresh = Gate(["calcium", "k 2", "arter*", "score of zero"])
    assert GATE.admits(text) == fresh.admits(text) == fresh.admits(text)


def test_the_gate_remembers_only_so_many_words_and_no_long_ones() -> None:
    gate = Gate(["calcium"])
    for number in range(0, 140_000, 100):
        assert not gate.admits(" ".join(f"word{n}" for n in range(number, number + 100)))
    assert not gate.admits("x" * 1_000_000)
    assert gate.remembered < 70_000
    assert gate.admits("word1 calcium")


def test_a_number_beside_a_letter_has_to_be_the_phrases_own() -> None:
    gate = Gate(["k 2", "vitamin d 3"])
    assert gate.admits("take k 2 then")
    assert not gate.admits("it took k 4 then")
    assert gate.admits("vitamin D-3")
