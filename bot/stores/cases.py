"""Cases: opened, changed, found again; with their history and how their flags ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.message import MessageKey, Person, Workspace
from bot.core.proposals import Proposal
from bot.core.review import LIFE, Case, Duty, HistoryEntry, Outcome, Status
from bot.ports import Record
from bot.stores.chain import Chain
from bot.stores.driver import Session, Value
from bot.stores.proposals import Proposals
from bot.stores.records import body_of, case_of_row, closes_at, decided_at, entry_of_row, stamp, wakes_at
from bot.stores.statements import JUDGED, OF_MESSAGE, STILL_UNDECIDED, enqueue, marks, named, write_report

EVERY_NUMBER = 2**62  # above the number of any case
# Not to be read off the index of numbers: to find the newest few of what is rare, that would read every case there is.
UNINDEXED_ID = "+id"


class Cases(Chain, Proposals):
    """See bot.ports.Store for what each method promises."""

    async def open_case(self, case: Case, duties: Mapping[Duty, timedelta]) -> Case | None:
        async with self._db.transaction() as session:
            made = await session.rows(
                "INSERT INTO cases (platform, workspace, channel, message, version, status, severity_rank, opened_at,"
                f" wakes_at, body, author_id, fingerprint, folded_into, decided_at, closed_at) VALUES ({marks(15)})"
                " ON CONFLICT DO NOTHING RETURNING id",
                *named(case.key),
                *_state(case),
                stamp(case.opened_at),
                wakes_at(case),
                self._cipher.seal(body_of(case)),
                case.author.id,
                case.fingerprint,
                case.folded_into,
                decided_at(case),
                closes_at(case),
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
        proposal: Proposal | None = None,
        settled: int | None = None,
    ) -> bool:
        async with self._db.transaction() as session:
            changed = await session.run(
                "UPDATE cases SET version = ?, status = ?, severity_rank = ?, wakes_at = ?, body = ?, fingerprint = ?,"
                " decided_at = ?, author_id = ?, closed_at = ? WHERE id = ? AND version = ?",
                *_state(after),
                wakes_at(after),
                self._cipher.seal(body_of(after)),
                after.fingerprint,
                decided_at(after),
                after.author.id,
                closes_at(after),
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
            await self._write_proposals(session, after, entry.act, proposal, settled)
            await _write_outcomes(session, after.id, after)
            await self._write_history(session, entry)
            await enqueue(session, after.id, after, duties, entry.at)
        return True

    async def case(self, case_id: int) -> Case | None:
        return await self._one_case("WHERE id = ?", case_id)

    async def case_of(self, key: MessageKey) -> Case | None:
        return await self._one_case(f"WHERE {OF_MESSAGE}", *named(key))

    async def cases(
        self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0, of: Workspace | None = None
    ) -> list[Case]:
        # Each status from its own stretch of the index, already in order; together they would have to be sorted.
        chosen, order = list(statuses) or list(Status), "ORDER BY severity_rank, opened_at, id LIMIT ?"
        one = f"SELECT * FROM (SELECT * FROM cases WHERE status = ?{_in(of)} {order}) AS one"
        first = [value for status in chosen for value in (status, *_names(of), limit + offset)]
        rows = await self._db.rows(
            f"SELECT * FROM ({' UNION ALL '.join([one] * len(chosen))}) AS every {order} OFFSET ?",
            *first,
            limit,
            offset,
        )
        return [case_of_row(r, self._cipher.unseal(r["body"])) for r in rows]

    async def cases_since(
        self, since: datetime, *, limit: int, before: int | None = None, of: Workspace | None = None
    ) -> list[Case]:
        return await self._cases(
            f"WHERE opened_at >= ? AND {UNINDEXED_ID} < ?{_in(of)} ORDER BY opened_at DESC, id DESC LIMIT ?",
            stamp(since),
            before or EVERY_NUMBER,
            *_names(of),
            limit,
        )

    async def channel_cases(self, platform: str, workspace: str, channel: str) -> list[Case]:
        return await self._cases(
            "WHERE platform = ? AND workspace = ? AND channel = ? ORDER BY id", platform, workspace, channel
        )

    async def cases_of_author(self, platform: str, workspace: str, author_id: str, since: datetime) -> list[Case]:
        return await self._cases(
            f"WHERE platform = ? AND workspace = ? AND author_id = ? AND opened_at >= ? ORDER BY {UNINDEXED_ID} DESC",
            platform,
            workspace,
            author_id,
            stamp(since),
        )

    async def case_of_notice(self, platform: str, notice_ref: str) -> Case | None:
        return await self._one_case("WHERE platform = ? AND notice_ref = ?", platform, notice_ref)

    async def twin(self, case: Case, since: datetime) -> Case | None:
        return await self._one_case(
            "WHERE fingerprint = ? AND fingerprint <> '' AND platform = ? AND workspace = ? AND opened_at >= ?"
            f" AND (status IN ({JUDGED}) OR (author_id = ? AND status IN ({STILL_UNDECIDED})))"
            f" ORDER BY {UNINDEXED_ID} DESC LIMIT 1",
            case.fingerprint,
            case.key.platform,
            case.key.workspace,
            stamp(since),
            case.author.id,
        )

    async def corrected(self, key: MessageKey, since: datetime) -> list[Case]:
        return await self._cases(
            "WHERE platform = ? AND workspace = ? AND channel = ? AND correction_link <> '' AND decided_at >= ?"
            f" AND status = ? ORDER BY {UNINDEXED_ID} DESC LIMIT 200",
            *named(key)[:3],
            stamp(since),
            Status.UPHELD,
        )

    async def standing(self, *, limit: int, before: int | None = None, of: Workspace | None = None) -> list[Case]:
        # Not by the index of workspaces, which would read all cases of one: few of them have a correction.
        mine = " AND platform || '' = ? AND workspace || '' = ?" if of else ""
        return await self._cases(
            f"WHERE correction_ref <> '' AND id < ?{mine} ORDER BY id DESC LIMIT ?",
            before or EVERY_NUMBER,
            *_names(of),
            limit,
        )

    async def folded(self, case_id: int) -> int:
        return await self._number(
            "SELECT count(*) AS number FROM cases WHERE folded_into = ? AND folded_into <> 0"
            f" AND status IN ({STILL_UNDECIDED})",
            case_id,
        )

    async def lapsed(self, now: datetime) -> list[Case]:
        return await self._cases("WHERE wakes_at <= ? ORDER BY wakes_at, id", stamp(now))

    async def history(self, case_id: int) -> list[HistoryEntry]:
        rows = await self._db.rows("SELECT * FROM history WHERE case_id = ? ORDER BY id", case_id)
        return [entry_of_row(r, self._cipher.unseal(r["detail"])) for r in rows]

    async def records(self) -> Mapping[str, Record]:
        rows = await self._db.rows("SELECT * FROM outcome_counts WHERE decided > 0")
        return {r["misconception"]: Record(upheld=r["upheld"], decided=r["decided"]) for r in rows}

    async def active(self, since: datetime, of: Workspace) -> list[Person]:
        rows = await self._db.rows(
            "SELECT by_id, by_name FROM history WHERE id IN (SELECT max(history.id) FROM history JOIN cases"
            " ON cases.id = history.case_id WHERE at >= ? AND platform = ? AND workspace = ?"
            f" AND by_id <> 'bot' AND act NOT IN ({marks(len(LIFE))}) GROUP BY by_id) ORDER BY id DESC",
            stamp(since),
            of.platform,
            of.id,
            *sorted(LIFE),
        )
        return [Person(r["by_id"], r["by_name"]) for r in rows]


def _in(of: Workspace | None) -> str:
    """The condition that narrows cases to a workspace; `_names` has its values."""
    return "" if of is None else " AND platform = ? AND workspace = ?"


def _names(of: Workspace | None) -> tuple[Value, ...]:
    return () if of is None else (of.platform, of.id)


def _state(case: Case) -> tuple[int, str, int]:
    return case.version, case.status, case.rank


async def _write_outcomes(session: Session, case_id: int, case: Case) -> None:
    """How the case's flags stand now, and the counts of how flags ended."""
    rows = await session.rows("SELECT misconception, outcome FROM flag_outcomes WHERE case_id = ?", case_id)
    before = {r["misconception"]: r["outcome"] for r in rows}
    after = {f.misconception: f.outcome for f in case.flags}
    if before == after:
        return
    await session.run("DELETE FROM flag_outcomes WHERE case_id = ?", case_id)
    await session.run_many(
        "INSERT INTO flag_outcomes (case_id, misconception, outcome) VALUES (?, ?, ?)",
        [(case_id, misconception, outcome) for misconception, outcome in after.items()],
    )
    for misconception in sorted(before.keys() | after.keys()):  # in one order, so that no two wait for each other
        await _count(session, misconception, before.get(misconception), after.get(misconception))


async def _count(session: Session, misconception: str, before: str | None, after: str | None) -> None:
    decided = _decided(after) - _decided(before)
    upheld = (after == Outcome.UPHELD) - (before == Outcome.UPHELD)
    if decided or upheld:
        await session.run(
            "INSERT INTO outcome_counts (misconception, upheld, decided) VALUES (?, ?, ?)"
            " ON CONFLICT (misconception) DO UPDATE SET upheld = outcome_counts.upheld + excluded.upheld,"
            " decided = outcome_counts.decided + excluded.decided",
            misconception,
            upheld,
            decided,
        )


def _decided(outcome: str | None) -> int:
    return outcome is not None and outcome != Outcome.PENDING
