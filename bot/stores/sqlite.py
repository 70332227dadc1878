"""The embedded store: one SQLite file in WAL mode, one writer at a time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiosqlite

from bot.ports import StoreAway
from bot.stores.driver import Dialect, Row, Session, StoreUnusable, Value
from bot.stores.outage import Outage
from bot.stores.schema import migrate
from bot.stores.sql import SqlStore

FILE = "moderation.sqlite3"
BUSY = 5000  # milliseconds to wait while another process writes
BEGUN_ANEW = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
TROUBLES = {  # by the first byte of SQLite's result code
    sqlite3.SQLITE_BUSY: "another program holds it locked. Close what has it open.",
    sqlite3.SQLITE_LOCKED: "another program holds it locked. Close what has it open.",
    sqlite3.SQLITE_FULL: "the disk is full. Make room; nothing that was acknowledged is lost.",
    sqlite3.SQLITE_READONLY: "the file or its folder can only be read. Let the bot write there.",
    sqlite3.SQLITE_IOERR: "the disk reports an error. Look whether it is full, or failing.",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened. Look whether it is still there and may be written.",
    sqlite3.SQLITE_CORRUPT: "the file is damaged. Stop the bot, keep the file, and restore a backup.",
    sqlite3.SQLITE_NOTADB: "the file is damaged. Stop the bot, keep the file, and restore a backup.",
}


@asynccontextmanager
async def open_sqlite(folder: Path) -> AsyncIterator[SqlStore]:
    """The store in `folder`, migrated to the newest schema. Raises StoreUnusable."""
    async with open_file(folder / FILE) as driver:
        try:
            await migrate(driver)
        except (StoreAway, sqlite3.Error) as error:
            raise StoreUnusable(_advice(folder / FILE, error)) from error
        yield SqlStore(driver)


@asynccontextmanager
async def open_file(path: Path) -> AsyncIterator["Sqlite"]:
    """The file as it is, made if it is missing. Raises StoreUnusable."""
    driver = Sqlite(path)
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        await driver.open()
    except (OSError, sqlite3.Error) as error:
        await driver.close()
        raise StoreUnusable(_advice(path, error)) from error
    try:
        yield driver
    finally:
        await driver.close()


async def connect(path: Path, *, make: bool = True) -> aiosqlite.Connection:
    """A connection with the settings that every SQLite file of the product uses; `make` a file that is missing."""
    db = await aiosqlite.connect(_place(path, make=make), isolation_level=None, uri=True)
    try:
        db.row_factory = aiosqlite.Row
        await db.execute(f"PRAGMA busy_timeout = {BUSY:d}")
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("PRAGMA synchronous = FULL")  # a decision that was acknowledged survives a power cut
        await db.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        await db.close()
        raise
    return db


class Sqlite:
    """See bot.stores.driver.Driver. Reading has a connection of its own, so it never sees half a transaction."""

    dialect = Dialect.SQLITE
    chain_lock = ""  # BEGIN IMMEDIATE has done that
    skip_locked = ""  # there is one writer at a time anyway

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self.outage = Outage(self.name, _trouble)
        self._writing = _Statements(path, self.outage)
        self._reading = _Statements(path, self.outage)
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        await self._writing.open(make=True)
        await self._reading.open(make=True)

    async def close(self) -> None:
        await self._reading.close()
        await self._writing.close()

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        await self._reading.mend()
        return await self._reading.rows(sql, *values)

    async def run(self, sql: str, *values: Value) -> int:
        async with self._turn:
            await self._writing.mend()
            return await self._writing.run(sql, *values)

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        async with self.transaction() as session:
            await session.run_many(sql, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One writer at a time in this process; other processes are kept out by BEGIN IMMEDIATE."""
        async with self._turn:
            await self._writing.mend()
            try:
                await self._writing.run("BEGIN IMMEDIATE")
                yield self._writing
                await self._writing.run("COMMIT")
            except BaseException:
                # Whoever is cancelled leaves a BEGIN or a COMMIT in the connection's own thread, which comes first.
                await self._writing.undo()
                raise

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        await self._reading.run("BEGIN")
        try:
            yield self._reading
        finally:
            await self._reading.run("COMMIT")

    async def announce(self) -> None:
        """Nothing carries news between processes here: each looks by itself, once a second."""

    async def announced(self) -> None:
        await asyncio.Event().wait()

    async def lock_schema(self, session: Session) -> None:
        """BEGIN IMMEDIATE has done that."""

    async def version(self, session: Session) -> int:
        return int((await session.rows("PRAGMA user_version"))[0]["user_version"])

    async def set_version(self, session: Session, version: int) -> None:
        await session.run(f"PRAGMA user_version = {version:d}")


class _Statements:
    """One connection; opened anew after a failure that it would carry along."""

    def __init__(self, path: Path, outage: Outage) -> None:
        self._path = path
        self._outage = outage
        self._db: aiosqlite.Connection | None = None

    async def open(self, *, make: bool) -> None:
        self._db = await connect(self._path, make=make)

    async def close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            await db.close()

    async def mend(self) -> None:
        """Open the connection anew where it was given up. Raises StoreAway."""
        if self._db is None:
            with self._outage.noticed():
                await self.open(make=False)  # an empty file in place of the lost one would only hide the loss

    async def undo(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):  # the statement that failed may have ended the transaction already
                await self._db.execute("ROLLBACK")

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        async with self._connected() as db:
            return list(await db.execute_fetchall(sql, values))

    async def run(self, sql: str, *values: Value) -> int:
        async with self._connected() as db:
            return (await db.execute(sql, values)).rowcount

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        async with self._connected() as db:
            await db.executemany(sql, values)

    async def announce(self) -> None:
        pass

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosqlite.Connection]:
        assert self._db is not None, "mend() comes first"
        try:
            with self._outage.noticed():
                yield self._db
        except StoreAway as error:
            if _code(error.__cause__) in BEGUN_ANEW:
                await self.close()
            raise


def _place(path: Path, *, make: bool) -> str:
    return f"{path.absolute().as_uri()}?mode={'rwc' if make else 'rw'}"


def _code(error: BaseException | None) -> int:
    """SQLite's result code without its finer distinctions; 0 for anything else."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _trouble(error: Exception) -> str | None:
    return TROUBLES.get(_code(error))


def _advice(path: Path, error: Exception) -> str:
    why = getattr(error, "__cause__", None) or error
    return f"The database {path} can't be used: {why}. Check that its folder exists and that the bot may write there."
