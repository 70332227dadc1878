"""Several processes on one store: each duty is done by one of them, and what a dead one held is free."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.message import MessageKey
from bot.core.review import Duty
from bot.moderation import Moderation, Outbox
from bot.ports import Store
from bot.settings import Shards
from bot.stores.postgres import open_postgres
from bot.stores.sqlite import open_sqlite
from bot.workers import STILL, Worker, _place
from tests.conftest import BOTH
from tests.samples import KEY, NOON, PACK, ManualClock, WordScreener, case, message
from tests.test_moderation import Board

TOLD = {Duty.NOTICE: timedelta()}
Two = tuple[Store, Store]


@pytest.fixture(params=BOTH)
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Two]:
    """The same store, opened as by two processes."""
    async with AsyncExitStack() as stack:
        if request.param == "sqlite":
            yield (
                await stack.enter_async_context(open_sqlite(tmp_path)),
                await stack.enter_async_context(open_sqlite(tmp_path)),
            )
        else:
            url = await request.getfixturevalue("postgres_server").fresh()
            yield (
                await stack.enter_async_context(open_postgres(url)),
                await stack.enter_async_context(open_postgres(url)),
            )


async def some_cases(store: Store, count: int) -> None:
    for number in range(count):
        key = MessageKey("sandbox", "local", "health", f"m{number}")
        assert await store.open_case(case(id=0, key=key), TOLD) is not None


async def test_a_claimed_case_is_nobody_elses(two: Two) -> None:
    one, other = two
    await one.beat("one")
    await some_cases(one, 1)
    (mine,) = await one.claim("one", NOON)
    await one.owe(case(), Duty.REMINDER, NOON)
    assert await other.claim("other", NOON) == []
    await one.done(mine, notice_ref="n1")
    (rest,) = await other.claim("other", NOON)
    assert (rest.duty, rest.claimed_by, rest.doubtful) == (Duty.REMINDER, "other", False)


async def test_many_who_claim_at_once_share_the_work_without_overlap(two: Two) -> None:
    workers = [f"w{n}" for n in range(6)]
    for worker in workers:
        await two[0].beat(worker)
    await some_cases(two[0], 30)
    taken: list[int] = []

    async def work(store: Store, worker: str) -> None:
        while len(taken) < 30:
            got = await store.claim(worker, NOON, limit=3)
            taken.extend(e.case_id for e in got)
            for entry in got:
                await store.done(entry, notice_ref=f"{worker}-{entry.case_id}")

    await asyncio.gather(*(work(two[n % 2], w) for n, w in enumerate(workers)))
    assert sorted(taken) == list(range(1, 31))
    assert await two[0].due(NOON) == []


async def test_what_a_dead_process_had_claimed_is_free_and_doubtful(two: Two) -> None:
    one, other = two
    await some_cases(one, 1)
    await one.beat("one")
    (late,) = await one.claim("one", NOON)
    assert await other.bury("one", 1)
    (mine,) = await other.claim("other", NOON)
    assert mine.doubtful
    await other.beat("other")
    await one.done(late, notice_ref="too late")  # it was only slow
    await one.retry(late, NOON)
    kept = await one.case(1)
    assert kept is not None
    assert kept.notice_ref == ""
    await other.done(mine, notice_ref="n1")
    assert await one.due(NOON + timedelta(days=1)) == []


async def test_a_process_that_showed_life_is_not_buried(two: Two) -> None:
    await two[0].beat("one")
    await two[0].beat("one")
    assert not await two[1].bury("one", 1)
    assert await two[1].beat("other") == {"one": 2, "other": 1}


async def test_who_leaves_gives_everything_back_in_doubt(two: Two) -> None:
    one, other = two
    await some_cases(one, 1)
    await one.beat("one")
    await one.claim("one", NOON)
    assert await one.lease("discord", "one")
    await one.leave("one")
    await other.beat("other")
    assert [e.doubtful for e in await other.claim("other", NOON)] == [True]
    assert await other.lease("discord", "other")


async def test_only_platforms_that_were_asked_for_are_claimed(two: Two) -> None:
    await some_cases(two[0], 1)
    assert await two[0].claim("one", NOON, platforms=["discord", "slack"]) == []
    assert len(await two[0].claim("one", NOON, platforms=["discord", "sandbox"])) == 1


async def test_a_lease_is_one_process_s_until_it_ends_or_dies(two: Two) -> None:
    one, other = two
    await one.beat("one")
    await other.beat("other")
    taken = await asyncio.gather(
        *(s.lease("discord", w) for _ in range(4) for s, w in ((one, "one"), (other, "other")))
    )
    assert taken.count(True) == 4  # always the same one
    holder, waiting = ("one", "other") if await one.lease("discord", "one") else ("other", "one")
    await one.end_lease("discord", waiting)
    assert not await one.lease("discord", waiting)
    await one.bury(holder, 1)
    assert await one.lease("discord", waiting)
    assert not await other.lease("discord", holder)
    await one.end_lease("discord", waiting)
    await other.beat(holder)
    assert await other.lease("discord", holder)


async def test_of_many_who_settle_a_value_all_get_the_same(two: Two) -> None:
    kept = await asyncio.gather(*(two[n % 2].settle("k", str(n)) for n in range(8)))
    assert len(set(kept)) == 1


async def test_news_of_work_travels_between_processes_on_postgres(postgres_url: str) -> None:
    async with open_postgres(postgres_url) as one, open_postgres(postgres_url) as other:
        await other.wait_for_work()  # it listens now
        waiting = asyncio.create_task(other.wait_for_work())
        await some_cases(one, 1)
        await asyncio.wait_for(waiting, 10)


async def test_beats_that_stand_still_mean_death(two: Two) -> None:
    one, other = (Worker(s, ManualClock(), place=f"machine-{n}") for n, s in enumerate(two))
    await one.beat()
    assert await two[0].lease("discord", one.id)
    for _ in range(STILL):
        await other.beat()
        assert not await two[1].lease("discord", other.id)
    await other.beat()
    assert await two[1].lease("discord", other.id)
    await one.beat()  # back from a long sleep
    assert not await two[0].lease("discord", one.id)


async def test_a_process_that_ended_on_this_machine_is_dead_at_once(two: Two) -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    await two[0].beat(f"{_place()}:{ended.pid}:abc")
    await two[0].beat(f"elsewhere:1:{ended.pid}:abc")
    worker = Worker(two[1], ManualClock())
    await worker.beat()
    assert set(await two[1].beat(worker.id)) == {f"elsewhere:1:{ended.pid}:abc", worker.id}


async def test_work_under_a_lease_is_taken_over_and_stopped_where_it_was_lost(two: Two) -> None:
    one, other = (Worker(s, ManualClock(), place=f"machine-{n}") for n, s in enumerate(two))
    started: asyncio.Queue[str] = asyncio.Queue()
    stopped = asyncio.Event()

    async def work(name: str) -> None:
        started.put_nowait(name)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    await one.beat()
    await other.beat()
    tasks = [asyncio.create_task(one.hold("discord", lambda: work("one")))]
    assert await started.get() == "one"
    tasks.append(asyncio.create_task(other.hold("discord", lambda: work("other"))))
    assert started.empty()
    assert await two[1].bury(one.id, 1)
    assert await started.get() == "other"
    await stopped.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_processes_whose_shards_overlap_never_hold_the_same_one(two: Two) -> None:
    """The second one names a shard of the first one's, so it waits, and then takes all of its own."""
    one, other = (Worker(store, ManualClock(), place=f"place {n}") for n, store in enumerate(two))
    holding: asyncio.Queue[str] = asyncio.Queue()

    async def work(name: str) -> None:
        holding.put_nowait(name)
        await asyncio.Event().wait()

    def run(worker: Worker, *ids: int) -> asyncio.Task[None]:
        leases = Shards(ids=ids, of=4).leases
        return asyncio.create_task(worker.hold_all(leases, lambda: work(worker.id)))

    await one.beat()
    await other.beat()
    tasks = [run(one, 0, 1)]
    assert await holding.get() == one.id
    tasks.append(run(other, 1, 2))
    assert not await two[1].lease("discord shard 1 of 4", other.id)
    assert holding.empty()
    tasks[0].cancel()
    assert await holding.get() == other.id
    assert await two[0].lease("discord shard 0 of 4", one.id)
    assert not await two[0].lease("discord shard 2 of 4", one.id)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_ends_by_itself_frees_its_lease(two: Two) -> None:
    async def nothing() -> None:
        return

    async with Worker(two[0], ManualClock()).working() as one:
        await one.hold("discord", nothing)
    await two[1].beat("other")
    assert await two[1].lease("discord", "other")


