"""What members reported, and messages that repeat the text of a case."""

from datetime import datetime

from bot.core.message import MessageKey
from bot.core.review import Case, Status
from bot.ports import Record
from bot.stores.records import stamp
from bot.stores.statements import OF_MESSAGE, Statements, named, write_report


class Reports(Statements):
    """See bot.ports.Store for what each method promises."""

    async def repeat_of(self, key: MessageKey) -> Case | None:
        return await self._one_case(f"WHERE id = (SELECT case_id FROM repeats WHERE {OF_MESSAGE})", *named(key))

    async def unfold(self, key: MessageKey) -> None:
        await self._db.run(f"DELETE FROM repeats WHERE {OF_MESSAGE}", *named(key))

    async def reports(self, key: MessageKey) -> list[str]:
        rows = await self._db.rows(f"SELECT reporter_id FROM reports WHERE {OF_MESSAGE} ORDER BY at", *named(key))
        return [r["reporter_id"] for r in rows]

    async def reports_by(self, key: MessageKey, reporter_id: str, since: datetime) -> int:
        return await self._number(
            "SELECT count(*) AS number FROM reports"
            " WHERE platform = ? AND workspace = ? AND reporter_id = ? AND at >= ?",
            key.platform,
            key.workspace,
            reporter_id,
            stamp(since),
        )

    async def report(self, key: MessageKey, reporter_id: str, at: datetime) -> None:
        await write_report(self._db, key, reporter_id, at)

    async def reporter_record(self, platform: str, workspace: str, reporter_id: str) -> Record:
        rows = await self._db.rows(
            "SELECT cases.status FROM cases JOIN reports USING (platform, workspace, channel, message)"
            " WHERE platform = ? AND workspace = ? AND reporter_id = ? AND status IN (?, ?)",
            platform,
            workspace,
            reporter_id,
            Status.UPHELD,
            Status.DISMISSED,
        )
        ends = [r["status"] for r in rows]
        return Record(upheld=ends.count(Status.UPHELD), decided=len(ends))
