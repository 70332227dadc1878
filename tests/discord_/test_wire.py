"""What can go wrong between Discord and the bot, over real sockets: what the bot does, and what the operator reads."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import discord
import pytest

from bot.discord_.catch_up import TRIES
from bot.discord_.errors import DiscordUnusable
from bot.ports import Store
from tests.discord_.life import Later, alive, bot_for, outbox, running
from tests.discord_.wire import HEALTH, MODS, TOKEN, archived_thread, discord_on_a_wire, server

CLAIM = "tea cures all"
DISCORD_PY_TRIES = 5  # of a request that is answered 500, 502 or 504
LIMITED = {"Via": "1.1 google", "Retry-After": "0.05"}


async def test_a_lost_connection_is_taken_up_again_and_what_was_missed_is_replayed(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (_, screener):
        await wire.post(HEALTH, "tea cures one")
        await screener.until("tea cures one")
        wire.gate.open.clear()
        wire.gate.cut()
        await wire.gate.until(lambda g: all(s.line is None for s in g.sessions.values()))
        await wire.post(HEALTH, "tea cures two")
        wire.gate.open.set()
        await screener.until("tea cures two")
        assert (wire.gate.identified, wire.gate.resumed) == (1, 1)
        assert screener.read == ["tea cures one", "tea cures two"]


async def test_a_gateway_that_turns_the_bot_away_is_tried_again_and_the_channels_are_read_back(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, screener):
        bot.caught_up.clear()
        wire.keep(HEALTH, CLAIM)
        wire.gate.refusals = 1
        wire.gate.cut()
        await bot.caught_up.wait()
        assert screener.read == [CLAIM]


async def test_op_7_is_followed_by_a_resume(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (_, screener):
        await wire.gate.ask_to_reconnect()
        await wire.gate.until(lambda g: g.resumed == 1)
        await wire.post(HEALTH, CLAIM)
        await screener.until(CLAIM)
        assert wire.gate.identified == 1


async def test_what_is_replayed_twice_is_screened_once(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (_, screener):
        message = await wire.post(HEALTH, CLAIM)
        await screener.until(CLAIM)
        await wire.tell("MESSAGE_CREATE", message)
        await wire.post(HEALTH, "tea is blue")
        await screener.until("tea is blue")
        assert screener.read == [CLAIM, "tea is blue"]


@pytest.mark.parametrize("how", ["op 9", "a failed resume"])
async def test_after_a_lost_session_the_channels_are_read_back(
    store: Store, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, screener):
        await wire.post(HEALTH, "tea cures one")
        await screener.until("tea cures one")
        wire.keep(HEALTH, "tea cures two")
        bot.caught_up.clear()
        with caplog.at_level(logging.INFO):
            if how == "op 9":
                await wire.gate.invalidate()
            else:
                wire.gate.forgetful = True
                wire.gate.cut()
            await bot.caught_up.wait()
        assert screener.read == ["tea cures one", "tea cures two"]
        assert (wire.gate.identified, wire.gate.resumed) == (2, 0)
        assert "a new session" in caplog.text


async def test_what_was_posted_between_two_processes_is_screened_once(store: Store) -> None:
    async with discord_on_a_wire() as wire:
        async with running(wire, store) as (_, screener):
            await wire.post(HEALTH, "tea cures one")
            await screener.until("tea cures one")
        for number in range(250):
            wire.keep(HEALTH, f"tea cures number {number}")
        async with running(wire, store) as (_, screener):
            assert sorted(screener.read) == sorted(f"tea cures number {n}" for n in range(250))
            assert screener.read[0] == "tea cures number 249"
        async with running(wire, store) as (_, screener):
            assert screener.read == []
        assert wire.asked(f"GET channels/{HEALTH}/messages") == 3  # pages of a hundred, and none for what is known


@pytest.mark.parametrize("private", [False, True])
async def test_a_thread_that_was_archived_meanwhile_is_read(store: Store, private: bool) -> None:
    """SimCord tells of archived threads when the bot connects, which Discord does not do."""
    thread, quiet, old = 900, 901, 902
    async with discord_on_a_wire() as wire:
        async with running(wire, store):
            pass
        now = datetime.now(UTC)
        for number, text in ((thread, CLAIM), (old, "tea is blue")):
            wire.keep(number, text)
        wire.archived = [
            archived_thread(number, private=private, last=max(wire.messages.get(number, {1: {}})), at=at)
            for number, at in ((thread, now), (quiet, now), (old, now - timedelta(days=30)))
        ]
        async with running(wire, store) as (_, screener):
            assert screener.read == [CLAIM]
        async with running(wire, store) as (bot, screener):
            assert (screener.read, bot.cursors.behind) == ([], frozenset())
        assert wire.asked(f"GET channels/{thread}/messages") == 1
        assert wire.asked(f"GET channels/({quiet}|{old})/messages") == 0


async def test_posts_of_a_media_channel_are_heard_with_their_title_and_read_back(store: Store) -> None:
    gallery, post = 40, 1_000_041
    place = {"id": str(gallery), "type": 16, "name": "gallery", "position": 3, "permission_overwrites": [], "flags": 0}
    made = archived_thread(post, gallery, private=False, last=0, at=datetime.now(UTC))
    made |= {"name": "tea cures", "thread_metadata": made["thread_metadata"] | {"archived": False}}
    world = server()
    async with discord_on_a_wire(guilds=[world]) as wire:
        world["channels"].append(place | {"available_tags": [], "last_message_id": None})
        world["threads"].append(made)
        async with running(wire, store, watch=(gallery,)) as (_, screener):
            await wire.post(post, "colds", id=post)
            await screener.until("tea cures\ncolds")
        wire.keep(post, CLAIM)
        async with running(wire, store, watch=(gallery,)) as (_, screener):
            assert screener.read == [CLAIM]


async def test_a_message_that_could_not_be_screened_is_read_again(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, screener):
        screener.failures[CLAIM] = 1
        await wire.post(HEALTH, CLAIM)
        await wire.post(HEALTH, "tea is blue")
        await screener.until("tea is blue")
        await bot.cursors.save()
        assert bot.cursors.behind == {HEALTH}
        await bot.catch_up.again()
        assert screener.read == [CLAIM, "tea is blue", CLAIM]
        assert bot.cursors.behind == frozenset()


async def test_a_message_that_never_can_be_screened_is_given_up_and_holds_nothing_up(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_on_a_wire() as wire:
        async with running(wire, store):
            pass
        wire.keep(HEALTH, CLAIM)
        wire.keep(HEALTH, "tea is blue")
        bot, screener = bot_for(wire, store)
        screener.failures[CLAIM] = 100
        async with alive(bot):
            assert screener.read == ["tea is blue", CLAIM]
            for tries in range(2, TRIES + 1):
                bot.catch_up.later.clear()  # as if its time had come
                await bot.catch_up.again()
                assert screener.read.count(CLAIM) == tries
            assert bot.cursors.behind == frozenset()
            assert CLAIM not in caplog.text


async def test_a_token_that_is_revoked_ends_the_bot_with_words(store: Store) -> None:
    async with discord_on_a_wire() as wire:
        bot, _ = bot_for(wire, store)
        life = asyncio.create_task(bot.run_until_closed(TOKEN))
        await bot.caught_up.wait()
        wire.gate.token = wire.token = "another"
        await wire.gate.hang_up(4004)
        with pytest.raises(DiscordUnusable, match="no longer accepts the token"):
            await life


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4014, "Message Content Intent"),
        (4013, "Message Content Intent"),
        (4010, "ids begin with 0"),
        (4011, "`shards: auto`"),
        (4012, "newer version"),
    ],
)
async def test_a_refusal_at_the_gateway_tells_what_to_do(store: Store, code: int, words: str) -> None:
    async with discord_on_a_wire(close_with=code) as wire:
        with pytest.raises(DiscordUnusable, match=words):
            await bot_for(wire, store)[0].run_until_closed(TOKEN)


@pytest.mark.parametrize("everywhere", [False, True], ids=["per route", "global"])
async def test_a_429_is_waited_out(store: Store, everywhere: bool, caplog: pytest.LogCaptureFixture) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, _):
        limited = {"message": "You are being rate limited.", "retry_after": 0.05, "global": everywhere}
        headers = LIMITED | ({"X-RateLimit-Global": "true"} if everywhere else {"X-RateLimit-Bucket": "b"})
        wire.fail("POST", f"channels/{MODS}/messages$", 429, times=2, body=limited, headers=headers)
        await wire.post(HEALTH, CLAIM)
        await bot.moderation.wait_for_news()
        assert await outbox(bot, store).deliver_due() == 1
        assert len(wire.notices()) == 1
        assert wire.asked(f"POST channels/{MODS}/messages") == 3
        assert "rate limit" in caplog.text.lower()


@pytest.mark.parametrize(("status", "text"), [(503, True), (429, True), (403, False), (404, False)])
async def test_a_notice_that_can_not_be_posted_waits_and_is_posted_once(
    store: Store, status: int, text: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """429 as a page, without `Via`, is what stands before Discord: it is not waited out, but tried again later."""
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, _):
        wire.fail("POST", f"channels/{MODS}/messages$", status, text=text)
        await wire.post(HEALTH, CLAIM)
        await bot.moderation.wait_for_news()
        assert await outbox(bot, store).deliver_due() == 0
        assert f"Discord answered {status}" in caplog.text
        assert await outbox(bot, store, Later()).deliver_due() == 1
        assert len(wire.notices()) == 1


async def test_a_moments_trouble_at_discord_is_waited_out(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, _):
        wire.fail("POST", f"channels/{MODS}/messages$", 500)
        await wire.post(HEALTH, CLAIM)
        await bot.moderation.wait_for_news()
        assert await outbox(bot, store).deliver_due() == 1
        assert len(wire.notices()) == 1


@pytest.mark.parametrize("text", [CLAIM, "I'm choking"])
async def test_after_five_failures_in_a_row_a_duty_waits_and_is_done_once_later(
    store: Store, text: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """discord.py gives a request up then; nothing is lost, the other duties are done, and one line tells of it."""
    _at_once(monkeypatch)
    channel = HEALTH if text != CLAIM else MODS
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, _):
        wire.fail("POST", f"channels/{channel}/messages$", 502, times=DISCORD_PY_TRIES)
        await wire.post(HEALTH, text)
        await bot.moderation.wait_for_news()
        caplog.clear()
        await outbox(bot, store).deliver_due()
        assert wire.asked(f"POST channels/{channel}/messages") == DISCORD_PY_TRIES
        told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        assert [line.partition(": ")[2] for line in told] == ["Discord answered 502 (code 0)"]
        assert "of case 1 waits" in told[0]
        await outbox(bot, store, Later()).deliver_due()
        assert len(wire.notices()) == 1
        assert sum(m["content"] == "Call for help now." for m in wire.messages[HEALTH].values()) == (channel == HEALTH)


async def test_channels_that_can_not_be_read_because_discord_is_down_are_read_when_it_is_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _at_once(monkeypatch)
    async with discord_on_a_wire() as wire:
        async with running(wire, store):
            pass
        wire.keep(HEALTH, CLAIM)
        wire.fail("GET", f"channels/{HEALTH}/messages$", 500, times=DISCORD_PY_TRIES)
        async with running(wire, store) as (bot, screener):
            assert screener.read == []
            assert bot.cursors.behind == {HEALTH}
            assert "can't be read back: Discord can't be asked now" in caplog.text
            bot.catch_up.later.clear()  # as if its time had come
            await bot.catch_up.again()
            assert (screener.read, bot.cursors.behind) == ([CLAIM], frozenset())


def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits 25 seconds in all between its five tries; here it does not."""

    async def sleep(seconds: float, result: object = None) -> None:
        """No time passes."""

    monkeypatch.setattr(discord.http, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))


