"""The embedded store: one SQLite file in WAL mode, one writer at a time, numbered migrations."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import aiosqlite

from bot.core.message import MessageKey, Person
from bot.core.review import LIFE, UNDECIDED, Case, Duty, HistoryEntry, Outcome, Status
from bot.ports import OutboxEntry, Record
from bot.stores.records import body_of, case_of_row, entry_of_row, moment, stamp, wakes_at

FILE = "moderation.sqlite3"
_UNDECIDED = ", ".join(f"'{status}'" for status in sorted(UNDECIDED))
_JUDGED = ", ".join(f"'{status}'" for status in (Status.UPHELD, Status.DISMISSED, Status.APPEALED, Status.PROPOSED))


class StoreUnusable(Exception):
    """The database can't be opened or written; the message tells the operator where and what to do."""


@asynccontextmanager
async def open_sqlite(folder: Path) -> AsyncIterator["SqliteStore"]:
    """The store in `folder`, migrated to the newest schema. Raises StoreUnusable."""
    path = folder / FILE
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        db = await connect(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnusable(_advice(path, error)) from error
    try:
        await _migrate(db, path)
        yield SqliteStore(db)
    finally:
        await db.close()


async def connect(path: Path) -> aiosqlite.Connection:
    """A connection with the settings that every SQLite file of the product uses."""
    db = await aiosqlite.connect(path, isolation_level=None)
    try:
        db.row_factory = aiosqlite.Row
        await db.execute("PRAGMA busy_timeout = 5000")
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("PRAGMA synchronous = FULL")  # a decision that was acknowledged survives a power cut
        await db.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        await db.close()
        raise
    return db


class SqliteStore:
    """See bot.ports.Store for what each method promises."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self._writing = asyncio.Lock()

    async def open_case(self, case: Case, duties: Mapping[Duty, timedelta]) -> Case | None:
        async with self._transaction():
            cursor = await self._db.execute(
                "INSERT INTO cases (platform, workspace, channel, message, version, status, severity_rank, opened_at,"
                " wakes_at, body, author_id, fingerprint, folded_into)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
                (
                    *_key(case.key),
                    *_state(case),
                    stamp(case.opened_at),
                    wakes_at(case),
                    body_of(case),
                    case.author.id,
                    case.fingerprint,
                    case.folded_into,
                ),
            )
            row = await cursor.fetchone()
            if row is None:
                return None
            await self._write_outcomes(row["id"], case)
            for report in case.reports:
                await self._write_report(case.key, report.by.id, case.opened_at)
            await self._enqueue(row["id"], case, duties, case.opened_at)
        return await self.case(row["id"])

    async def case(self, case_id: int) -> Case | None:
        return next(iter(await self._cases("WHERE id = ?", case_id)), None)

    async def case_of(self, key: MessageKey) -> Case | None:
        found = await self._cases("WHERE platform = ? AND workspace = ? AND channel = ? AND message = ?", *_key(key))
        return found[0] if found else None

    async def cases(self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0) -> list[Case]:
        chosen = list(statuses) or list(Status)
        marks = ", ".join("?" * len(chosen))
        return await self._cases(
            f"WHERE status IN ({marks}) ORDER BY severity_rank, opened_at, id LIMIT ? OFFSET ?", *chosen, limit, offset
        )

    async def cases_since(self, since: datetime, *, limit: int, before: int | None = None) -> list[Case]:
        return await self._cases(
            "WHERE opened_at >= ? AND id < ? ORDER BY id DESC LIMIT ?", stamp(since), before or 2**62, limit
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
        found = await self._cases("WHERE platform = ? AND notice_ref = ?", platform, notice_ref)
        return found[0] if found else None

    async def twin(self, case: Case, since: datetime) -> Case | None:
        found = await self._cases(
            f"WHERE fingerprint = ? AND platform = ? AND workspace = ? AND opened_at >= ? AND (status IN ({_JUDGED})"
            f" OR (author_id = ? AND status IN ({_UNDECIDED}))) ORDER BY id DESC LIMIT 1",
            case.fingerprint,
            case.key.platform,
            case.key.workspace,
            stamp(since),
            case.author.id,
        )
        return found[0] if found else None

    async def corrected(self, key: MessageKey, since: datetime) -> list[Case]:
        found = await self._cases(
            "WHERE platform = ? AND workspace = ? AND channel = ? AND correction_link <> '' AND status = ?"
            " ORDER BY id DESC LIMIT 200",
            *_key(key)[:3],
            Status.UPHELD,
        )
        return [c for c in found if c.decided_at is not None and c.decided_at >= since]

    async def folded(self, case_id: int) -> int:
        return await self._number(
            f"SELECT count(*) FROM cases WHERE folded_into = ? AND status IN ({_UNDECIDED})", case_id
        )

    async def repeat_of(self, key: MessageKey) -> Case | None:
        found = await self._cases(
            "WHERE id = (SELECT case_id FROM repeats WHERE platform = ? AND workspace = ? AND channel = ?"
            " AND message = ?)",
            *_key(key),
        )
        return found[0] if found else None

    async def unfold(self, key: MessageKey) -> None:
        async with self._transaction():
            await self._db.execute(
                "DELETE FROM repeats WHERE platform = ? AND workspace = ? AND channel = ? AND message = ?", _key(key)
            )

    async def reports(self, key: MessageKey) -> list[str]:
        rows = await self._db.execute_fetchall(
            "SELECT reporter_id FROM reports WHERE platform = ? AND workspace = ? AND channel = ? AND message = ?"
            " ORDER BY at",
            _key(key),
        )
        return [r["reporter_id"] for r in rows]

    async def reports_by(self, key: MessageKey, reporter_id: str, since: datetime) -> int:
        return await self._number(
            "SELECT count(*) FROM reports WHERE platform = ? AND workspace = ? AND reporter_id = ? AND at >= ?",
            key.platform,
            key.workspace,
            reporter_id,
            stamp(since),
        )

    async def report(self, key: MessageKey, reporter_id: str, at: datetime) -> None:
        async with self._transaction():
            await self._write_report(key, reporter_id, at)

    async def reporter_record(self, platform: str, workspace: str, reporter_id: str) -> Record:
        rows = await self._db.execute_fetchall(
            "SELECT cases.status FROM cases JOIN reports USING (platform, workspace, channel, message)"
            " WHERE platform = ? AND workspace = ? AND reporter_id = ? AND status IN (?, ?)",
            (platform, workspace, reporter_id, Status.UPHELD, Status.DISMISSED),
        )
        ends = [r["status"] for r in rows]
        return Record(upheld=ends.count(Status.UPHELD), decided=len(ends))

    async def active(self, since: datetime) -> list[Person]:
        marks = ", ".join("?" * len(LIFE))
        rows = await self._db.execute_fetchall(
            f"SELECT by_id, by_name, max(id) AS last FROM history WHERE at >= ? AND by_id <> 'bot'"
            f" AND act NOT IN ({marks}) GROUP BY by_id ORDER BY last DESC",
            (stamp(since), *LIFE),
        )
        return [Person(r["by_id"], r["by_name"]) for r in rows]

    async def save(
        self,
        after: Case,
        entry: HistoryEntry,
        duties: Mapping[Duty, timedelta],
        *,
        repeat: MessageKey | None = None,
        report: MessageKey | None = None,
    ) -> bool:
        async with self._transaction():
            cursor = await self._db.execute(
                "UPDATE cases SET version = ?, status = ?, severity_rank = ?, wakes_at = ?, body = ?, fingerprint = ?"
                " WHERE id = ? AND version = ?",
                (*_state(after), wakes_at(after), body_of(after), after.fingerprint, after.id, after.version - 1),
            )
            if cursor.rowcount == 0:
                return False
            if repeat is not None:
                await self._db.execute(
                    "INSERT INTO repeats VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (*_key(repeat), after.id)
                )
            if report is not None:
                await self._write_report(report, entry.by.id, entry.at)
            await self._write_outcomes(after.id, after)
            await self._write_history(entry)
            await self._enqueue(after.id, after, duties, entry.at)
        return True

    async def owe(self, case: Case, duty: Duty, at: datetime) -> None:
        async with self._transaction():
            await self._enqueue(case.id, case, {duty: timedelta()}, at)

    async def history(self, case_id: int) -> list[HistoryEntry]:
        rows = await self._db.execute_fetchall("SELECT * FROM history WHERE case_id = ? ORDER BY id", (case_id,))
        return [entry_of_row(r) for r in rows]

    async def records(self) -> Mapping[str, Record]:
        rows = await self._db.execute_fetchall(
            "SELECT misconception, sum(outcome = ?) AS upheld, count(*) AS decided FROM flag_outcomes"
            " WHERE outcome <> ? GROUP BY misconception",
            (Outcome.UPHELD, Outcome.PENDING),
        )
        return {r["misconception"]: Record(upheld=r["upheld"], decided=r["decided"]) for r in rows}

    async def due(self, now: datetime, limit: int = 20) -> list[OutboxEntry]:
        rows = await self._db.execute_fetchall(
            "SELECT * FROM outbox WHERE due_at <= ? ORDER BY id LIMIT ?", (stamp(now), limit)
        )
        return [_entry(r) for r in rows]

    async def done(
        self,
        entry: OutboxEntry,
        *,
        notice_ref: str | None = None,
        correction_ref: str | None = None,
        correction_link: str | None = None,
    ) -> None:
        async with self._transaction():
            await self._db.execute("DELETE FROM outbox WHERE id = ?", (entry.id,))
            await self._db.execute(
                "UPDATE cases SET notice_ref = coalesce(?, notice_ref), correction_ref = coalesce(?, correction_ref),"
                " correction_link = coalesce(?, correction_link) WHERE id = ?",
                (notice_ref, correction_ref, correction_link, entry.case_id),
            )

    async def retry(self, entry: OutboxEntry, due_at: datetime) -> None:
        async with self._transaction():
            await self._db.execute(
                "UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?", (stamp(due_at), entry.id)
            )

    async def lapsed(self, now: datetime) -> list[Case]:
        return await self._cases("WHERE wakes_at <= ? ORDER BY wakes_at, id", stamp(now))

    async def cursor(self, platform: str, channel: str) -> str | None:
        rows = list(
            await self._db.execute_fetchall(
                "SELECT message FROM cursors WHERE platform = ? AND channel = ?", (platform, channel)
            )
        )
        return rows[0]["message"] if rows else None

    async def advance(self, platform: str, channel: str, message: str) -> None:
        async with self._transaction():
            await self._db.execute(
                "INSERT INTO cursors VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET message = excluded.message"
                " WHERE length(excluded.message) > length(message)"
                " OR (length(excluded.message) = length(message) AND excluded.message > message)",
                (platform, channel, message),
            )

    async def recall(self, key: str) -> str | None:
        rows = list(await self._db.execute_fetchall("SELECT value FROM remembered WHERE key = ?", (key,)))
        return rows[0]["value"] if rows else None

    async def remember(self, key: str, value: str) -> None:
        async with self._transaction():
            await self._db.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (key, value))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        """One writer at a time in this process; other processes are kept out by BEGIN IMMEDIATE."""
        async with self._writing:
            await self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                await self._db.execute("ROLLBACK")
                raise
            await self._db.execute("COMMIT")

    async def _cases(self, rest: str, *values: Any) -> list[Case]:
        return [case_of_row(r) for r in await self._db.execute_fetchall(f"SELECT * FROM cases {rest}", values)]

    async def _number(self, sql: str, *values: Any) -> int:
        rows = list(await self._db.execute_fetchall(sql, values))
        return int(rows[0][0])

    async def _write_report(self, key: MessageKey, reporter_id: str, at: datetime) -> None:
        await self._db.execute(
            "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (*_key(key), reporter_id, stamp(at))
        )

    async def _write_outcomes(self, case_id: int, case: Case) -> None:
        await self._db.execute("DELETE FROM flag_outcomes WHERE case_id = ?", (case_id,))
        await self._db.executemany(
            "INSERT OR REPLACE INTO flag_outcomes VALUES (?, ?, ?)",
            [(case_id, f.misconception, f.outcome) for f in case.flags],
        )

    async def _write_history(self, entry: HistoryEntry) -> None:
        await self._db.execute(
            "INSERT INTO history (case_id, act, by_id, by_name, at, detail, pack_revision)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                entry.case_id,
                entry.act,
                entry.by.id,
                entry.by.name,
                stamp(entry.at),
                entry.detail,
                entry.pack_revision,
            ),
        )

    async def _enqueue(self, case_id: int, case: Case, duties: Mapping[Duty, timedelta], at: datetime) -> None:
        await self._db.executemany(
            "INSERT INTO outbox (case_id, platform, duty, due_at) VALUES (?, ?, ?, ?)",
            [(case_id, case.key.platform, duty, stamp(at + later)) for duty, later in duties.items()],
        )


def _key(key: MessageKey) -> tuple[str, str, str, str]:
    return key.platform, key.workspace, key.channel, key.message


def _state(case: Case) -> tuple[int, str, int]:
    return case.version, case.status, case.severity.rank


def _entry(row: sqlite3.Row) -> OutboxEntry:
    due_at = moment(row["due_at"])
    assert due_at is not None
    return OutboxEntry(row["id"], row["case_id"], Duty(row["duty"]), row["attempts"], due_at)


async def _migrate(db: aiosqlite.Connection, path: Path) -> None:
    """Bring the schema up to date, one transaction a migration."""
    rows = list(await db.execute_fetchall("PRAGMA user_version"))
    version = rows[0][0]
    scripts = sorted(resources.files("bot.stores").joinpath("migrations").iterdir(), key=lambda f: f.name)
    if version > len(scripts):
        raise StoreUnusable(f"{path} was made by a newer version of the bot. Please update the bot.")
    for number, script in enumerate(scripts[version:], start=version + 1):
        try:
            await db.executescript(
                f"BEGIN IMMEDIATE;\n{script.read_text(encoding='utf-8')}\nPRAGMA user_version = {number};\nCOMMIT;"
            )
        except sqlite3.Error as error:
            raise StoreUnusable(_advice(path, error)) from error


def _advice(path: Path, error: Exception) -> str:
    return f"The database {path} can't be used: {error}. Check that its folder exists and that the bot may write there."
