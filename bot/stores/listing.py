"""Pages of cases, and how many there are, without reading more of them than are shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.core.message import Workspace
from bot.core.review import Case, Status
from bot.ports import Backlog
from bot.stores.records import stamp
from bot.stores.statements import STILL_UNDECIDED, Statements, marks

TOLD_APART = 10_000  # how far a backlog is counted


class Listing(Statements):
    """See bot.ports.Store for what each method promises."""

    async def count(self, statuses: Sequence[Status], of: Workspace, *, most: int) -> int:
        one = "SELECT 1 FROM (SELECT 1 FROM cases WHERE platform = ? AND workspace = ? AND status = ? LIMIT ?) AS one"
        return await self._number(
            f"SELECT count(*) AS number FROM ({' UNION ALL '.join([one] * len(statuses))} LIMIT ?) AS every",
            *(value for status in statuses for value in (of.platform, of.id, status, most)),
            most,
        )

    async def latest(self, statuses: Sequence[Status], of: Workspace, *, limit: int, offset: int = 0) -> list[Case]:
        return await self._cases(
            f"WHERE platform = ? AND workspace = ? AND status IN ({marks(len(statuses))})"
            " ORDER BY coalesce(decided_at, opened_at) DESC, id DESC LIMIT ? OFFSET ?",
            of.platform,
            of.id,
            *statuses,
            limit,
            offset,
        )

    async def flooded(self, since: datetime, until: datetime, of: Workspace, *, beyond: int) -> Case | None:
        within = "WHERE platform = ? AND workspace = ? AND opened_at >= ? AND opened_at <= ?"
        values = (of.platform, of.id, stamp(since), stamp(until))
        counted = f"SELECT count(*) AS number FROM (SELECT 1 FROM cases {within} LIMIT ?) AS found"
        if await self._number(counted, *values, beyond) < beyond:
            return None
        return await self._one_case(f"{within} ORDER BY opened_at DESC, id DESC LIMIT 1", *values)

    async def numbers(self, of: Workspace, channel: str, messages: Iterable[str]) -> Mapping[str, int]:
        wanted = tuple(messages)
        if not wanted:
            return {}
        rows = await self._db.rows(
            "SELECT message, id FROM cases WHERE platform = ? AND workspace = ? AND channel = ?"
            f" AND message IN ({marks(len(wanted))})",
            of.platform,
            of.id,
            channel,
            *wanted,
        )
        return {row["message"]: row["id"] for row in rows}

    async def backlog(self) -> Backlog:
        return Backlog(
            undecided=await self._backlog(f"cases WHERE status IN ({STILL_UNDECIDED})"),
            owed=await self._backlog("outbox"),
            failed=await self._backlog("outbox WHERE attempts > 0"),
        )

    async def _backlog(self, of: str) -> int:
        return await self._number(f"SELECT count(*) AS number FROM (SELECT 1 FROM {of} LIMIT ?) AS found", TOLD_APART)
