"""Questions in watched channels: nothing, a button, or the answer in a thread, as the channel's settings say."""

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.core import wording
from bot.discord_.offers import mode_of
from bot.settings import Discord
from tests.discord_.conftest import Server
from tests.discord_.test_answers import shipped

QUESTION = "What are the symptoms of calciphylaxis?"


async def watching(server: Server, **changes: Any) -> None:
    """The shipped content, and those settings."""
    server.pack = shipped()
    await server.restart(server.settings.model_copy(update=changes))


async def test_a_question_gets_a_button_and_the_answer_is_for_whoever_clicks(server: Server) -> None:
    await watching(server)
    asked = await server.member.send(server.health, QUESTION)
    offered = server.health.last_message
    assert offered.content == wording.OFFER
    assert offered.reference.message_id == asked.id
    assert offered.mentions == []
    label = offered.components[0].children[0].label
    shown = await server.ben.click(offered, label=label)
    assert shown.ephemeral
    assert shown.response.embeds[0].description


async def test_the_same_topic_is_offered_again_only_after_a_while_also_over_a_restart(server: Server) -> None:
    await watching(server)
    other = server.guild.create_text_channel("other")
    await watching(server, watch=(server.health.id, other.id))
    for channel in (server.health, server.health, other):
        await server.member.send(channel, QUESTION)
    await server.restart()
    await server.member.send(server.health, QUESTION)
    assert [m.content for m in server.health.history()].count(wording.OFFER) == 1
    assert [m.content for m in other.history()].count(wording.OFFER) == 1
    server.clock.pass_time(timedelta(minutes=30))
    await server.member.send(server.health, QUESTION)
    assert [m.content for m in server.health.history()].count(wording.OFFER) == 2


async def test_nothing_is_said_where_it_is_off(server: Server) -> None:
    await watching(server, questions="off")
    await server.member.send(server.health, QUESTION)
    await watching(server, questions="offer", questions_in={server.health.id: "off"})
    await server.member.send(server.health, QUESTION)
    assert server.health.last_message.content == QUESTION


async def test_nothing_is_said_while_the_channel_is_paused(server: Server) -> None:
    await watching(server)
    await server.ann.slash(server.health, "moderation pause", where="here")
    await server.member.send(server.health, QUESTION)
    assert server.health.last_message.content == QUESTION


async def test_a_question_can_be_answered_in_a_thread_of_its_own(server: Server) -> None:
    await watching(server, questions="thread")
    asked = await server.member.send(server.health, QUESTION)
    thread = next(t for t in server.health.threads)
    assert thread.id == asked.id
    answer = thread.last_message
    assert answer.content == wording.IN_THREAD
    assert answer.embeds[0].description
    assert "Delete" in [c.label for row in answer.components for c in row.children]
    assert wording.OFFER not in [m.content for m in server.health.history()]


async def test_where_the_bot_may_make_no_thread_there_is_a_button(server: Server) -> None:
    assert server.bot.user is not None
    denied = {server.bot.user: discord.PermissionOverwrite(create_public_threads=False)}
    plain = server.guild.create_text_channel("plain", overwrites=denied)
    await watching(server, questions="thread", watch=(plain.id,))
    await server.member.send(plain, QUESTION)
    assert plain.last_message.content == wording.OFFER


async def test_in_a_thread_there_is_a_button(server: Server) -> None:
    await watching(server, questions="thread")
    start = await server.member.send(server.health, "hello")
    thread = await start.create_thread(name="replies")
    handle = next(t for t in server.health.threads if t.id == thread.id)
    await server.member.send(handle, QUESTION)
    assert handle.last_message.content == wording.OFFER


async def test_an_administrator_chooses_what_happens_with_questions(server: Server) -> None:
    await watching(server)
    role = server.guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
    admin = server.guild.add_member(server.env.create_user("ada"), roles=[role])
    page = await admin.slash(server.health, "moderation setup")
    for _ in range(4):
        page = await admin.click(page.response, label="Next")
    page = await admin.select(page.response, ["off"], custom_id="choose:questions")
    page = await admin.select(page.response, [server.health], custom_id="choose:questions_in.thread")
    settings = server.bot.settings_of(server.guild.id)
    assert (settings.questions, settings.questions_in) == ("off", {server.health.id: "thread"})
    await server.member.send(server.health, QUESTION)
    assert len(server.health.threads) == 1


class Place:
    def __init__(self, id: int, parent_id: int | None = None, category_id: int | None = None) -> None:
        self.id, self.parent_id, self.category_id = id, parent_id, category_id


@pytest.mark.parametrize(
    ("channel", "mode"),
    [
        (Place(1), "thread"),
        (Place(2), "offer"),
        (Place(3, parent_id=1), "thread"),
        (Place(4, category_id=9), "off"),
        (Place(1, category_id=9), "thread"),
    ],
)
def test_what_is_said_for_the_channel_comes_before_its_category(channel: Place, mode: str) -> None:
    assert mode_of(Discord(questions_in={1: "thread", 9: "off"}), channel) == mode
