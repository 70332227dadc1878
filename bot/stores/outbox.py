"""What the outside world must still be told, and which process tells it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.core.review import Case, Duty
from bot.ports import LONGEST_WAIT, OutboxEntry
from bot.stores.driver import Row, Value
from bot.stores.records import entry_owed, stamp
from bot.stores.statements import Statements, marks, owe

URGENT_FIRST = f"CASE duty WHEN '{Duty.URGENT}' THEN 0 ELSE 1 END, id"  # then in the order in which it was owed


class Outbox(Statements):
    """See bot.ports.Store for what each method promises."""

    async def owe(self, case: Case, duty: Duty, at: datetime) -> None:
        async with self._db.transaction() as session:
            await owe(session, case.id, case, duty, stamp(at))
            await session.announce()

    async def due(self, now: datetime, limit: int = 20) -> list[OutboxEntry]:
        rows = await self._db.rows(
            f"SELECT * FROM outbox WHERE due_at <= ? ORDER BY {URGENT_FIRST} LIMIT ?", stamp(now), limit
        )
        return [entry_owed(r) for r in rows]

    async def claim(
        self, worker: str, now: datetime, *, platforms: Sequence[str] = (), limit: int = 20
    ) -> list[OutboxEntry]:
        places = f" AND platform IN ({marks(len(platforms))})" if platforms else ""
        free = "(claimed_by IN ('', ?) OR claimed_by NOT IN (SELECT id FROM workers))"
        # What failed waits LONGEST_WAIT at most: if it is due later than that, the clock went back meanwhile.
        waiting = (
            "SELECT case_id FROM outbox WHERE (due_at <= ? OR (attempts > 0 AND due_at > ?))"
            f"{places} AND {free} ORDER BY {URGENT_FIRST} LIMIT ?"
        )
        values: tuple[Value, ...] = (stamp(now), stamp(now + 2 * LONGEST_WAIT), *platforms, worker, limit)
        if not await self._db.rows(waiting, *values):
            return []  # so that an idle process writes nothing
        async with self._db.transaction() as session:
            # A case is told by one process at a time, or two would post its notice. Hence cases are locked, not
            # entries; what is read after that is what the one who held the lock before has left.
            cases = [
                r["id"]
                for r in await session.rows(
                    f"SELECT id FROM cases WHERE id IN ({waiting}) ORDER BY id {self._db.skip_locked}", *values
                )
            ]
            if not cases:
                return []
            alive = {r["id"] for r in await session.rows("SELECT id FROM workers")} - {worker}
            owed = await session.rows(
                f"SELECT * FROM outbox WHERE case_id IN ({marks(len(cases))}) ORDER BY {URGENT_FIRST}", *cases
            )
            taken = list(_free(owed, alive, now))
            await session.run_many("UPDATE outbox SET claimed_by = ? WHERE id = ?", [(worker, r["id"]) for r in taken])
        return [entry_owed(r, claimed_by=worker) for r in taken]

    async def done(
        self,
        entry: OutboxEntry,
        *,
        notice_ref: str | None = None,
        correction_ref: str | None = None,
        correction_link: str | None = None,
    ) -> None:
        async with self._db.transaction() as session:
            if not await session.run("DELETE FROM outbox WHERE id = ? AND claimed_by = ?", entry.id, entry.claimed_by):
                return
            await session.run(
                "UPDATE cases SET notice_ref = coalesce(?, notice_ref), correction_ref = coalesce(?, correction_ref),"
                " correction_link = coalesce(?, correction_link) WHERE id = ?",
                notice_ref,
                correction_ref,
                correction_link,
                entry.case_id,
            )

    async def retry(self, entry: OutboxEntry, due_at: datetime) -> None:
        await self._db.run(
            "UPDATE outbox SET attempts = attempts + 1, due_at = ?, claimed_by = '' WHERE id = ? AND claimed_by = ?",
            stamp(due_at),
            entry.id,
            entry.claimed_by,
        )

    async def wait_for_work(self) -> None:
        await self._db.announced()


def _free(owed: Sequence[Row], alive: set[str], now: datetime) -> Iterable[Row]:
    """What is due of the cases that no other living process is telling about."""
    busy = {r["case_id"] for r in owed if r["claimed_by"] in alive}
    due, never = stamp(now), stamp(now + 2 * LONGEST_WAIT)
    return (
        r for r in owed if r["case_id"] not in busy and (r["due_at"] <= due or (r["attempts"] and r["due_at"] > never))
    )
