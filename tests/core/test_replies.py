"""What somebody gets who asks, on the shipped pack."""

from functools import cache
from pathlib import Path

import pytest

from bot.core import wording
from bot.core.answers import search
from bot.core.pack import Pack
from bot.core.replies import Reply, about, related
from bot.core.replies import reply as reply_to
from bot.packs.read import read_pack


@cache
def shipped() -> Pack:
    return read_pack(Path("content/calcification"))


def reply(pack: Pack, text: str) -> Reply:
    return reply_to(pack, text, search(pack, text))


def test_a_topic_by_name_is_answered_with_related_topics() -> None:
    found = reply(shipped(), "kidney")
    assert found.answer is not None
    assert found.answer.topic == "kidney"
    assert len(found.choices) == 3
    assert "kidney" not in {c.topic for c in found.choices}


def test_what_is_not_plain_gives_topics_to_choose_from() -> None:
    found = reply(shipped(), "tumour lumps")
    assert found.answer is None
    assert found.words == wording.did_you_mean(shipped(), any_found=True)
    assert 1 <= len(found.choices) <= 5


def test_nonsense_says_where_to_look() -> None:
    assert reply(shipped(), "xqzvw").words == wording.did_you_mean(shipped(), any_found=False)


def test_a_topic_that_is_gone_says_so_and_keeps_urgent_words() -> None:
    found = about(shipped(), "nowhere", urgent="Call for help now.")
    assert (found.answer, found.words, found.urgent) == (None, wording.TOPIC_GONE, "Call for help now.")


@pytest.mark.parametrize("topic", sorted(shipped().topics))
def test_every_topic_leads_on_to_three_others(topic: str) -> None:
    near = related(shipped(), shipped().topics[topic])
    assert len({t.id for t in near} - {topic}) == 3


@pytest.mark.parametrize(
    ("topic", "leads_to"),
    [("compare", "dystrophic"), ("metastatic", "causes"), ("calciphylaxis", "kidney"), ("treatment", "parathyroid")],
)
def test_what_a_topic_names_or_rests_on_comes_first(topic: str, leads_to: str) -> None:
    assert leads_to in {t.id for t in related(shipped(), shipped().topics[topic])}
