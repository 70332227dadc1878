"""Processes are killed (SIGKILL) at random instants under load, on both stores: nothing is lost and nothing doubled.

The suite runs a short version. The long one, as often as the specification asks:

    python -m pytest tests/stores/test_kills.py --kills 200 --messages 20000 --timeout 3600
"""

import asyncio
import multiprocessing
import random
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core.review import Act, Status
from bot.ports import Store
from bot.stores.open import open_store
from tests.conftest import BOTH
from tests.stores.outside import Outside
from tests.stores.victim import live

FAR = SystemClock().now().replace(year=9000)
pytestmark = pytest.mark.soak


@dataclass
class Herd:
    """Processes on one store and one outside; whoever is killed is replaced at once."""

    outside: Outside
    socket: Path
    data: Path
    url: str | None
    chance: random.Random
    alive: list[BaseProcess] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.stores.victim"])
        process = context.Process(target=live, args=(self.socket, self.data, self.url), daemon=True)
        process.start()
        self.alive.append(process)

    async def kill_one(self) -> None:
        process = self.alive.pop(self.chance.randrange(len(self.alive)))
        assert process.is_alive(), f"a process ended by itself with {process.exitcode}"
        process.kill()
        await asyncio.to_thread(process.join)
        self.kills += 1
        self.start()

    def end(self) -> None:
        for process in self.alive:
            process.kill()
            process.join()


async def settled(herd: Herd, store: Store) -> None:
    """Everything was told and decided, and nothing is owed any more."""
    while not herd.outside.settled or await store.due(FAR):
        assert all(p.is_alive() for p in herd.alive), "a process ended by itself"
        await asyncio.sleep(0.05)


async def check(outside: Outside, store: Store) -> None:
    cases = {c.key.message: c for c in await store.cases(limit=10**6)}
    assert set(cases) == outside.claims
    assert Counter(outside.acknowledged.values()) == {1: outside.messages}
    assert {case_id: len(shown) for case_id, shown in outside.notices.items()} == dict.fromkeys(
        (c.id for c in cases.values()), 1
    )
    upheld = {c.id for c in cases.values() if c.status is Status.UPHELD}
    assert outside.corrections == Counter(dict.fromkeys(upheld, 1))
    for case in cases.values():
        assert case.status in (Status.UPHELD, Status.DISMISSED)
        assert outside.notices[case.id] == [case.version]
        acts = [entry.act for entry in await store.history(case.id)]
        assert acts == [Act.UPHOLD if case.id in upheld else Act.DISMISS]


async def place(kind: str, request: pytest.FixtureRequest) -> str | None:
    if kind == "sqlite":
        return None
    url: str = await request.getfixturevalue("postgres_server").fresh()
    return url


@pytest.mark.parametrize("kind", BOTH)
async def test_one_process_killed_again_and_again_loses_nothing_and_doubles_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(8)
    outside, url = Outside(30, chance), await place(kind, request)
    async with outside.served(tmp_path / "outside"), open_store(tmp_path, url) as store:
        herd = Herd(outside, tmp_path / "outside", tmp_path, url, chance)
        herd.start()
        try:
            while herd.kills < request.config.getoption("kills"):
                if len(outside.waiting) < 10:
                    outside.more(10)
                await asyncio.sleep(chance.random() * 0.3)
                await herd.kill_one()
            await settled(herd, store)
        finally:
            herd.end()
        await check(outside, store)


@pytest.mark.parametrize("kind", BOTH)
async def test_four_processes_killed_at_random_do_each_thing_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(4)
    outside, url = Outside(request.config.getoption("messages"), chance), await place(kind, request)
    async with outside.served(tmp_path / "outside"), open_store(tmp_path, url) as store:
        herd = Herd(outside, tmp_path / "outside", tmp_path, url, chance)
        for _ in range(4):
            herd.start()
        try:
            while outside.waiting:
                await asyncio.sleep(0.2 + chance.random() * 0.8)
                await herd.kill_one()
            assert herd.kills > 0
            await settled(herd, store)
        finally:
            herd.end()
        await check(outside, store)
