"""Text is folded and cut without ever failing, and every word knows where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import LONGEST_SENTENCE, fold, sentences, unstretched

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)  # lone surrogates too


def words(text: str) -> list[tuple[str, ...]]:
    return [sentence.words for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vitamin D", "vitamin d"),
        ("саlсium", "calcium"),  # Cyrillic look-alikes
        ("cal\u200bcium", "calcium"),
        ("c̶a̶lcium", "calcium"),
        ("ｃａｌｃｉｕｍ", "calcium"),
        ("**cal**cium", "calcium"),
        ("c@lcium", "calcium"),
        ("v1tamin", "vitamin"),
        ("naïve café", "naive cafe"),
        ("d3", "d3"),
    ],
)
def test_disguised_words_are_read_plainly(text: str, expected: str) -> None:
    assert fold(text).text == expected


def test_links_and_mentions_leave_no_words() -> None:
    assert words("see https://example.org/statins-kill <@12345> now") == [("see", "now")]


def test_code_is_not_read_but_bare_fences_are() -> None:
    assert words("so\n```python\nx = 1\n```\nthere") == [("so",), ("there",)]
    assert words("```milk hurts```") == [("milk", "hurts")]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("...", 0),
        ("One. Two! Three?", 3),
        ("Take vit. D daily.", 1),
        ("- one\n- two", 2),
        ("2.5 mmol", 1),
        ("no full stop at all", 1),
    ],
)
def test_sentences_are_told_apart(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_sentence_knows_its_form() -> None:
    quoted, asked, opening = sentences("> as they said\nIs it so?\nCauses:\n")
    assert (quoted.quoted, asked.quoted) == (True, False)
    assert (asked.asked, opening.asked) == (True, False)
    assert (opening.opens, asked.opens) == (True, False)


def test_a_decade_is_one_word() -> None:
    assert sentences("back in the 80s, in your 30s")[0].words == ("back", "in", "the", "80s", "in", "your", "30s")


def test_quotation_marks_mark_their_words() -> None:
    (sentence,) = sentences('they say "milk hurts" often')
    assert sentence.cited == {2, 3}


def test_what_never_ends_is_cut() -> None:
    assert [len(found) for found in words("word " * (2 * LONGEST_SENTENCE))] == [LONGEST_SENTENCE] * 2


@pytest.mark.parametrize(("word", "expected"), [("sooooo", "so"), ("good", "good"), ("", "")])
def test_stretched_letters_are_written_once(word: str, expected: str) -> None:
    assert unstretched(word) == expected


@given(ANY_TEXT)
def test_folding_never_fails_and_leads_back(text: str) -> None:
    folded = fold(text)
    places = [folded.original(index) for index in range(len(folded.text))]
    assert all(0 <= place < len(text) for place in places)
    assert places == sorted(places)


@given(ANY_TEXT)
def test_words_have_places_in_the_original(text: str) -> None:
    for sentence in sentences(text):
        assert len(sentence.words) == len(sentence.starts) == len(sentence.ends) > 0
        assert all(0 <= start < end <= len(text) for start, end in zip(sentence.starts, sentence.ends, strict=True))
        assert list(sentence.starts) == sorted(sentence.starts)


@given(st.text("abcdefgh ,", max_size=80))
def test_plain_text_folds_to_itself(text: str) -> None:
    assert fold(text).text == text