async def test_each_of_two_processes_tells_what_it_claimed(two: Two) -> None:
    board, clock = Board(), ManualClock()
    processes = [Moderation(pack=PACK, screener=WordScreener(), store=s, clock=clock) for s in two]
    outboxes = [
        Outbox(store=s, moderation=m, notifiers={"sandbox": board}, clock=clock, worker=f"w{n}")
        for n, (s, m) in enumerate(zip(two, processes, strict=True))
    ]
    for n, store in enumerate(two):
        await store.beat(f"w{n}")
    for number in range(6):
        key = replace(KEY, message=f"m{number}")
        await processes[number % 2].message_posted(message(f"tea cures {number}", key))
    told = 0
    while done := sum(await asyncio.gather(*(o.deliver_due() for o in outboxes))):
        told += done
    assert told == len(board.notices) == 6


async def test_a_pause_reaches_the_other_process(two: Two) -> None:
    one, other = (Moderation(pack=PACK, screener=WordScreener(), store=s, clock=ManualClock()) for s in two)
    assert not await other.is_paused(KEY)
    await one.pause()
    await other.look_again()
    assert await other.is_paused(KEY)
    await one.resume()
    await other.look_again()
    assert not await other.is_paused(KEY)


async def test_two_processes_know_the_same_text_by_the_same_fingerprint(two: Two) -> None:
    one, other = (Moderation(pack=PACK, screener=WordScreener(), store=s, clock=ManualClock()) for s in two)
    keys = [replace(KEY, message=f"m{n}") for n in range(2)]
    made = await asyncio.gather(
        one.message_posted(message("tea cures all", keys[0])), other.message_posted(message("x blue x", keys[1]))
    )
    again = await other.message_posted(message("tea cures all", replace(KEY, message="m9")))
    assert again is not None
    assert made[0] is not None
    assert again.id == made[0].id
