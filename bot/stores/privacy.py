"""What is kept about people: found, shown to them, and forgotten."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.review import LIFE, SOMEBODY, Case, HistoryEntry
from bot.stores.records import entry_of_row, stamp
from bot.stores.statements import Statements, marks

# A person's acts on cases of one platform: ids of two platforms may look alike.
_ACTS = "by_id = ? AND case_id IN (SELECT id FROM cases WHERE platform = ?)"


class Privacy(Statements):
    """See bot.ports.Store for what each method promises."""

    async def closed_before(self, at: datetime, limit: int = 100) -> list[Case]:
        return await self._cases("WHERE closed_at < ? ORDER BY closed_at LIMIT ?", stamp(at), limit)

    async def cases_with(self, platform: str, person_id: str) -> list[Case]:
        return await self._cases(
            "WHERE platform = ? AND (author_id = ? OR id IN (SELECT case_id FROM history WHERE by_id = ?) OR EXISTS"
            " (SELECT 1 FROM reports WHERE reports.platform = cases.platform AND reports.workspace = cases.workspace"
            " AND reports.channel = cases.channel AND reports.message = cases.message AND reporter_id = ?))"
            " ORDER BY id",
            platform,
            person_id,
            person_id,
            person_id,
        )

    async def acts_of(self, platform: str, person_id: str) -> list[HistoryEntry]:
        rows = await self._db.rows(f"SELECT * FROM history WHERE {_ACTS} ORDER BY id", person_id, platform)
        return [entry_of_row(r, self._cipher.unseal(r["detail"])) for r in rows]

    async def forget(self, platform: str, person_id: str, pseudonym: str) -> None:
        own: Sequence[str] = sorted(LIFE)  # what members do; its detail may link to a message of theirs
        async with self._db.transaction() as session:
            await session.run(
                f"UPDATE history SET detail = '' WHERE {_ACTS} AND act IN ({marks(len(own))})",
                person_id,
                platform,
                *own,
            )
            await session.run(
                f"UPDATE history SET by_id = ?, by_name = ? WHERE {_ACTS}", pseudonym, SOMEBODY, person_id, platform
            )
            await session.run(
                "UPDATE proposals SET by_id = ?, by_name = ? WHERE by_id = ?"
                " AND case_id IN (SELECT id FROM cases WHERE platform = ?)",
                pseudonym,
                SOMEBODY,
                person_id,
                platform,
            )
            await session.run(
                "UPDATE reports SET reporter_id = ? WHERE platform = ? AND reporter_id = ?",
                pseudonym,
                platform,
                person_id,
            )
