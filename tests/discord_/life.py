"""The bot's life on the stand-in: connected over real sockets, with a screener that remembers what it read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.clock import SystemClock
from bot.discord_.client import DiscordBot
from bot.moderation import Moderation, Outbox
from bot.ports import Clock, Store
from bot.settings import Discord
from tests.discord_.wire import HEALTH, MODS, TOKEN, Wire
from tests.samples import PACK, WordScreener


class Screener(WordScreener):
    """Remembers what it read, in order."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.reads_all = False  # also what says none of the words
        self.failures: dict[str, int] = {}  # how often a text can't be read
        self.news = asyncio.Condition()

    def concerns(self, text: str, *, reply_to: str = "") -> bool:
        return self.reads_all or super().concerns(text, reply_to=reply_to)

    async def screen(self, text: str, *, reply_to: str = "") -> Any:
        self.read.append(text)
        if self.failures.get(text, 0) > 0:
            self.failures[text] -= 1
            raise ConnectionError("as if the database were gone")
        async with self.news:
            self.news.notify_all()
        return await super().screen(text, reply_to=reply_to)

    async def until(self, *texts: str) -> None:
        """Wait until these were read."""
        async with self.news:
            await self.news.wait_for(lambda: set(texts) <= set(self.read))


class Quick(DiscordBot):
    """The bot, with no pauses that are there to be kind to Discord, and events that a test can wait for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connection.guild_ready_timeout = 0.05
        self.caught_up = asyncio.Event()
        self.told: asyncio.Queue[str] = asyncio.Queue()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord asks for five seconds between two sessions; the stand-in doesn't."""

    async def on_shard_ready(self, shard_id: int) -> None:
        await super().on_shard_ready(shard_id)
        self.caught_up.set()


def settings_for(wire: Wire, **more: Any) -> Discord:
    plain = {"watch": (HEALTH,), "moderators_channel": MODS}
    return Discord(api_base=f"{wire.url}/api", gateway=wire.gateway, **(plain | more))


def bot_for(wire: Wire, store: Store, **more: Any) -> tuple[Quick, Screener]:
    screener, clock = Screener(), SystemClock()
    moderation = Moderation(pack=PACK, screener=screener, store=store, clock=clock)
    return Quick(settings_for(wire, **more), moderation=moderation, store=store, clock=clock), screener


@asynccontextmanager
async def running(wire: Wire, store: Store, **more: Any) -> AsyncIterator[tuple[Quick, Screener]]:
    """The bot, connected, until the block ends; then it leaves as on SIGTERM."""
    bot, screener = bot_for(wire, store, **more)
    async with alive(bot):
        yield bot, screener


@asynccontextmanager
async def alive(bot: Quick) -> AsyncIterator[None]:
    life = asyncio.create_task(bot.run_until_closed(TOKEN))
    ready = asyncio.create_task(bot.caught_up.wait())
    await asyncio.wait([life, ready], return_when=asyncio.FIRST_COMPLETED)
    assert ready.done(), life.exception()
    try:
        yield
    finally:
        await bot.close()
        await life


class Later(SystemClock):
    """An hour on, when everything that waited has come due."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=1)


def outbox(bot: Quick, store: Store, clock: Clock | None = None) -> Outbox:
    """What delivers notices; the tests say when."""
    return Outbox(
        store=store, moderation=bot.moderation, notifiers={"discord": bot.notifier}, clock=clock or SystemClock()
    )
