"""Figures about screening, worked out by hand on a few messages."""

import pytest

from bot.core.evaluation import Counts, Judged, counts_of, evaluate, reliability


def judged(labels: str, said: dict[str, float], kind: str = "assert") -> Judged:
    return Judged("1", "…", frozenset(labels.split()), kind, said)


@pytest.mark.parametrize(
    ("labels", "said", "counts"),
    [
        ("a", {"a": 0.9}, Counts(right=1)),
        ("a b", {"a": 0.9, "b": 0.4}, Counts(right=1, missed=1)),
        ("a", {"b": 0.5}, Counts(wrong=1, missed=1)),
        ("", {}, Counts(near_misses=1)),
        ("", {"a": 0.6, "b": 0.7}, Counts(wrong=2, near_misses=1, near_misses_flagged=1)),
        ("", {"a": 0.49}, Counts(near_misses=1)),
    ],
)
def test_what_one_message_adds(labels: str, said: dict[str, float], counts: Counts) -> None:
    assert counts_of(judged(labels, said), 0.5) == counts


def test_the_report_adds_up() -> None:
    messages = [
        judged("a", {"a": 0.9}),
        judged("a", {}, "long"),
        judged("", {"b": 0.8}, "true"),
        judged("", {}, "true"),
    ]
    report = evaluate(messages, threshold=0.5)
    assert (report.counts.precision, report.counts.recall, report.counts.f1) == (0.5, 0.5, 0.5)
    assert report.near_miss_share.value == 0.5
    assert report.near_miss_share.low <= 0.5 <= report.near_miss_share.high
    assert report.by_kind["long"] == Counts(missed=1)
    assert report.macro_f1 == pytest.approx((2 / 3 + 0) / 2)
    assert [(j.kind, m) for j, m in report.wrong] == [("true", "b")]
    assert [(j.kind, m) for j, m in report.missed] == [("long", "a")]


def test_the_same_messages_give_the_same_intervals() -> None:
    messages = [judged("a", {"a": 0.9 if n % 3 else 0.1}) for n in range(30)]
    first, second = evaluate(messages, threshold=0.5), evaluate(messages, threshold=0.5)
    assert first == second
    assert 0 < first.f1.low < first.f1.value < first.f1.high < 1


def test_nothing_at_all_is_no_division_by_zero() -> None:
    report = evaluate([], threshold=0.5)
    assert (report.f1.value, report.near_miss_share.value, report.reliability) == (1.0, 0.0, ())


def test_reliability_compares_what_was_said_with_what_was_right() -> None:
    messages = [judged("a", {"a": 0.91}), judged("", {"a": 0.93}), judged("", {"a": 0.11, "b": 0.001})]
    low, high = reliability(messages)
    assert (low.said, low.right, low.count) == (0.11, 0.0, 1)
    assert high.said == pytest.approx(0.92)
    assert (high.right, high.count) == (0.5, 2)
