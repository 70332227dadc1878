"""Cases: opened, changed, found again; with their history and how their flags ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.message import MessageKey, Person
from bot.core.review import LIFE, Case, Duty, HistoryEntry, Outcome, Status
from bot.ports import Record
from bot.stores.driver import Session
from bot.stores.records import body_of, entry_of_row, stamp, wakes_at
from bot.stores.statements import JUDGED, OF_MESSAGE, STILL_UNDECIDED, Statements, enqueue, marks, named, write_report

EVERY_NUMBER = 2**62  # above the number of any case


class Cases(Statements):
    """See bot.ports.Store for what each method promises."""

    async def open_case(self, case: Case, duties: Mapping[Duty, timedelta]) -> Case | None:
        async with self._db.transaction() as session:
            made = await session.rows(
                "INSERT INTO cases (platform, workspace, channel, message, version, status, severity_rank, opened_at,"
                f" wakes_at, body, author_id, fingerprint, folded_into) VALUES ({marks(13)})"
                " ON CONFLICT DO NOTHING RETURNING id",
                *named(case.key),
                *_state(case),
                stamp(case.opened_at),
                wakes_at(case),
                body_of(case),
                case.author.id,
                case.fingerprint,
                case.folded_into,
            )
            if not made:
                return None
            number = int(made[0]["id"])
            await _write_outcomes(session, number, case)
            for report in case.reports:
                await write_report(session, case.key, report.by.id, case.opened_at)
            await enqueue(session, number, case, duties, case.opened_at)
        return await self.case(number)

    async def save(
        self,
        after: Case,
        entry: HistoryEntry,
        duties: Mapping[Duty, timedelta],
        *,
        repeat: MessageKey | None = None,
        report: MessageKey | None = None,
    ) -> bool:
        async with self._db.transaction() as session:
            changed = await session.run(
                "UPDATE cases SET version = ?, status = ?, severity_rank = ?, wakes_at = ?, body = ?, fingerprint = ?"
                " WHERE id = ? AND version = ?",
                *_state(after),
                wakes_at(after),
                body_of(after),
                after.fingerprint,
                after.id,
                after.version - 1,
            )
            if not changed:
                return False
            if repeat is not None:
                await session.run(
                    "INSERT INTO repeats (platform, workspace, channel, message, case_id) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    *named(repeat),
                    after.id,
                )
            if report is not None:
                await write_report(session, report, entry.by.id, entry.at)
            await _write_outcomes(session, after.id, after)
            await _write_history(session, entry)
            await enqueue(session, after.id, after, duties, entry.at)
        return True

    async def case(self, case_id: int) -> Case | None:
        return await self._one_case("WHERE id = ?", case_id)

    async def case_of(self, key: MessageKey) -> Case | None:
        return await self._one_case(f"WHERE {OF_MESSAGE}", *named(key))

    async def cases(self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0) -> list[Case]:
        chosen = list(statuses) or list(Status)
        return await self._cases(
            f"WHERE status IN ({marks(len(chosen))}) ORDER BY severity_rank, opened_at, id LIMIT ? OFFSET ?",
            *chosen,
            limit,
            offset,
        )

    async def cases_since(self, since: datetime, *, limit: int, before: int | None = None) -> list[Case]:
        return await self._cases(
            "WHERE opened_at >= ? AND id < ? ORDER BY id DESC LIMIT ?", stamp(since), before or EVERY_NUMBER, limit
        )

    async def channel_cases(self, platform: str, workspace: str, channel: str) -> list[Case]:
        return await self._cases(
            "WHERE platform = ? AND workspace = ? AND channel = ? ORDER BY id", platform, workspace, channel
        )

    async def cases_of_author(self, platform: str, workspace: str, author_id: str, since: datetime) -> list[Case]:
        return await self._cases(
            "WHERE platform = ? AND workspace = ? AND author_id = ? AND opened_at >= ? ORDER BY id DESC",
            platform,
            workspace,
            author_id,
            stamp(since),
        )

    async def case_of_notice(self, platform: str, notice_ref: str) -> Case | None:
        return await self._one_case("WHERE platform = ? AND notice_ref = ?", platform, notice_ref)

    async def twin(self, case: Case, since: datetime) -> Case | None:
        return await self._one_case(
            f"WHERE fingerprint = ? AND platform = ? AND workspace = ? AND opened_at >= ? AND (status IN ({JUDGED})"
            f" OR (author_id = ? AND status IN ({STILL_UNDECIDED}))) ORDER BY id DESC LIMIT 1",
            case.fingerprint,
            case.key.platform,
            case.key.workspace,
            stamp(since),
            case.author.id,
        )

    async def corrected(self, key: MessageKey, since: datetime) -> list[Case]:
        found = await self._cases(
            "WHERE platform = ? AND workspace = ? AND channel = ? AND correction_link <> '' AND status = ?"
            " ORDER BY id DESC LIMIT 200",
            *named(key)[:3],
            Status.UPHELD,
        )
        return [c for c in found if c.decided_at is not None and c.decided_at >= since]

    async def folded(self, case_id: int) -> int:
        return await self._number(
            f"SELECT count(*) AS number FROM cases WHERE folded_into = ? AND status IN ({STILL_UNDECIDED})", case_id
        )

    async def lapsed(self, now: datetime) -> list[Case]:
        return await self._cases("WHERE wakes_at <= ? ORDER BY wakes_at, id", stamp(now))

    async def history(self, case_id: int) -> list[HistoryEntry]:
        rows = await self._db.rows("SELECT * FROM history WHERE case_id = ? ORDER BY id", case_id)
        return [entry_of_row(r) for r in rows]

    async def records(self) -> Mapping[str, Record]:
        rows = await self._db.rows(
            "SELECT misconception, count(*) FILTER (WHERE outcome = ?) AS upheld, count(*) AS decided"
            " FROM flag_outcomes WHERE outcome <> ? GROUP BY misconception",
            Outcome.UPHELD,
            Outcome.PENDING,
        )
        return {r["misconception"]: Record(upheld=r["upheld"], decided=r["decided"]) for r in rows}

    async def active(self, since: datetime) -> list[Person]:
        rows = await self._db.rows(
            "SELECT by_id, by_name FROM history WHERE id IN (SELECT max(id) FROM history WHERE at >= ?"
            f" AND by_id <> 'bot' AND act NOT IN ({marks(len(LIFE))}) GROUP BY by_id) ORDER BY id DESC",
            stamp(since),
            *sorted(LIFE),
        )
        return [Person(r["by_id"], r["by_name"]) for r in rows]


def _state(case: Case) -> tuple[int, str, int]:
    return case.version, case.status, case.severity.rank


async def _write_outcomes(session: Session, case_id: int, case: Case) -> None:
    await session.run("DELETE FROM flag_outcomes WHERE case_id = ?", case_id)
    await session.run_many(
        "INSERT INTO flag_outcomes (case_id, misconception, outcome) VALUES (?, ?, ?)"
        " ON CONFLICT (case_id, misconception) DO UPDATE SET outcome = excluded.outcome",
        [(case_id, f.misconception, f.outcome) for f in case.flags],
    )


async def _write_history(session: Session, entry: HistoryEntry) -> None:
    await session.run(
        f"INSERT INTO history (case_id, act, by_id, by_name, at, detail, pack_revision) VALUES ({marks(7)})",
        entry.case_id,
        entry.act,
        entry.by.id,
        entry.by.name,
        stamp(entry.at),
        entry.detail,
        entry.pack_revision,
    )
