"""A running sandbox on a free port, over a real store, for tests; and a small client that behaves like the page."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import SystemClock
from bot.core.pack import Pack
from bot.core.review import Policy
from bot.moderation import Moderation, Outbox, Screens
from bot.ports import Store
from bot.proposing import Proposing, Write, nowhere
from bot.sandbox.gate import TOKEN_HEADER
from bot.sandbox.posts import Call
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace, open_workspace
from bot.stores.sqlite import open_sqlite

Json = dict[str, Any]


class ShiftedClock(SystemClock):
    """The system's clock, some time ahead."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return super().now() + self.shift


@dataclass
class Page:
    """A browser tab without a browser."""

    session: aiohttp.ClientSession
    url: str
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def state(self) -> Json:
        async with self.session.get(f"{self.url}state") as response:
            values: Json = await response.json()
        self.token = values["who"]["token"]
        return values

    async def get(self, path: str) -> Json:
        async with self.session.get(f"{self.url}{path}") as response:
            values: Json = await response.json()
        return values

    async def send(self, path: str, body: object = None, **headers: str) -> tuple[int, Json]:
        """Status and JSON of a change; `headers` are sent on top of the page's own, and "" leaves one out."""
        sent = {TOKEN_HEADER: self.token, **{k.replace("_", "-"): v for k, v in headers.items()}}
        sent = {k: v for k, v in sent.items() if v}
        async with self.session.post(f"{self.url}{path}", json=body if body is not None else {}, headers=sent) as got:
            return got.status, await got.json()

    async def become(self, role: str) -> None:
        await self.send("who", {"role": role})
        await self.state()

    async def waiting(self) -> list[Json]:
        """The cases that wait, as the queue shows them."""
        return list((await self.state())["queue"]["waiting"])


@dataclass
class Stage:
    """The parts of a running sandbox."""

    sandbox: Sandbox
    workspace: Workspace
    moderation: Moderation
    outbox: Outbox
    store: Store
    clock: ShiftedClock

    async def caught_up(self) -> None:
        """Return once everything that was posted is screened."""
        with self.workspace.feed.watch() as watcher:
            while await self.workspace.unscreened():
                await watcher.changed()

    async def heard(self, enough: Callable[[Sequence[Call]], bool]) -> Sequence[Call]:
        """What moderators were told, once it is enough."""
        with self.workspace.feed.watch() as watcher:
            while not enough(await self.workspace.calls()):
                await watcher.changed()
        return await self.workspace.calls()

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """A new browser that has just opened the page."""
        jar = aiohttp.CookieJar(unsafe=True)  # cookies of a bare IP address
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            page = Page(session, self.sandbox.url)
            await page.state()
            yield page


@asynccontextmanager
async def running(
    folder: Path, pack: Pack, screener: Screens, policy: Policy | None = None, *, write: Write = nowhere
) -> AsyncIterator[Stage]:
    """The sandbox on the files in `folder`, as after a start of the process."""
    clock = ShiftedClock()
    async with open_sqlite(folder) as store, open_workspace(folder, clock) as workspace:
        moderation = Moderation(pack=pack, screener=screener, store=store, clock=clock, policy=policy)
        outbox = Outbox(store=store, moderation=moderation, notifiers={"sandbox": workspace}, clock=clock)
        proposing = Proposing(store=store, clock=clock, write=write)
        sandbox = Sandbox(workspace, moderation, host="127.0.0.1", port=0, proposing=proposing)
        tasks = [asyncio.create_task(sandbox.run()), asyncio.create_task(outbox.run())]
        try:
            await _served(sandbox, tasks[0])
            yield Stage(sandbox, workspace, moderation, outbox, store, clock)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _served(sandbox: Sandbox, serving: asyncio.Task[None]) -> None:
    """Return once the page can be opened; raise what stopped it otherwise."""
    ready = asyncio.create_task(sandbox.ready.wait())
    await asyncio.wait([ready, serving], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        ready.cancel()
        await serving
