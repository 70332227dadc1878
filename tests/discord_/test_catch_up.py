"""What was posted while the bot was away, on Discord: it is read, once, within bounds."""

import logging
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.core import wording as words
from bot.core.review import Status
from bot.core.screening import Screening
from tests.discord_.conftest import Server
from tests.discord_.test_changes import status
from tests.discord_.test_listening import CLAIM, thread


async def leave(server: Server) -> None:
    """The bot is gone; somebody else's client takes its place so that the server lives on."""
    await server.member.send(server.health, "hello")
    await server.bot.cursors.save()
    await server.env.restart_bot(discord.Client(intents=discord.Intents.default()))


async def come_back(server: Server, **settings: Any) -> None:
    await server.restart(server.settings.model_copy(update=settings))


def screened(server: Server) -> list[str]:
    """From now on, the texts in the order in which they are screened."""
    texts: list[str] = []
    screener = server.bot.moderation._screener
    plain = screener.screen

    async def listen(text: str, *, reply_to: str = "") -> Screening:
        texts.append(text)
        return await plain(text, reply_to=reply_to)

    screener.screen = listen  # type: ignore[method-assign]
    return texts


async def cases(server: Server) -> list[str]:
    return [c.text for c in await server.bot.moderation.queue()]


async def test_the_newest_are_read_first_and_only_so_many(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    await leave(server)
    for number in range(5):
        await server.member.send(server.health, f"tea cures {number}")
    with caplog.at_level(logging.INFO):
        await come_back(server, catch_up_messages=3)
    opened = sorted(await server.bot.moderation.queue(), key=lambda c: c.id)
    assert [c.text for c in opened] == ["tea cures 4", "tea cures 3", "tea cures 2"]
    assert "reading back 1 channels with messages since" in caplog.text
    assert "only the newest 3 messages were read back" in caplog.text
    await server.bot.cursors.save()
    await come_back(server)
    assert len(await cases(server)) == 3


async def test_what_is_too_old_is_left(server: Server) -> None:
    await leave(server)
    await server.member.send(server.health, CLAIM)
    await server.env.advance_time(2 * 3600)
    await server.member.send(server.health, "tea is blue")
    server.clock.pass_time(timedelta(hours=2))
    await come_back(server, catch_up_hours=1)
    assert await cases(server) == ["tea is blue"]


async def test_posts_and_threads_that_are_new_are_read_from_their_beginning(server: Server) -> None:
    forum = server.guild.create_forum_channel("questions")
    await come_back(server, watch=(server.health.id, forum.id))
    await leave(server)
    await server.member.send(thread(server, forum), CLAIM)
    await server.member.send(thread(server, server.health), "tea is blue")
    await come_back(server)
    assert sorted(await cases(server)) == [CLAIM, "tea is blue"]


async def test_direct_messages_that_came_meanwhile_are_read_once(server: Server) -> None:
    await come_back(server, direct_messages=True)
    await server.member.send_dm("hello")
    await leave(server)
    await server.member.send_dm(CLAIM)
    await come_back(server)
    assert await cases(server) == [CLAIM]
    await server.member.send_dm("tea is blue")
    await server.bot.cursors.save()
    assert server.bot.cursors.behind == frozenset()
    texts = screened(server)
    await come_back(server)
    assert (texts, sorted(await cases(server))) == ([], [CLAIM, "tea is blue"])


async def test_direct_messages_are_not_read_back_where_they_were_switched_off_meanwhile(server: Server) -> None:
    await come_back(server, direct_messages=True)
    await server.member.send_dm("hello")
    await leave(server)
    await server.member.send_dm(CLAIM)
    await come_back(server, direct_messages=False)
    assert await cases(server) == []


async def test_a_direct_message_that_was_deleted_meanwhile_closes_its_case(server: Server) -> None:
    await come_back(server, direct_messages=True)
    posted = await server.member.send_dm(CLAIM)
    await leave(server)
    server.env.backend.delete_message(posted.channel.id, posted.id)
    await come_back(server)
    assert await status(server, 1) is Status.MESSAGE_DELETED


async def test_a_channel_that_is_watched_for_the_first_time_starts_now(server: Server) -> None:
    other = server.guild.create_text_channel("other")
    await server.member.send(other, CLAIM)
    await come_back(server, watch=(server.health.id, other.id))
    assert await cases(server) == []


async def test_what_came_while_reading_back_is_not_read_twice(server: Server) -> None:
    await leave(server)
    await server.member.send(server.health, CLAIM)
    await come_back(server)
    texts = screened(server)
    server.bot.cursors.lose_track(0)
    await server.member.send(server.health, "tea is blue")
    await server.bot.on_shard_ready(0)
    assert texts == ["tea is blue"]


@pytest.mark.parametrize(("code", "words"), [(403, "Read Message History"), (500, "Discord can't be asked now")])
async def test_a_channel_that_can_not_be_read_is_told_and_tried_again(
    server: Server, code: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    await leave(server)
    await server.member.send(server.health, CLAIM)
    server.env.inject_error("GET", f"/channels/{server.health.id}/messages", status=code)
    await come_back(server)
    assert words in caplog.text
    shown = await server.ann.slash(server.mods, "moderation status")
    assert "Not read back yet: #health: " in shown.response.content
    assert words in shown.response.content
    await server.member.send(server.health, "tea is blue")
    await server.bot.cursors.save()
    server.clock.pass_time(timedelta(minutes=6))
    await server.bot.catch_up.again()
    assert sorted(await cases(server)) == [CLAIM, "tea is blue"]
    assert server.bot.cursors.behind == frozenset()


async def test_what_became_of_a_message_meanwhile_reaches_its_case(server: Server) -> None:
    posted = [await server.member.send(server.health, text) for text in (CLAIM, "tea is blue", "tea cures colds")]
    await leave(server)
    await server.member.delete(posted[0])
    await server.member.edit(posted[1], "tea is green")
    await come_back(server)
    assert [await status(server, n) for n in (1, 2, 3)] == [Status.MESSAGE_DELETED, Status.WITHDRAWN, Status.OPEN]


async def test_the_status_tells_whether_everything_is_heard(server: Server) -> None:
    shown = await server.ann.slash(server.mods, "moderation status")
    assert shown.ephemeral
    assert shown.response.content.splitlines()[:2] == [
        "Listening in 1 channel and threads here.",
        "Nothing was posted while the bot was away.",
    ]
    await leave(server)
    await server.member.send(server.health, "hello")
    await come_back(server, moderators_channel=None)
    await server.ann.slash(server.health, "moderation pause", where="here")
    shown = await server.ann.slash(server.health, "moderation status")
    lines = shown.response.content.splitlines()
    assert lines[:3] == [
        "Listening in 1 channel and threads here.",
        f"{words.paused('here', urgent=True)} /moderation resume ends that.",
        "What was posted while the bot was away was read 0 minutes ago: 1 message in 1 channel.",
    ]
    assert lines[3].startswith("To mend: ")
