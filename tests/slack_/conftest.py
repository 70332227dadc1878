"""A Slack workspace on real sockets with slack_bolt's own app connected to it."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.pack import Pack
from bot.core.review import Case, Policy
from bot.moderation import Moderation, Outbox, Screens
from bot.ports import Store
from bot.proposing import Proposing, Write, nowhere
from bot.settings import Slack
from bot.slack_.client import SlackBot
from bot.stores.sqlite import open_sqlite
from tests.samples import NOON, PACK, WordScreener
from tests.slack_.fake import APP_TOKEN, BOT_TOKEN, SECRET, Channel, FakeSlack, Json, slack_on_a_wire
from tests.slack_.people import Somebody, words


class StoppedClock:
    """Time that passes only when a test says so; who sleeps is woken then."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = itertools.count()
        self._fell_asleep = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def pass_time(self, step: timedelta) -> None:
        self._now += step
        while self._sleepers and self._sleepers[0][0] <= self._now:
            sleeper = heapq.heappop(self._sleepers)[2]
            if not sleeper.done():
                sleeper.set_result(None)

    async def asleep(self, seconds: float) -> None:
        """Wait until somebody sleeps for so long from now."""
        wanted = self._now + timedelta(seconds=seconds)
        while not any(at == wanted for at, _, _ in self._sleepers):
            self._fell_asleep.clear()
            await self._fell_asleep.wait()

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._count), future))
        self._fell_asleep.set()
        await future


@dataclass
class Workspace:
    """The simulated workspace, the bot on it, and the people in it."""

    slack: FakeSlack
    store: Store
    clock: StoppedClock
    settings: Slack
    health: Channel
    mods: Channel
    mina: Somebody  # a member
    ann: Somebody  # a moderator, by a user group
    ben: Somebody  # a moderator, by name
    policy: Policy = field(default_factory=Policy)
    pack: Pack = PACK
    write: Write = nowhere
    screener: Screens = field(default_factory=WordScreener)
    bot: SlackBot = field(init=False)
    outbox: Outbox = field(init=False)
    _running: asyncio.Task[None] | None = None

    async def start(self, **changes: object) -> None:
        """A new process: nothing is remembered but what is in the store."""
        await self.start_only(**changes)
        await self.settle()

    async def start_only(self, **changes: object) -> None:
        """The same, without waiting until it has read what it missed."""
        await self.stop()
        self.settings = self.settings.model_copy(update=changes)
        self.clock.pass_time(timedelta(minutes=1))
        moderation = Moderation(
            pack=self.pack, screener=self.screener, store=self.store, clock=self.clock, policy=self.policy
        )
        self.bot = SlackBot(
            self.settings,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SECRET,
            moderation=moderation,
            store=self.store,
            clock=self.clock,
            proposing=Proposing(store=self.store, clock=self.clock, write=self.write),
            ping=0.2,
        )
        notifiers = {"slack": self.bot.notifier}
        self.outbox = Outbox(store=self.store, moderation=moderation, notifiers=notifiers, clock=self.clock)
        self._running = asyncio.create_task(self.bot.run_until_closed())
        ready = asyncio.create_task(self.bot.connected.wait())
        await asyncio.wait([self._running, ready], return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            ready.cancel()
            await self._running
        self.slack.address = f"http://127.0.0.1:{self.bot.port}/slack/events" if self.bot.port else ""

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def settle(self) -> None:
        """Wait until the bot has nothing in hand."""
        for _ in range(2):  # what the bot does makes events of its own
            await self.slack.acknowledged()
            await self.bot.work.done()

    async def deliver(self) -> int:
        await self.settle()
        delivered = await self.outbox.deliver_due()
        await self.settle()
        return delivered

    async def say(self, text: str, *, thread: str = "") -> Json:
        """The member says it in the watched channel."""
        message = await self.mina.say(self.health, text, thread=thread)
        await self.settle()
        return message

    async def flag(self, text: str = "tea cures all") -> Json:
        """A member posts the text; returns the notice that moderators get."""
        await self.say(text)
        await self.deliver()
        return self.notice

    async def flag_only(self) -> None:
        """A member says something flagged, while notices can't be posted."""
        await self.say("tea cures all")
        assert await self.deliver() == 0

    async def reconnected(self) -> None:
        """Wait until the bot has opened another socket and read what it missed."""
        await self.slack.opened()
        await self.settle()

    async def click(self, who: Somebody, label: str) -> None:
        """Press something on the notice, and let the outbox do what follows."""
        await who.click(self.notice, label, self.mods)
        await self.deliver()

    async def press(self, who: Somebody, label: str) -> None:
        await who.press(label)
        await self.deliver()

    async def submit(self, who: Somebody, **fields: str) -> None:
        await who.submit(**fields)
        await self.deliver()

    @property
    def notice(self) -> Json:
        return self.notices[-1]

    @property
    def notices(self) -> list[Json]:
        return [m for m in self.mods.messages.values() if m.get("metadata", {}).get("event_type") == "case_notice"]

    @property
    def notice_words(self) -> str:
        return words(self.notice["blocks"])

    def replies(self, message: Json) -> list[Json]:
        return self.health.replies(message["ts"])

    def direct(self, who: Somebody) -> list[Json]:
        """What the bot told them privately."""
        return (
            list(self.slack.channels[f"D0{who.id}"].messages.values()) if f"D0{who.id}" in self.slack.channels else []
        )

    async def case(self, number: int = 1) -> Case:
        found = await self.bot.moderation.case(number)
        assert found is not None
        return found


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_sqlite(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def open_workspace(store: Store) -> AsyncIterator[Workspace]:
    """The workspace before the bot comes: #health, a private #mods, a member, and two moderators."""
    clock = StoppedClock(NOON.astimezone(UTC))
    async with slack_on_a_wire(clock) as slack:
        health, mods = slack.add_channel("health"), slack.add_channel("mods", private=True)
        mina, ann, ben = (Somebody(slack, slack.add_user(name)) for name in ("mina", "ann", "ben"))
        for person in (mina, ann, ben):
            health.members.add(person.id)
        mods.members |= {ann.id, ben.id}
        slack.groups["S0MODS"] = [ann.id]
        settings = Slack(
            watch=(health.id,),
            moderators_channel=mods.id,
            moderators=("S0MODS", ben.id),
            api_base=f"{slack.url}/api/",
        )
        made = Workspace(slack, store, clock, settings, health, mods, mina, ann, ben)
        yield made
        await made.stop()
        assert slack.faults == []


@pytest.fixture
async def empty(store: Store) -> AsyncIterator[Workspace]:
    """The workspace before the bot comes."""
    async with open_workspace(store) as made:
        yield made


@pytest.fixture
async def workspace(empty: Workspace) -> Workspace:
    """The same, with the bot connected."""
    await empty.start()
    return empty
