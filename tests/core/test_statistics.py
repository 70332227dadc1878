"""Numbers about moderators' work, exports, fingerprints, and what a report weighs."""

import csv
import io
from datetime import timedelta

import pytest

from bot.core import reports
from bot.core.console import age, statistics_lines
from bot.core.export import as_csv
from bot.core.fingerprint import fingerprint
from bot.core.review import Act, Decision, decide
from bot.core.statistics import summarise, wilson
from bot.ports import Record
from tests.samples import ANN, BEN, NOON, case

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("successes", "of", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (19, 22, 0.6667, 0.9525), (10, 10, 0.7225, 1.0)],
)
def test_intervals_are_those_of_wilson(successes: int, of: int, low: float, high: float) -> None:
    assert wilson(successes, of) == pytest.approx((low, high), abs=2e-4)


def test_the_numbers_of_some_cases() -> None:
    upheld = decide(case(), Decision(Act.UPHOLD, ANN, NOON + HOUR, 1, chosen=("tea-cures",)))
    dismissed = decide(case(), Decision(Act.DISMISS, BEN, NOON + 3 * HOUR, 1))
    numbers = summarise([upheld, dismissed, case()], NOON + 5 * HOUR)
    assert (numbers.cases, numbers.undecided, numbers.oldest) == (3, 1, 5 * HOUR)
    assert (numbers.waits, numbers.median_wait) == ((HOUR, 3 * HOUR), 2 * HOUR)
    assert [(r.misconception, r.upheld, r.decided, r.pending) for r in numbers.rates] == [
        ("tea-cures", 1, 2, 1),
        ("tea-is-blue", 0, 2, 1),
    ]
    assert numbers.deciders == (("Ann", 1), ("Ben", 1))
    lines = statistics_lines(numbers, timedelta(days=30), people=True)
    assert "Half of the decisions took less than 2 hours." in lines
    assert "Ann: 1 decision" in lines
    assert not any("Ann" in line for line in statistics_lines(numbers, timedelta(days=30), people=False))


def test_no_cases_have_plain_numbers_too() -> None:
    assert statistics_lines(summarise([], NOON), timedelta(days=1), people=True) == [
        "0 cases in the last 24 hours; 0 waiting."
    ]


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit(span: timedelta, words: str) -> None:
    assert age(span) == words


@pytest.mark.parametrize("place", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_exported_cell_can_be_taken_for_a_formula(place: str) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([case(place=place)]))))
    assert rows[0]["channel"] == f"'{place}"


@pytest.mark.parametrize(
    ("text", "same"),
    [("Tea cures all", True), ("TEA  cures — all!!", True), ("t\u200bea cures all", True), ("tea cures al", False)],
)
def test_the_same_text_has_the_same_fingerprint(text: str, same: bool) -> None:
    assert (fingerprint(text, b"key") == fingerprint("tea cures all", b"key")) is same


def test_without_the_key_a_fingerprint_tells_nothing() -> None:
    assert fingerprint("tea cures all", b"key") != fingerprint("tea cures all", b"another")


@pytest.mark.parametrize(
    ("records", "opens"),
    [
        ([Record(0, 0)], True),
        ([Record(0, 4)], True),
        ([Record(0, 5)], False),
        ([Record(0, 5), Record(0, 5)], True),
        ([Record(9, 10)], True),
    ],
)
def test_whose_reports_were_mostly_wrong_needs_company(records: list[Record], opens: bool) -> None:
    assert reports.open_a_case(records) is opens
