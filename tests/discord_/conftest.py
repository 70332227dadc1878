"""A Discord server in memory with the real client connected to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.http import HTTPClient, Route
from simcord.env import Env
from simcord.http import router
from yarl import URL

from bot.core.pack import Pack
from bot.core.review import Case, Policy
from bot.discord_.client import DiscordBot
from bot.moderation import Moderation, Outbox
from bot.ports import Store
from bot.settings import Discord
from bot.stores.sqlite import open_sqlite
from tests.discord_.limits import Bodies
from tests.samples import PACK, ManualClock, WordScreener


@dataclass
class Server:
    """The simulated server, the bot on it, and the people in it."""

    env: Env
    store: Store
    clock: ManualClock
    settings: Discord
    guild: Any
    health: Any
    mods: Any
    member: Any
    ann: Any  # a moderator
    ben: Any  # another one
    bot: DiscordBot
    outbox: Outbox
    policy: Policy = field(default_factory=Policy)
    pack: Pack = PACK

    async def restart(self, settings: Discord | None = None) -> None:
        """A new process: nothing is remembered but what is in the store."""
        self.settings = settings or self.settings
        self.clock.pass_time(timedelta(minutes=1))
        self.bot, self.outbox = connect(self.settings, self.store, self.clock, self.policy, self.pack)
        await self.env.restart_bot(self.bot)
        await self.env.settle()

    async def deliver(self) -> int:
        delivered = await self.outbox.deliver_due()
        await self.env.settle()
        return delivered

    async def flag(self, text: str = "tea cures all") -> discord.Message:
        """A member posts the text; returns the notice that moderators get."""
        await self.member.send(self.health, text)
        await self.deliver()
        return self.notice

    async def case(self, number: int = 1) -> Case:
        """The case with that number, as soon as it is there."""
        async with asyncio.timeout(20):
            while (case := await self.bot.moderation.case(number)) is None:
                await self.env.settle()
        return case

    @property
    def notice(self) -> discord.Message:
        message: discord.Message = self.mods.last_message
        return message

    async def click(self, who: Any, label: str) -> Any:
        """Click a button of the notice, and let the outbox do what follows."""
        result = await who.click(self.notice, label=label)
        await self.deliver()
        return result


def connect(
    settings: Discord, store: Store, clock: ManualClock, policy: Policy | None = None, pack: Pack = PACK
) -> tuple[DiscordBot, Outbox]:
    moderation = Moderation(pack=pack, screener=WordScreener(), store=store, clock=clock, policy=policy)
    bot = DiscordBot(settings, moderation=moderation, store=store, clock=clock)
    return bot, Outbox(store=store, moderation=moderation, notifiers={"discord": bot.notifier}, clock=clock)


@pytest.fixture(autouse=True)
def within_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bodies]:
    """Reads every request body that goes to the simulated Discord, or over a socket; none may break a limit."""
    bodies = Bodies()
    dispatch, over_socket = router.dispatch, HTTPClient.request

    def simulated(backend: Any, method: str, path: str, **rest: Any) -> Any:
        bodies.read(method, path, rest.get("json"))
        return dispatch(backend, method, path, **rest)

    async def sent(self: HTTPClient, route: Route, **rest: Any) -> Any:
        bodies.read(route.method, route.url.removeprefix(Route.BASE), rest.get("json") or beside_files(rest))
        return await over_socket(self, route, **rest)

    monkeypatch.setattr(router, "dispatch", simulated)
    monkeypatch.setattr(HTTPClient, "request", sent)
    yield bodies
    assert not bodies.problems


def beside_files(request: dict[str, Any]) -> Any:
    """The body of a request that carries files, where it is one part among theirs."""
    parts = (part["value"] for part in request.get("form") or () if part["name"] == "payload_json")
    return next((json.loads(part) for part in parts), None)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_sqlite(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def discord_again() -> Iterator[None]:
    """discord.py keeps its addresses in classes, so each test leaves them as they were."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    yield
    discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, URL(str(gateway))


@pytest.fixture
async def env(store: Store) -> AsyncIterator[Env]:
    """The simulated Discord, with a bot that watches nothing yet."""
    made = Env(connect(Discord(), store, ManualClock())[0])
    await made.start()
    yield made
    await made.shutdown()
    made.raise_errors()


@pytest.fixture
async def server(env: Env, store: Store) -> Server:
    return await open_server(env, store)


async def open_server(env: Env, store: Store) -> Server:
    """One guild with #health and #mods, a member, and two moderators."""
    guild = env.create_guild("Tea lovers")
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    health, mods = guild.create_text_channel("health"), guild.create_text_channel("mods")
    member = guild.add_member(env.create_user("mina"))
    ann, ben = (guild.add_member(env.create_user(name), roles=[role]) for name in ("ann", "ben"))
    settings = Discord(watch=(health.id,), moderators_channel=mods.id, moderator_roles=(role.id,))
    clock = ManualClock(env.now())
    bot, outbox = connect(settings, store, clock)
    made = Server(env, store, clock, settings, guild, health, mods, member, ann, ben, bot, outbox)
    await made.restart()
    return made
