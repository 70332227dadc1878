"""What the network gets to read."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.second_reader.windows import LONGEST, MOST_WINDOWS, formatted, parts, windows


def test_short_message_is_read_as_a_whole() -> None:
    assert windows("Tea cures everything. It does.") == ["Tea cures everything. It does."]


def test_every_sentence_of_a_long_message_is_in_a_window() -> None:
    sentences = [f"This is sentence number {n} of quite a long post." for n in range(20)]
    text = " ".join(sentences)
    whole, *parts = windows(text)
    assert whole == text
    assert all(any(s in p for p in parts) for s in sentences)


def test_neighbouring_sentences_share_a_window() -> None:
    sentences = [f"This is sentence number {n} of quite a long post." for n in range(20)]
    shown = windows(" ".join(sentences))[1:]
    pairs = itertools.pairwise(sentences)
    assert all(any(a in p and b in p for p in shown) for a, b in pairs)


def test_answered_message_comes_first_as_a_quotation() -> None:
    assert formatted("yes it does", "does tea\ncure colds?") == "> does tea cure colds?\nyes it does"


def test_a_message_that_quotes_already_is_left_alone() -> None:
    assert formatted("> does it?\nyes", "does it?") == "> does it?\nyes"


@given(st.text(), st.text())
def test_any_text_gives_at_least_one_bounded_window(text: str, reply_to: str) -> None:
    assert 1 <= len(parts(text, reply_to)) <= MOST_WINDOWS + 2


def test_what_a_long_message_answers_is_in_none_of_its_windows() -> None:
    long = "I see it another way, for reasons that I have given before. " * 8
    assert not any("cures" in part for part in parts(long, "Tea cures colds."))
    assert parts("Yes, it does.", "Tea cures colds. " * 20)[0].endswith("\nYes, it does.")


@given(st.text(alphabet=st.characters(categories=["Cs", "Lu"])))
def test_broken_characters_become_encodable(text: str) -> None:
    assert formatted(text).encode("utf-8") is not None


def test_a_megabyte_is_cut() -> None:
    assert len(formatted("a. " * 400_000)) == LONGEST
    assert len(windows(formatted("a. b\n" * 200_000))) <= MOST_WINDOWS + 2
