"""The regular summary on Discord: each server has its own, at its own time, in its own channel."""

from datetime import timedelta
from typing import Any

import pytest

from bot.digest import Digest
from bot.ports import NotHere
from tests.discord_.conftest import Server
from tests.discord_.life import bot_for
from tests.discord_.test_setup import Second, second
from tests.discord_.wire import Wire

__all__ = ["second"]
DAY = timedelta(days=1)


def digest(server: Server) -> Digest:
    return Digest(
        moderation=server.bot.moderation,
        store=server.store,
        notifiers={"discord": server.bot.notifier},
        clock=server.clock,
        period=DAY,
    )


def summaries(channel: Any) -> list[str]:
    """The second lines of the summaries there, the newest last: they begin with the number of cases."""
    texts = [m.content for m in channel.history() if m.content.startswith("Summary of ")]
    return [text.split("\n")[1].split(" in the last")[0] for text in reversed(texts)]


async def a_day_later(server: Server) -> bool:
    server.clock.pass_time(DAY)
    posted = await digest(server).post_if_due()
    await server.env.settle()
    return posted


async def test_each_server_reads_its_own_numbers_in_its_own_channel(server: Server, second: Second) -> None:
    """Their settings differ: the second one wants to see surer claims only, so it has a case less."""
    await server.bot.servers.choose(second.guild.id, notice=0.99)
    assert not await digest(server).post_if_due()
    for text in ("tea cures all", "tea cures colds"):
        await server.member.send(server.health, text)
        await second.member.send(second.health, text)
    await second.member.send(second.health, "hello")
    await server.deliver()
    assert await a_day_later(server)
    assert summaries(server.mods) == ["2 cases"]
    assert summaries(second.mods) == ["0 cases"]


async def test_a_server_that_can_not_be_reached_keeps_no_other_one_waiting(server: Server, second: Second) -> None:
    await digest(server).post_if_due()
    await second.member.send(second.health, "tea is blue")
    await server.member.send(server.health, "tea cures all")
    await server.deliver()
    server.env.inject_error("POST", f"/channels/{server.mods.id}/messages", status=403)
    assert await a_day_later(server)
    assert (summaries(server.mods), summaries(second.mods)) == ([], ["1 case"])
    assert await digest(server).post_if_due()  # its turn comes at the next look
    assert (summaries(server.mods), summaries(second.mods)) == (["1 case"], ["1 case"])
    assert not await digest(server).post_if_due()


async def test_a_process_that_is_not_connected_yet_posts_nothing_and_takes_no_summary_for_posted(
    server: Server,
) -> None:
    waiting, _ = bot_for(Wire(url="http://127.0.0.1:1"), server.store)
    with pytest.raises(NotHere):
        await waiting.notifier.digest("digest", "Summary of today", None)
    assert waiting.notifier.workspaces() == []
    await digest(server).post_if_due()
    server.clock.pass_time(DAY)
    away = Digest(
        moderation=server.bot.moderation,
        store=server.store,
        notifiers={"discord": waiting.notifier},
        clock=server.clock,
        period=DAY,
    )
    assert not await away.post_if_due()
    assert await digest(server).post_if_due()
