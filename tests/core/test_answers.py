"""Which topic answers a question, and when an answer may be offered."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core import answers
from tests.samples import PACK
from tests.sandbox.content import shipped_pack

SHIPPED = shipped_pack()
LABELLED = Path(__file__).parents[2] / "bench" / "answers.jsonl"


def labelled(part: str) -> Iterator[dict[str, Any]]:
    for line in LABELLED.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["part"] == part:
            yield row


def found(text: str) -> str | None:
    matches = answers.search(SHIPPED, text, limit=1)
    return matches[0].topic if matches else None


def test_questions_in_other_words_find_their_topic_first() -> None:
    asked = [row for row in labelled("tuning") if row["topic"]]
    right = sum(found(row["text"]) == row["topic"] for row in asked)
    assert len(asked) >= 150
    assert right >= 0.95 * len(asked)


def test_questions_about_something_else_mostly_find_nothing() -> None:
    asked = [row for row in labelled("tuning") if not row["topic"]]
    nothing = sum(found(row["text"]) is None for row in asked)
    assert len(asked) >= 50
    assert nothing >= 0.8 * len(asked)


def test_answers_are_offered_under_plain_questions_and_under_nothing_else() -> None:
    rows = list(labelled("offers"))
    offered = {row["id"]: answers.offer(SHIPPED, row["text"]) for row in rows}
    assert [row["text"] for row in rows if offered[row["id"]] not in (None, row["topic"])] == []
    assert sum(bool(offered[row["id"]]) for row in rows if row["offer"]) >= 0.85 * sum(row["offer"] for row in rows)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Vitamín-D", "vitamin-d-calcium"),
        ("paratyroid", "parathyroid"),
        ("how is calciphilaxis treated?", "calciphylaxis"),
        ("", None),
        ("🍵", None),
        ("?" * 2000, None),
        ("qwertz uiop", None),
    ],
)
def test_names_with_slips_and_accents_lead_to_their_topic(text: str, topic: str | None) -> None:
    assert found(text) == topic


def test_a_name_scores_highest_and_the_start_of_one_nearly_so() -> None:
    assert answers.search(SHIPPED, "dialysis")[0] == answers.Match("kidney", 1.0)
    assert answers.search(SHIPPED, "dialy")[0] == answers.Match("kidney", 0.9)


def test_what_is_typed_so_far_is_completed() -> None:
    assert answers.complete(SHIPPED, "calciph")[0] == ("calciphylaxis", "Calciphylaxis")
    assert len(answers.complete(SHIPPED, "")) == len(SHIPPED.topics)


@pytest.mark.parametrize(
    "text",
    [
        "what is the difference between these two flags",
        "what is the wifi password?",
        "where it happens?",
        "does this distribution ship with a firewall?",
        "Can it go away?",
        "why was my appointment moved to tuesday?",
    ],
)
def test_words_that_could_be_about_anything_are_no_question_for_us(text: str) -> None:
    assert not answers.might_ask(SHIPPED, text)
    assert answers.offer(SHIPPED, text) is None


def test_a_question_that_an_admin_adds_is_found_in_a_pack_on_any_subject() -> None:
    assert answers.search(PACK, "which drink do monks whisk in a bowl?") == ()
    topic = replace(PACK.topics["green"], questions=("What do monks whisk in a bowl?",))
    taught = replace(PACK, topics={"green": topic})
    assert answers.search(taught, "which drink do monks whisk in a bowl?")[0].topic == "green"
