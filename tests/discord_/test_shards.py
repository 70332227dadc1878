"""Several shards, in one process or in several, over real sockets."""

import asyncio
from typing import Any

import pytest

from bot.ports import Store
from bot.settings import Shards
from tests.discord_.life import Later, alive, bot_for, outbox, running
from tests.discord_.wire import HEALTH, discord_on_a_wire, server

FAR = (1 << 22) + 11  # a server of shard 1, where there are two
THERE = 30  # its channel


@pytest.fixture
def two() -> dict[str, Any]:
    """Two servers, of two shards."""
    return {"guilds": [server(), server(FAR, {THERE: "health too"})], "shards": 2}


async def test_as_many_shards_as_discord_recommends_are_started(store: Store, two: dict[str, Any]) -> None:
    async with discord_on_a_wire(**two) as wire, running(wire, store, watch=(HEALTH, THERE)) as (bot, screener):
        await wire.gate.until(lambda g: g.identified == 2)
        await bot.wait_until_ready()
        await wire.post(HEALTH, "tea cures one")
        await wire.post(THERE, "tea cures two")
        await screener.until("tea cures one", "tea cures two")


async def test_two_processes_share_the_servers_and_each_message_is_read_by_one(
    store: Store, two: dict[str, Any]
) -> None:
    async with discord_on_a_wire(**two) as wire:
        first, one = bot_for(wire, store, watch=(HEALTH, THERE), shards=Shards(ids=(0,), of=2))
        second, other = bot_for(wire, store, watch=(HEALTH, THERE), shards=Shards(ids=(1,), of=2))
        async with alive(first), alive(second):
            await wire.post(HEALTH, "tea cures one")
            await wire.post(THERE, "tea cures two")
            await asyncio.gather(one.until("tea cures one"), other.until("tea cures two"))
        assert (one.read, other.read) == (["tea cures one"], ["tea cures two"])
        assert wire.asked("PUT applications/100/commands") == 1


async def test_a_notice_is_posted_by_the_process_that_hears_its_server(
    store: Store, two: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_on_a_wire(**two) as wire:
        hears, _ = bot_for(wire, store, shards=Shards(ids=(0,), of=2))
        other, _ = bot_for(wire, store, shards=Shards(ids=(1,), of=2))
        async with alive(hears), alive(other):
            await wire.post(HEALTH, "tea cures all")
            await hears.moderation.wait_for_news()
            assert await outbox(other, store).deliver_due() == 0
            assert "another process" in caplog.text
            assert "no admin" not in caplog.text
            assert await outbox(hears, store, Later()).deliver_due() >= 1
            assert len(wire.notices()) == 1


async def test_each_shard_reads_back_its_own_servers(store: Store, two: dict[str, Any]) -> None:
    async with discord_on_a_wire(**two) as wire, running(wire, store, watch=(HEALTH, THERE)) as (bot, screener):
        await wire.gate.until(lambda g: g.identified == 2)
        await bot.wait_until_ready()
        wire.keep(THERE, "tea cures two")
        before = wire.asked(f"GET channels/{HEALTH}/messages")
        far = next(s for s in wire.gate.sessions.values() if s.shard == [1, 2])
        wire.gate.sessions.pop(far.id)
        assert far.line is not None
        far.line.cut()
        await screener.until("tea cures two")
        assert wire.asked(f"GET channels/{HEALTH}/messages") == before


async def test_without_a_word_from_discord_one_shard_is_tried(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async with discord_on_a_wire() as wire:
        wire.fail("GET", "gateway/bot$", 404)
        async with running(wire, store):
            assert wire.gate.identified == 1
    assert "does not say how many shards" in caplog.text
