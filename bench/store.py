"""How fast moderators are served while a million closed cases lie in the store: `python -m bench store`.

SQLite in a temporary folder, and the PostgreSQL server that the tests use; each through the same service as the bot.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.core.message import MessageKey, Person, Workspace
from bot.core.review import UNDECIDED, Act, Case, Correction, Decision, Status
from bot.moderation import Moderation
from bot.ports import Store
from bot.sandbox.desk import CASES_SHOWN, MOST_LISTED
from bot.stores.driver import Driver
from bot.stores.open import open_store
from bot.stores.records import body_of
from tests.samples import NOON, PACK, WordScreener, case, message

WAITING = 500  # cases that wait for a decision, among the closed ones
LIMIT = 10.0  # milliseconds, for 99 of 100
PAGE = 6  # cases on a page of the queue, and one to know whether there are more
DECIDED = (Status.UPHELD, Status.DISMISSED)
ANN = Person("1", "Ann")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench store", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="closed cases (default: %(default)s)")
    parser.add_argument("--times", type=int, default=300, help="how often each thing is done")
    parser.add_argument("--on", choices=["sqlite", "postgres", "both"], default="both")
    options = parser.parse_args(arguments)
    for kind in ("sqlite", "postgres") if options.on == "both" else (options.on,):
        asyncio.run(_measure(kind, options.cases, options.times))


async def _measure(kind: str, count: int, times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bot-bench-") as place:
        async with _opened(kind, Path(place)) as (store, db):
            started = time.perf_counter()
            await _fill(db, count)
            await _wait_for_decision(store)
            print(f"{kind}: {count:,} closed cases made in {time.perf_counter() - started:.0f} s")
            moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=SystemClock())
            smallest = ("for comparison: the smallest write there is", lambda n: store.remember("n", str(n)))
            for name, work in (smallest, *_works(moderation)):
                spent = [await _timed(work, n) for n in range(times)]
                middle, high = statistics.median(spent), statistics.quantiles(spent, n=100)[98]
                verdict = "" if high < LIMIT else f"   MORE THAN {LIMIT:.0f} ms"
                print(f"{kind}: {name:<46} p50 {middle:7.2f} ms   p99 {high:7.2f} ms{verdict}", flush=True)


@asynccontextmanager
async def _opened(kind: str, folder: Path) -> AsyncIterator[tuple[Store, Driver]]:
    if kind == "sqlite":
        async with open_store(folder, None) as store:
            yield store, store._db
        return
    from bot.stores.postgres import open_database
    from tests.postgres import server

    with server() as running:
        url = await running.fresh()
        async with open_store(folder, url) as store, open_database(url, answer=None) as patient:
            yield store, patient


async def _fill(db: Driver, count: int) -> None:
    """Closed cases of three years, made by the database itself."""
    upheld = case(status=Status.UPHELD, decided_by=ANN, decided_at=NOON, correction="It does not.")
    began = datetime.now(UTC) - timedelta(days=3 * 365)
    async with db.transaction() as session:
        for start in range(0, count, 50_000):
            end = min(count, start + 50_000)
            at = (began + timedelta(days=3 * 365) * (start / count)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            await session.run(
                "INSERT INTO cases (platform, workspace, channel, message, version, status, severity_rank, opened_at,"
                " body, author_id, fingerprint, notice_ref, correction_ref, correction_link, decided_at)"
                " WITH RECURSIVE n(i) AS (SELECT ? + 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                " SELECT 'discord', 'w' || (i % 7), 'c' || (i % 50), 'm' || i, 2,"
                " CASE WHEN i % 3 = 0 THEN 'dismissed' ELSE 'upheld' END, i % 3, ?, ?,"
                " 'a' || (i % 9973), 'f' || i, 'n' || i, 'k' || i,"
                " CASE WHEN i % 3 = 0 THEN '' ELSE 'l' || i END, ? FROM n",
                start + 1,
                end,
                at,
                body_of(upheld),
                at,
            )
        await session.run(
            "INSERT INTO flag_outcomes (case_id, misconception, outcome)"
            " SELECT id, 'tea-cures', CASE WHEN status = 'upheld' THEN 'upheld' ELSE 'dismissed' END FROM cases"
        )
        await session.run(
            "INSERT INTO history (case_id, act, by_id, by_name, at, detail, pack_revision)"
            " SELECT id, 'uphold', '1', 'Ann', opened_at, '', 'abc123' FROM cases"
        )
        await session.run(
            "INSERT INTO outcome_counts (misconception, upheld, decided)"
            " SELECT misconception, count(*) FILTER (WHERE outcome = 'upheld'), count(*) FROM flag_outcomes GROUP BY 1"
        )
    await db.run("ANALYZE")


async def _wait_for_decision(store: Store) -> None:
    now = datetime.now(UTC) - timedelta(hours=1)
    for number in range(WAITING):
        key = MessageKey("discord", "w1", "c1", f"waits-{number}")
        assert await store.open_case(replace(case(key=key, opened_at=now), id=0), {}) is not None


def _works(moderation: Moderation) -> list[tuple[str, Callable[[int], Awaitable[object]]]]:
    """What moderators and members do; each gets the number of the try."""
    queue: list[Case] = []

    async def page(number: int) -> None:
        queue[:] = await moderation.queue(statuses=tuple(UNDECIDED), limit=PAGE, offset=number % 50 * PAGE)
        await moderation.records()

    async def closed(number: int) -> None:
        await moderation.queue(statuses=(Status.UPHELD, Status.DISMISSED), limit=PAGE, offset=number % 5 * PAGE)

    async def latest(number: int) -> None:
        home = Workspace("discord", f"w{number % 7}")
        await moderation.count(DECIDED, home, most=MOST_LISTED)
        await moderation.latest(
            DECIDED, home, limit=CASES_SHOWN, offset=number % (MOST_LISTED // CASES_SHOWN) * CASES_SHOWN
        )

    async def preview(number: int) -> None:
        (first,) = await moderation.queue(statuses=tuple(UNDECIDED), limit=1)
        await moderation.correction_for(first, ["tea-cures"])

    async def decide(number: int) -> None:
        (first,) = queue[:1] or await moderation.queue(statuses=tuple(UNDECIDED), limit=1)
        queue.clear()
        now = datetime.now(UTC)
        told = Decision(Act.UPHOLD, ANN, now, first.version, correction=Correction.REPLY, text="It does not.")
        await moderation.decide(first.id, told)

    async def post(number: int) -> None:
        key = MessageKey("discord", "w2", "c2", f"new-{number}")
        await moderation.message_posted(message(f"tea cures {'abcdefghij'[number % 10] * (number + 1)}", key))

    return [
        ("a page of the queue", page),
        ("a page of what is closed", closed),
        ("a page of the latest decided, and how many", latest),
        ("the preview of a correction", preview),
        ("a message with a claim, until its case is saved", post),
        ("a decision", decide),
    ]


async def _timed(work: Callable[[int], Awaitable[object]], number: int) -> float:
    started = time.perf_counter()
    await work(number)
    return (time.perf_counter() - started) * 1000
