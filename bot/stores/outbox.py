"""What the outside world must still be told."""

from datetime import datetime, timedelta

from bot.core.review import Case, Duty
from bot.ports import OutboxEntry
from bot.stores.records import entry_owed, stamp
from bot.stores.statements import Statements, enqueue


class Outbox(Statements):
    """See bot.ports.Store for what each method promises."""

    async def owe(self, case: Case, duty: Duty, at: datetime) -> None:
        async with self._db.transaction() as session:
            await enqueue(session, case.id, case, {duty: timedelta()}, at)

    async def due(self, now: datetime, limit: int = 20) -> list[OutboxEntry]:
        rows = await self._db.rows("SELECT * FROM outbox WHERE due_at <= ? ORDER BY id LIMIT ?", stamp(now), limit)
        return [entry_owed(r) for r in rows]

    async def done(
        self,
        entry: OutboxEntry,
        *,
        notice_ref: str | None = None,
        correction_ref: str | None = None,
        correction_link: str | None = None,
    ) -> None:
        async with self._db.transaction() as session:
            await session.run("DELETE FROM outbox WHERE id = ?", entry.id)
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
            "UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?", stamp(due_at), entry.id
        )
