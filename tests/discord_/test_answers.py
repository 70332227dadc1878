"""Asking on Discord: the command, its completion, the buttons under an answer, and "Answer with…"."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.core import wording
from bot.core.pack import Pack
from bot.discord_.answers import reply_message
from bot.packs.read import read_pack
from tests.discord_.conftest import Server

COMMAND = "calcification"


@cache
def shipped() -> Pack:
    return read_pack(Path("content/calcification"))


def longer() -> Pack:
    """The shipped content with one topic that takes more than a page."""
    topic = shipped().topics["medicines"]
    return replace(shipped(), topics={**shipped().topics, "medicines": replace(topic, facts=topic.facts * 2)})


@pytest.fixture
async def asking(server: Server) -> Server:
    """The server with the shipped content."""
    server.pack = shipped()
    await server.restart()
    return server


def buttons(message: Any) -> list[str]:
    return [c["label"] for row in message.components for c in row["components"]]


async def ask(server: Server, topic: str, who: Any = None, **options: Any) -> Any:
    return await (who or server.member).slash(server.health, COMMAND, topic=topic, **options)


async def test_an_answer_shows_everything_and_offers_what_comes_next(asking: Server) -> None:
    asking.pack = longer()
    await asking.restart()
    shown = await ask(asking, "medicines")
    assert not shown.ephemeral
    embed = shown.response.embeds[0]
    assert embed.title == "Medicines that matter"
    assert "](https://" in embed.description
    assert "not medical advice" in embed.footer.text
    under = buttons(shown.response)
    assert under[:5] == ["Next page", "Sources (17)", "Useful", "Not useful", "Delete"]
    assert len(under) == 8  # three related topics


@pytest.mark.parametrize(
    ("typed", "first"),
    [("caus", "causes"), ("calciphilaxis", "calciphylaxis"), ("Vitamín", "vitamin-d-calcium"), ("heart", "arteries")],
)
async def test_the_topic_completes_through_other_names_typos_and_accents(
    asking: Server, typed: str, first: str
) -> None:
    choices = await asking.member.autocomplete(asking.health, COMMAND, "topic", typed)
    assert choices[0]["value"] == first
    assert len(choices) <= 25


async def test_a_private_answer_is_for_the_asker_alone(asking: Server) -> None:
    shown = await ask(asking, "kidney", private=True)
    assert shown.ephemeral
    assert "Delete" not in buttons(shown.response)


async def test_pages_turn_for_the_one_who_clicks(asking: Server) -> None:
    asking.pack = longer()
    await asking.restart()
    shown = await ask(asking, "medicines")
    second = await asking.ben.click(shown.response, label="Next page")
    assert second.ephemeral
    assert second.response.embeds[0].footer.text.startswith("Page 2 of 2.")
    first = await asking.ben.click(second.response, label="First page")
    assert first.response.id == second.response.id
    assert first.response.embeds[0].footer.text.startswith("Page 1 of 2.")


async def test_sources_open_in_full(asking: Server) -> None:
    shown = await ask(asking, "causes")
    sources = await asking.ben.click(shown.response, label="Sources (16)")
    assert sources.ephemeral
    lines = sources.response.embeds[0].description.splitlines()
    assert len(lines) == 16
    assert lines[0].startswith("1. [")
    assert "https://" in lines[0]


async def test_a_related_topic_opens_for_the_one_who_clicks(asking: Server) -> None:
    shown = await ask(asking, "causes")
    label = buttons(shown.response)[-1]
    opened = await asking.ben.click(shown.response, label=label)
    assert opened.ephemeral
    assert opened.response.embeds[0].title.startswith(label.rstrip("…"))


async def test_a_vote_counts_once_can_be_changed_and_shows_in_the_numbers(asking: Server) -> None:
    shown = await ask(asking, "causes")
    said = [
        (await asking.member.click(shown.response, label=label)).response.content
        for label in ("Useful", "Useful", "Not useful")
    ]
    assert said == [
        wording.voted(useful=True, before=None),
        wording.voted(useful=True, before=True),
        wording.voted(useful=False, before=True),
    ]
    await asking.ben.click(shown.response, label="Useful")
    stats = await asking.ann.slash(asking.mods, "moderation stats")
    assert "Causes of metastatic calcification: useful to 1 of 2 people" in stats.response.content


async def test_the_asker_or_a_moderator_deletes_an_answer_and_nobody_else(asking: Server) -> None:
    stranger = asking.guild.add_member(asking.env.create_user("sam"))
    shown = await ask(asking, "causes")
    refused = await stranger.click(shown.response, label="Delete")
    assert refused.response.content == wording.ANSWER_IS_OTHERS
    await asking.member.click(shown.response, label="Delete")
    assert shown.response is None
    again = await ask(asking, "kidney")
    await asking.ann.click(again.response, label="Delete")
    assert again.response is None


async def test_what_is_not_plain_is_asked_back_and_answered_for_everybody(asking: Server) -> None:
    asked = await ask(asking, "tumour lumps")
    assert asked.ephemeral
    assert asked.response.content == "Did you mean one of these?"
    picked = await asking.member.click(asked.response, label=buttons(asked.response)[0])
    assert not picked.ephemeral
    assert picked.response.embeds


async def test_nonsense_gets_a_kind_word(asking: Server) -> None:
    asked = await ask(asking, "xqzvw")
    assert asked.response.content == "There is nothing on that yet. Type /calcification and pick a topic from the list."


async def test_many_answers_in_a_minute_are_shown_to_the_asker_alone(asking: Server) -> None:
    for topic in ("causes", "kidney", "sites"):
        assert not (await ask(asking, topic)).ephemeral
    fourth = await ask(asking, "treatment")
    assert fourth.ephemeral
    assert fourth.response.content == wording.only_for_you(many_by_you=True)
    assert fourth.response.embeds[0].title == "Treatment"
    for topic in ("causes", "kidney", "sites"):
        assert not (await ask(asking, topic, asking.ben)).ephemeral
    crowded = await ask(asking, "causes", asking.ann)
    assert crowded.response.content == wording.only_for_you(many_by_you=False)
    asking.clock.pass_time(timedelta(minutes=1))
    assert not (await ask(asking, "treatment")).ephemeral


async def test_who_asks_without_end_is_asked_to_wait(asking: Server) -> None:
    for _ in range(20):
        await ask(asking, "causes", private=True)
    refused = await ask(asking, "causes", private=True)
    assert refused.ephemeral
    assert refused.response.content == wording.TOO_FAST


async def test_moderators_answer_a_message_with_a_topic(asking: Server) -> None:
    question = await asking.member.send(asking.health, "calciphylaxis?")
    chosen = await asking.ann.context_menu(asking.health, wording.ANSWER_WITH, question)
    assert chosen.ephemeral
    options = chosen.response.components[0]["components"][0]["options"]
    assert len(options) == 23
    assert options[0]["value"] == "calciphylaxis"  # what the message seems to ask about comes first
    told = await asking.ann.select(chosen.response, ["kidney"])
    posted = asking.health.last_message
    assert posted.reference.message_id == question.id
    assert posted.embeds[0].title == "Kidney disease, dialysis and CKD-MBD"
    assert posted.mentions == []
    assert (told.response or chosen.response).content == wording.ANSWER_POSTED


async def test_moderators_answer_a_message_by_its_link(asking: Server) -> None:
    question = await asking.member.send(asking.health, "hm?")
    told = await ask(asking, "causes", asking.ann, reply_to=question.jump_url)
    assert told.ephemeral
    posted = asking.health.last_message
    assert posted.reference.message_id == question.id
    assert "Causes" in posted.embeds[0].title


@pytest.mark.parametrize("given", ["", "yesterday", "https://evil.example/1/2/3", "https://discord.com/channels/1/2/3"])
async def test_what_names_no_message_here_is_refused(asking: Server, given: str) -> None:
    told = await ask(asking, "causes", asking.ann, reply_to=given or " ")
    assert told.response.content == wording.NO_SUCH_LINK


async def test_a_message_that_is_gone_is_not_answered(asking: Server) -> None:
    question = await asking.member.send(asking.health, "what causes this?")
    chosen = await asking.ann.context_menu(asking.health, wording.ANSWER_WITH, question)
    await asking.member.delete(question)
    told = await asking.ann.select(chosen.response, ["kidney"])
    assert [f.content for f in told.followups] == [wording.ANSWER_UNANSWERABLE]
    assert asking.health.last_message is None


async def test_members_may_not_post_answers_under_others_messages(asking: Server) -> None:
    question = await asking.member.send(asking.health, "what causes this?")
    refused = await ask(asking, "causes", reply_to=question.jump_url)
    assert refused.ephemeral
    assert refused.response.content == wording.MODERATORS_ONLY
    role = asking.guild.create_role("Tidier", permissions=discord.Permissions(manage_messages=True))
    tidier = asking.guild.add_member(asking.env.create_user("tim"), roles=[role])
    refused = await tidier.context_menu(asking.health, wording.ANSWER_WITH, question)
    assert refused.response.content == wording.MODERATORS_ONLY


async def test_the_buttons_of_an_answer_outlive_a_restart(asking: Server) -> None:
    shown = await ask(asking, "causes")
    message = shown.response
    await asking.restart()
    assert (await asking.ben.click(message, label="Sources (16)")).ephemeral
    assert (await asking.ben.click(message, label="Useful")).ephemeral
    await asking.member.click(message, label="Delete")
    assert asking.health.last_message is None


async def test_a_topic_that_left_the_content_says_so(asking: Server) -> None:
    shown = await ask(asking, "causes")
    message = shown.response
    asking.pack = replace(shipped(), topics={})
    await asking.restart()
    for label in ("Useful", "Sources (16)"):
        gone = await asking.member.click(message, label=label)
        assert gone.response.content == wording.TOPIC_GONE


@pytest.mark.parametrize("topic", sorted(shipped().topics))
async def test_every_answer_fits_on_a_phone_in_a_few_pages(asking: Server, topic: str) -> None:
    reply = asking.bot.answering.about(topic)
    message = reply_message(reply, asker=1)
    assert reply.answer is not None
    assert 1 <= len(message["embeds"]) <= 2
    assert len(reply.choices) == 3
    shown = " ".join(e.description for n in range(5) for e in reply_message(reply, n)["embeds"])
    for text, _ in reply.answer.facts:
        assert text in shown
    assert "](https://" in shown or not reply.answer.sources


async def test_urgent_words_stand_before_the_answer(asking: Server) -> None:
    asking.pack = longer()
    await asking.restart()
    reply = replace(asking.bot.answering.about("medicines"), urgent="Call for help now.")
    first, second = reply_message(reply)["embeds"]
    assert (first.title, first.description) == (wording.URGENT_TITLE, "Call for help now.")
    assert second.title == "Medicines that matter"
    assert len(reply_message(reply, 1)["embeds"]) == 1


RED_FLAG = "I'm confused and vomiting, my calcium is 14.5"


async def test_somebody_who_may_need_help_now_reads_that_first_also_where_no_topic_fits(asking: Server) -> None:
    shown = await ask(asking, RED_FLAG)
    first = shown.response.embeds[0]
    assert first.title == wording.URGENT_TITLE
    assert first.description in {" ".join(text.split()) for text in shipped().safety.urgent.values()}


async def test_urgent_words_never_wait_because_a_channel_is_busy(asking: Server) -> None:
    for _ in range(20):
        await ask(asking, "causes", private=True)
    shown = await ask(asking, RED_FLAG)
    assert shown.response.embeds[0].title == wording.URGENT_TITLE


async def test_an_answer_posted_under_a_red_flag_begins_with_the_urgent_words(asking: Server) -> None:
    message = await asking.member.send(asking.health, RED_FLAG)
    chosen = await asking.ann.context_menu(asking.health, wording.ANSWER_WITH, message)
    await asking.ann.select(chosen.response, ["kidney"])
    titles = [e.title for e in asking.health.last_message.embeds]
    assert titles == [wording.URGENT_TITLE, "Kidney disease, dialysis and CKD-MBD"]
