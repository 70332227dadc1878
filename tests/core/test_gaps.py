"""What is kept of questions that nothing answers."""

from datetime import date, timedelta

import pytest

from bot.core.gaps import KEPT, MOST, Gap, fresh, noted, often, read, written

TODAY = date(2026, 3, 1)


def test_the_same_question_is_counted() -> None:
    gaps = noted(noted((), "Is tea  BLUE?", TODAY), "is tea blue", TODAY + timedelta(days=1))
    assert gaps == (Gap("is tea blue", 2, TODAY + timedelta(days=1)),)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("call me on 0123456789 about tea", "call me on about tea"),
        ("is @mina right about tea", "is right about tea"),
        ("write to mina@example.org", "write to"),
        ("see https://example.org/mina", "see"),
        ("<@123456> tea", "tea"),
    ],
)
def test_what_names_a_person_is_left_out(typed: str, kept: str) -> None:
    assert [gap.words for gap in noted((), typed, TODAY)] == [kept]


@pytest.mark.parametrize("typed", ["", "🍵", "my mother told me that when she was young " * 3])
def test_nothing_and_whole_stories_are_not_kept(typed: str) -> None:
    assert noted((), typed, TODAY) == ()


def test_what_was_not_asked_again_is_forgotten() -> None:
    gaps = noted((), "old", TODAY)
    assert fresh(gaps, TODAY + KEPT) == gaps
    assert noted(gaps, "new", TODAY + KEPT + timedelta(days=1)) == (Gap("new", 1, TODAY + KEPT + timedelta(days=1)),)


def test_only_so_many_are_kept_and_those_asked_last_stay() -> None:
    gaps: tuple[Gap, ...] = ()
    for number in range(MOST + 5):
        gaps = noted(gaps, f"tea {number}", TODAY)
    assert len(gaps) == MOST
    assert gaps[0].words == "tea 5"


def test_they_come_back_as_they_were_written_and_the_most_frequent_first() -> None:
    gaps = (Gap("a", 1, TODAY), Gap("b", 3, TODAY))
    assert read(written(gaps)) == gaps
    assert [gap.words for gap in often(gaps)] == ["b", "a"]
    assert read(None) == ()
