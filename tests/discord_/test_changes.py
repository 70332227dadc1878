"""Edits and deletions on Discord, whether or not the client remembers the message."""

import asyncio

import pytest
from simcord.backend.serializers import message_payload

from bot.core.message import MessageKey
from bot.core.review import Act, Case, Decision, Status
from bot.core.screening import Screening
from bot.discord_.turns import Turns
from tests.discord_.conftest import Server
from tests.discord_.test_listening import CLAIM, Counting, thread
from tests.samples import ANN


async def status(server: Server, number: int = 1) -> Status:
    case = await server.bot.moderation.case(number)
    assert case is not None
    return case.status


async def forget(server: Server) -> None:
    """The client starts anew, and has no message in its memory."""
    await server.bot.cursors.save()
    await server.restart()


async def test_an_edit_of_an_old_message_is_screened(server: Server) -> None:
    posted = await server.member.send(server.health, "hello")
    await forget(server)
    await server.member.edit(posted, CLAIM)
    assert await server.deliver() == 1
    await forget(server)
    await server.member.edit(posted, "hello again")
    assert await status(server) is Status.WITHDRAWN


async def test_the_deletion_of_an_old_message_closes_its_case(server: Server) -> None:
    posted = await server.member.send(server.health, CLAIM)
    await forget(server)
    await server.member.delete(posted)
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert (case.status, case.text) == (Status.MESSAGE_DELETED, "")


async def test_many_messages_deleted_at_once_close_their_cases(server: Server) -> None:
    posted = [await server.member.send(server.health, text) for text in (CLAIM, "hello", "tea is blue")]
    await server.bot.get_channel(server.health.id).delete_messages(posted)  # type: ignore[union-attr]
    await server.env.settle()
    assert [await status(server, n) for n in (1, 2)] == [Status.MESSAGE_DELETED] * 2


async def test_notices_deleted_at_once_are_posted_again(server: Server) -> None:
    for text in (CLAIM, "tea is blue"):
        await server.member.send(server.health, text)
    await server.deliver()
    notices = [m for m in server.mods.history() if m.embeds]
    await server.bot.get_channel(server.mods.id).delete_messages(notices)  # type: ignore[union-attr]
    await server.env.settle()
    assert await server.deliver() == 2


async def test_a_deleted_thread_closes_its_cases(server: Server) -> None:
    made = thread(server, server.health)
    await server.member.send(made, CLAIM)
    server.env.backend.delete_channel(made.id)
    await server.env.settle()
    assert await status(server) is Status.MESSAGE_DELETED


async def test_a_deleted_channel_closes_the_cases_in_it_and_in_its_threads(server: Server) -> None:
    await server.member.send(server.health, CLAIM)
    await server.member.send(thread(server, server.health), "tea is blue")
    server.env.backend.delete_channel(server.health.id)
    await server.env.settle()
    assert [await status(server, n) for n in (1, 2)] == [Status.MESSAGE_DELETED] * 2


@pytest.mark.parametrize("edited_before", [False, True])
async def test_what_discord_adds_to_a_message_costs_nothing(server: Server, edited_before: bool) -> None:
    bot = Counting(server.settings, moderation=server.bot.moderation, store=server.store, clock=server.clock)
    bot.tasks = []
    await server.env.restart_bot(bot)
    posted = await server.member.send(server.health, CLAIM)
    if edited_before:
        await server.member.edit(posted, f"{CLAIM}!")
    bot.tasks.clear()
    stored = server.env.backend.messages[server.health.id][posted.id]
    stored.embeds = [{"title": "a preview", "description": CLAIM}]
    server.env.backend.emit("MESSAGE_UPDATE", message_payload(server.env.backend, stored))
    await server.env.settle()
    assert "on_raw_message_edit" not in bot.tasks
    await server.member.edit(posted, "hello")
    assert "on_raw_message_edit" in bot.tasks


async def test_a_new_title_of_a_post_is_screened(server: Server) -> None:
    forum = server.guild.create_forum_channel("questions")
    await server.restart(server.settings.model_copy(update={"watch": (forum.id,)}))
    post = thread(server, forum, "a question")
    first = server.env.backend.prepare_message(post.id, server.member.id, "see the title")
    first.id = post.id
    server.env.backend.commit_message(first)
    await server.env.settle()
    assert await server.deliver() == 0
    server.env.backend.edit_channel(post.id, {"name": CLAIM})
    await server.env.settle()
    assert await server.deliver() == 1


async def test_a_deletion_wins_against_a_moderator_who_is_faster_by_a_moment(server: Server) -> None:
    posted = await server.member.send(server.health, CLAIM)
    moderation, store = server.bot.moderation, server.store
    closing = (await store.case(1)).key  # type: ignore[union-attr]
    plain = store.case_of

    async def late(key: MessageKey) -> Case | None:
        found = await plain(key)
        store.case_of = plain  # type: ignore[method-assign]
        await moderation.decide(1, Decision(Act.TAKE, ANN, server.clock.now(), 1))
        return found

    store.case_of = late  # type: ignore[method-assign]
    await server.member.delete(posted)
    assert (await store.case_of(closing)).status is Status.MESSAGE_DELETED  # type: ignore[union-attr]


async def test_an_edit_waits_for_the_message_that_it_changes(server: Server) -> None:
    """A slow reading of the old text must not open a case after the edit has removed the claim."""
    reached, go_on = asyncio.Event(), asyncio.Event()
    screener = server.bot.moderation._screener
    plain = screener.screen

    async def slowly(text: str, *, reply_to: str = "") -> Screening:
        if text == CLAIM:
            reached.set()
            await go_on.wait()
        return await plain(text, reply_to=reply_to)

    screener.screen = slowly  # type: ignore[method-assign]
    bot, channel = server.bot, server.bot.get_channel(server.health.id)
    posted = server.env.backend.create_message(server.health.id, server.member.id, CLAIM)
    await reached.wait()
    server.env.backend.edit_message(server.health.id, posted.id, {"content": "hello"})
    go_on.set()
    await server.env.settle()
    assert channel is not None
    assert await status(server) is Status.WITHDRAWN
    assert not bot.listening._turns._last


async def test_turns_are_taken_in_order_for_one_message_and_at_once_for_others() -> None:
    turns, order = Turns(), []
    first_may_end = asyncio.Event()

    async def take(message: int, name: str, until: asyncio.Event | None = None) -> None:
        async with turns.of(message):
            if until:
                await until.wait()
            order.append(name)

    waiting = [asyncio.create_task(take(1, "a", first_may_end)), asyncio.create_task(take(1, "b"))]
    await asyncio.create_task(take(2, "other"))
    first_may_end.set()
    await asyncio.gather(*waiting)
    assert order == ["other", "a", "b"]
