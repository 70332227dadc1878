"""What keeps a store with very many cases fast: nothing of every day reads them all, and counts are kept."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.message import MessageKey, Workspace
from bot.core.review import UNDECIDED, Act, Correction, Decision, Duty, HistoryEntry, Outcome, Reason, Status
from bot.moderation import Moderation, Outbox
from bot.ports import Record, Store
from bot.stores.driver import Row, Value
from bot.stores.sqlite import open_sqlite
from tests.samples import ANN, BEN, NOON, PACK, ManualClock, WordScreener, case, message
from tests.test_moderation import Board

TOLD = {Duty.NOTICE: timedelta()}
LARGE = ("cases", "history", "flag_outcomes", "reports", "repeats")


def at(number: int) -> MessageKey:
    return MessageKey("sandbox", "local", "health", f"m{number}")


async def test_nothing_of_every_day_reads_all_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_sqlite(tmp_path) as store:
        asked: dict[str, Sequence[Value]] = {}
        driver: Any = store._db
        statements = type(driver._reading)
        rows, run = statements.rows, statements.run

        async def listened_rows(self: Any, sql: str, *values: Value) -> Sequence[Row]:
            asked[sql] = values
            found: Sequence[Row] = await rows(self, sql, *values)
            return found

        async def listened_run(self: Any, sql: str, *values: Value) -> int:
            asked[sql] = values
            count: int = await run(self, sql, *values)
            return count

        monkeypatch.setattr(statements, "rows", listened_rows)
        monkeypatch.setattr(statements, "run", listened_run)
        await a_day(store)
        monkeypatch.undo()
        plans = {
            sql: [r["detail"] for r in await driver.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]
            for sql, values in asked.items()
            if sql.startswith(("SELECT", "UPDATE", "DELETE"))
        }
    assert len(plans) > 25
    standing = [plan for sql, plan in plans.items() if "correction_ref <> ''" in sql]
    assert [["cases_standing" in step for step in plan] for plan in standing] == [[True], [True]]
    plans = {sql: plan for sql, plan in plans.items() if not sql.endswith("ORDER BY id DESC LIMIT 1")}  # reads one row
    whole = {f"SCAN {table}" for table in LARGE}
    slow = {sql: plan for sql, plan in plans.items() if any(" ".join(d.split()[:2]) in whole for d in plan)}
    assert not {s: p for s, p in slow.items() if not any("USING INDEX" in d or "COVERING" in d for d in p)}, slow


async def a_day(store: Store) -> None:
    clock = ManualClock()
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock)
    outbox = Outbox(store=store, moderation=moderation, notifiers={"sandbox": Board()}, clock=clock)
    for number in range(3):
        await moderation.message_posted(message(f"tea cures {'xyz'[number]} things", at(number)))
    await moderation.message_posted(message("tea cures x things", at(7)))
    await moderation.report(message("tea is nice", at(8)), BEN, "")
    await moderation.queue(statuses=tuple(UNDECIDED), limit=6)
    home = Workspace("sandbox", "local")
    for of in (None, home):
        await store.standing(limit=100, before=50, of=of)
    await moderation.count((Status.UPHELD, Status.DISMISSED), home, most=1000)
    await moderation.latest((Status.UPHELD, Status.DISMISSED), home, limit=20)
    await moderation.numbers(home, "health", ["m1", "m2"])
    await store.backlog()
    await moderation.records()
    first = await moderation.case(1)
    assert first is not None
    text = await moderation.correction_for(first, ["tea-cures"])
    told = Decision(Act.UPHOLD, ANN, clock.now(), first.version, correction=Correction.REPLY, text=text)
    await moderation.decide(1, told)
    await outbox.deliver_due()
    await moderation.message_deleted(at(1))
    await moderation.notice_removed("sandbox", "n3")
    await moderation.history(1)
    await moderation.since(timedelta(days=1))
    await moderation.of_author("sandbox", "local", "9", timedelta(days=1))
    clock.pass_time(timedelta(days=1))
    await moderation.release_lapsed()
    await outbox.deliver_due()


async def test_pages_over_several_statuses_fit_together(any_store: Store) -> None:
    chance = random.Random(1)
    for number in range(30):
        status = chance.choice([Status.OPEN, Status.TAKEN, Status.UPHELD])
        made = case(id=0, key=at(number), status=status, opened_at=NOON + timedelta(minutes=chance.randrange(9)))
        await any_store.open_case(made, {})
    chosen = (Status.OPEN, Status.TAKEN)
    whole = await any_store.cases(statuses=chosen, limit=99)
    assert [(c.severity.rank, c.opened_at, c.id) for c in whole] == sorted(
        (c.severity.rank, c.opened_at, c.id) for c in whole
    )
    pages = [await any_store.cases(statuses=chosen, limit=4, offset=n) for n in range(0, 30, 4)]
    assert [c for page in pages for c in page] == whole
    assert {c.status for c in whole} == set(chosen)
    assert len(await any_store.cases(limit=99)) == 30


async def test_counts_are_what_counting_anew_would_give(any_store: Store) -> None:
    chance = random.Random(2)
    for number in range(6):
        await any_store.open_case(case(id=0, key=at(number)), TOLD)

    async def change(case_id: int) -> None:
        for _ in range(8):
            now = await any_store.case(case_id)
            assert now is not None
            kept = now.flags[: chance.randint(1, 2)] or now.flags
            flags = tuple(replace(f, outcome=chance.choice(list(Outcome))) for f in kept)
            entry = HistoryEntry(case_id, Act.NOTE, ANN, NOON, "", "abc123")
            await any_store.save(replace(now, flags=flags, version=now.version + 1), entry, {})

    await asyncio.gather(*(change(n) for n in (1, 2, 3, 4, 5, 6, 1, 2)))
    expected: dict[str, Record] = {}
    for saved in await any_store.cases():
        for flag in saved.flags:
            if flag.outcome is not Outcome.PENDING:
                before = expected.get(flag.misconception, Record(0, 0))
                upheld = before.upheld + (flag.outcome is Outcome.UPHELD)
                expected[flag.misconception] = Record(upheld, before.decided + 1)
    assert await any_store.records() == expected


async def test_a_decision_that_is_undone_counts_no_longer(any_store: Store) -> None:
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=any_store, clock=ManualClock())
    await moderation.message_posted(message("tea cures all", at(1)))
    await moderation.decide(1, Decision(Act.DISMISS, ANN, NOON, 1, reason=Reason.JOKE))
    assert await any_store.records() == {"tea-cures": Record(0, 1)}
    await moderation.decide(1, Decision(Act.UNDO, ANN, NOON, 2))
    assert await any_store.records() == {}
