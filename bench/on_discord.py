"""How much the bot costs a Discord client, and how fast a moderator is answered while many people write."""

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord

from bench.rows import Row
from bot.clock import SystemClock
from bot.core import answers
from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.review import Act
from bot.discord_.client import DiscordBot
from bot.moderation import Moderation, Outbox
from bot.readers import screener_for
from bot.reading import ReadingRoom
from bot.settings import Discord
from bot.stores.sqlite import open_sqlite
from tests.discord_.wire import HEALTH, MODS, TOKEN, Wire, discord_on_a_wire

A_SECOND = 500  # messages
ON_SUBJECT = 20  # one message in so many is about the subject
BURST = 10  # messages posted at once
BETWEEN_CLICKS = 0.05  # seconds


class Bare(discord.Client):
    """What any bot costs: discord.py with a handler that does nothing."""

    async def on_message(self, message: discord.Message) -> None:
        pass


async def throughput_rows(pack: Pack, chat: Sequence[str], rounds: int) -> list[Row]:
    """The same payloads through discord.py: our bot against a client with an empty on_message."""
    bare, ours = await throughput(pack, chat, rounds)
    return [
        Row("discord.py: a bare client, per message", bare),
        Row("discord.py: our bot, per message", ours, "of the bare client's throughput", bare / ours),
    ]


async def throughput(pack: Pack, chat: Sequence[str], rounds: int) -> tuple[float, float]:
    """Microseconds of processor time for a message: of a bare client, and of ours; the median round counts."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_sqlite(Path(folder)) as store, ReadingRoom(Screener(pack)) as room:
            clock = SystemClock()
            moderation = Moderation(pack=pack, screener=room, store=store, clock=clock)
            ours = DiscordBot(Discord(watch=(HEALTH,)), moderation=moderation, store=store, clock=clock)
            bare = Bare(intents=ours.intents)
            times: dict[discord.Client, list[float]] = {bare: [], ours: []}
            for number in range(rounds + 1):
                for client in times:
                    times[client].append(await pushed(client, chat, (number + 1) * len(chat)))
    fast, slow = (statistics.median(t[1:]) / len(chat) * 1e6 for t in times.values())  # the first round warms up
    return fast, slow


async def pushed(client: discord.Client, chat: Sequence[str], first: int) -> float:
    """Seconds of processor time until every payload was handled; the messages are numbered from `first` on."""
    await client._async_setup_hook()
    state: Any = client._connection
    channels = [{"id": str(HEALTH), "type": 0, "name": "health", "position": 0}]
    state._add_guild_from_data({"id": "10", "name": "g", "channels": channels})
    payloads = [payload(number, text) for number, text in enumerate(chat, start=first)]
    started = time.process_time()
    for data in payloads:
        state.parse_message_create(data)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*(t for t in others if t is not None and "on_message" in t.get_name()))
    return time.process_time() - started


def payload(number: int, text: str) -> dict[str, Any]:
    """A message as the gateway tells it."""
    author = {"id": "30", "username": "mina", "discriminator": "0", "avatar": None, "global_name": None}
    return {
        "id": str(1_000_000 + number), "channel_id": str(HEALTH), "guild_id": "10", "author": author, "content": text,
        "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
    }  # fmt: skip


async def click_rows(pack: Pack, chat: Sequence[str], subject: Sequence[str], seconds: float) -> list[Row]:
    """A moderator's click, over real sockets: from the gateway's word to the bot's answer at the API."""
    quiet = await clicks(pack, chat, subject, seconds, a_second=0)
    busy = await clicks(pack, chat, subject, seconds, a_second=A_SECOND)
    calm, loaded = (percentile(run.waits, 99) for run in (quiet, busy))
    return [
        Row("a moderator's click, nobody writes: p99", calm * 1e6),
        Row(f"a moderator's click, {busy.pace:.0f} messages a second: p99", loaded * 1e6, "quiet", loaded / calm),
    ]


@dataclass(frozen=True, slots=True)
class Clicks:
    """How long each click waited, in seconds, and how many messages a second were posted meanwhile."""

    waits: list[float]
    pace: float


async def clicks(pack: Pack, chat: Sequence[str], subject: Sequence[str], seconds: float, *, a_second: int) -> Clicks:
    """Click after click, while so many messages arrive on the gateway."""
    answers.index_of(pack)  # as a bot does while it loads its content
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_sqlite(Path(folder)) as store,
            ReadingRoom(screener_for(pack, notice=0.85, shadow=0.4)) as room,
            discord_on_a_wire() as wire,
        ):
            clock = SystemClock()
            moderation = Moderation(pack=pack, screener=room, store=store, clock=clock)
            settings = Discord(
                watch=(HEALTH,), moderators_channel=MODS, api_base=f"{wire.url}/api", gateway=wire.gateway
            )
            bot = DiscordBot(settings, moderation=moderation, store=store, clock=clock)
            outbox = Outbox(store=store, moderation=moderation, notifiers={"discord": bot.notifier}, clock=clock)
            async with asyncio.TaskGroup() as group:
                life = group.create_task(bot.run_until_closed(TOKEN))
                await wire.gate.until(lambda gateway: gateway.identified == 1)
                await bot.wait_until_ready()
                telling = group.create_task(outbox.run())
                await wire.post(HEALTH, subject[0])
                await wire.until(lambda w: w.notices())
                writing = group.create_task(_write(wire, chat, subject, a_second))
                before, started = _written(wire), time.monotonic()
                waits = await _click(wire, moderation, seconds)
                pace = (_written(wire) - before) / (time.monotonic() - started)
                for task in (writing, telling):
                    task.cancel()
                await bot.close()
                await life
    return Clicks(waits, pace)


def _written(wire: Wire) -> int:
    return len(wire.messages.get(HEALTH, ()))


async def _write(wire: Wire, chat: Sequence[str], subject: Sequence[str], a_second: int) -> None:
    """Post on and on, at that pace; on a machine that can't, slower rather than in heaps."""
    if not a_second:
        return
    numbered = enumerate(zip(itertools.cycle(chat), itertools.cycle(subject), strict=False))
    while True:
        started = time.monotonic()
        for number, (plain, special) in itertools.islice(numbered, BURST):
            await wire.post(HEALTH, f"{special} {number}" if number % ON_SUBJECT == 0 else plain)
        await asyncio.sleep(max(0.001, BURST / a_second - (time.monotonic() - started)))


async def _click(wire: Wire, moderation: Moderation, seconds: float) -> list[float]:
    """Take the first case, and give it back, again and again, with looks at its history in between."""
    waits: list[float] = []
    ends = time.monotonic() + seconds
    for act in itertools.cycle((Act.TAKE, None, None, Act.RELEASE, None, None)):
        if time.monotonic() > ends:
            break
        case = await moderation.case(1)
        assert case is not None
        waits.append(await wire.click(f"case:1:{case.version}:{act}" if act else "history:1"))
        await asyncio.sleep(BETWEEN_CLICKS)
    return waits


def percentile(values: Sequence[float], per_cent: int) -> float:
    """The value below which so many of them lie."""
    return sorted(values)[min(len(values) - 1, len(values) * per_cent // 100)]
