"""Which messages tell of somebody who may need help now."""

from pathlib import Path

import pytest

from bot.core.pack import RedFlags
from bot.core.urgent import UrgentReader
from bot.evaluate_urgent import figures, judged
from tests.samples import PACK
from tests.sandbox.content import shipped_pack

SAFETY = shipped_pack().safety
READER = UrgentReader(SAFETY.red_flags)
LABELLED = Path(__file__).parents[2] / "bench" / "urgent.jsonl"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("I'm confused and vomiting, my calcium is 14.5", "emergency"),
        ("my husband passed out and wont wake up", "emergency"),
        ("My son just swallowed half a bottle of vitamin D gummies", "overdose"),
        ("I am on dialysis and have purple patches on my leg, agony", "same_day_skin"),
        ("since my parathyroid surgery my lips are tingling", "possible_low_calcium"),
        ("they told me I have high calcium and I can't stop vomiting today", "same_day_high_calcium"),
        ("nice weather", None),
        ("Can high calcium cause seizures?", None),
        ("In the movie he had a seizure", None),
        ("Patients may present with confusion and vomiting.", None),
        ("", None),
        ("14", None),
        ("calcium " * 5000, None),
    ],
)
def test_the_key_of_the_urgent_text(text: str, key: str | None) -> None:
    assert READER.key(text) == key


@pytest.mark.parametrize(
    ("one", "other", "worse"),
    [
        ("", "", ""),
        ("", "same_day", "same_day"),
        ("same_day", "emergency", "emergency"),
        ("gone", "same_day", "same_day"),
    ],
)
def test_the_more_serious_of_two_keys(one: str, other: str, worse: str) -> None:
    assert UrgentReader(PACK.safety.red_flags).more_serious(one, other) == worse


def test_a_pack_without_red_flags_calls_nothing_urgent() -> None:
    assert UrgentReader(RedFlags()).key("I can't breathe") is None


@pytest.mark.parametrize(("part", "right"), [("tuning", 0.97), ("unseen", 0.95)])
def test_emergencies_are_seen_and_look_alikes_left_alone(part: str, right: float) -> None:
    got = figures([t for t in judged(READER, LABELLED, SAFETY.urgent) if t.part == part])
    assert got.seen >= 0.95 * got.emergencies
    assert got.right_text >= (right - 0.02) * got.emergencies
    assert got.false_alarms <= 0.05 * got.look_alikes
    assert min(got.emergencies, got.look_alikes) >= 90


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("my calcium is 14 mg/dl", "emergency"),
        ("my calcium was 14,2", "emergency"),
        ("my calcium is 13.9", None),
        ("my calcium is 3.5 mmol/l today", "emergency"),
        ("I take 1400 mg of calcium", None),
        ("I take calcium for 14 days", None),
    ],
)
def test_measured_values(text: str, key: str | None) -> None:
    assert READER.key(text) == key


def test_a_quoted_message_calls_for_nothing() -> None:
    assert READER.key("> I'm choking, can't breathe\nPoor thing, did you read that?") is None
