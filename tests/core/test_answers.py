"""Which topic answers a question, and when an answer may be offered."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core import answers
from bot.core.pushing import pushes
from tests.samples import PACK
from tests.sandbox.content import shipped_pack

SHIPPED = shipped_pack()
LABELLED = Path(__file__).parents[2] / "bench" / "answers.jsonl"
FRESH = LABELLED.with_name("answers_fresh.jsonl")


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
    assert nothing >= 0.92 * len(asked)


def test_questions_that_nobody_has_looked_at_find_their_topic_or_nothing() -> None:
    """The unseen half of a set that was written from the topics' content alone; see docs/answers.md."""
    rows = [json.loads(line) for line in FRESH.read_text("utf-8").splitlines()]
    unseen = [row for row in rows if row["part"] == "unseen"]
    first = {row["id"]: next(iter(answers.search(SHIPPED, row["text"])), None) for row in unseen}
    asked, off = [r for r in unseen if r["topic"]], [r for r in unseen if not r["topic"]]
    right = sum((m := first[row["id"]]) is not None and m.topic == row["topic"] for row in asked)
    assert right >= 0.8 * len(asked) > 50
    assert sum(first[row["id"]] is None for row in off) >= 0.8 * len(off) > 15


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


@pytest.mark.parametrize("part", ["pushing", "pushing2"])
def test_no_answer_is_offered_to_a_question_that_pushes_an_opinion(part: str) -> None:
    texts = [row["text"] for row in labelled(part)]
    assert len(texts) >= 15
    assert [text for text in texts if answers.offer(SHIPPED, text)] == []


@pytest.mark.parametrize("part", ["sincere", "sincere2"])
def test_a_sincere_question_is_not_taken_for_pushing_because_of_how_it_begins(part: str) -> None:
    cues = answers.index_of(SHIPPED).cues
    texts = [row["text"] for row in labelled(part)]
    assert len(texts) >= 15
    assert sum(not pushes(text, cues) for text in texts) >= 0.85 * len(texts)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("why are my arteries calcifying?", "arteries"),
        ("When are phosphate binders taken?", "kidney"),
        ("how long can calcinosis cutis last?", "skin-joints"),
        ("How come my calcium is high when my vitamin D is low?", "causes"),
        ("why would my mother have calciphylaxis without dialysis?", "calciphylaxis"),
    ],
)
def test_a_sincere_question_that_begins_as_rhetorical_ones_do_is_offered_an_answer(text: str, topic: str) -> None:
    assert answers.offer(SHIPPED, text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "why are they hiding why my arteries are calcifying?",
        "How come nobody tells you when phosphate binders are taken?",
        "Since when can calcinosis cutis last?",
        "why would anyone have calciphylaxis without dialysis?",
        "Why are my arteries calcifying?! yeah right",
        "name one reason why my arteries are calcifying?",
    ],
)
def test_the_same_question_pushed_is_left_alone(text: str) -> None:
    assert answers.offer(SHIPPED, text) is None


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