async def test_commands_that_discord_does_not_take_are_told_later_and_the_bot_listens_meanwhile(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_on_a_wire() as wire:
        wire.fail("PUT", "commands$", 403)
        async with running(wire, store) as (bot, screener):
            assert "did not take the slash commands: it answered 403" in caplog.text
            await wire.post(HEALTH, CLAIM)
            await screener.until(CLAIM)
            await bot.sync.again()
            assert wire.commands == []  # it is not time yet
            bot.clock = bot.sync._clock = Later()
            await bot.sync.again()
            assert len(wire.commands) == len(bot.tree.get_commands(type=None))


async def test_whoever_uses_a_command_that_is_gone_is_told_and_discord_hears_the_new_ones(store: Store) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, _):
        before = wire.asked("PUT applications/100/commands")
        said = await wire.command("old-name")
        assert "has just changed" in said
        await bot.sync.again()
        assert wire.asked("PUT applications/100/commands") == before + 1


async def test_a_lost_connection_is_told_in_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with discord_on_a_wire() as wire, running(wire, store) as (_, screener):
        wire.gate.cut()
        await wire.gate.until(lambda g: g.resumed == 1)
        await wire.post(HEALTH, CLAIM)
        await screener.until(CLAIM)
    assert "the connection to Discord is lost, shard 0; the bot connects again by itself" in caplog.text
    assert "where it was lost: nothing was missed" in caplog.text
