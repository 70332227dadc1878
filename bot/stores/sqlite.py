"""The embedded store: one SQLite file in WAL mode, one writer at a time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiosqlite

from bot.stores.driver import Dialect, Row, Session, StoreUnusable, Value
from bot.stores.schema import migrate
from bot.stores.sql import SqlStore

FILE = "moderation.sqlite3"


@asynccontextmanager
async def open_sqlite(folder: Path) -> AsyncIterator[SqlStore]:
    """The store in `folder`, migrated to the newest schema. Raises StoreUnusable."""
    async with open_file(folder / FILE) as driver:
        try:
            await migrate(driver)
        except sqlite3.Error as error:
            raise StoreUnusable(_advice(folder / FILE, error)) from error
        yield SqlStore(driver)


@asynccontextmanager
async def open_file(path: Path) -> AsyncIterator["Sqlite"]:
    """The file as it is, made if it is missing. Raises StoreUnusable."""
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        writing = await connect(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnusable(_advice(path, error)) from error
    try:
        reading = await connect(path)
        try:
            yield Sqlite(str(path), writing, reading)
        finally:
            await reading.close()
    finally:
        await writing.close()


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


class Sqlite:
    """See bot.stores.driver.Driver. Reading has a connection of its own, so it never sees half a transaction."""

    dialect = Dialect.SQLITE
    skip_locked = ""  # there is one writer at a time anyway

    def __init__(self, name: str, writing: aiosqlite.Connection, reading: aiosqlite.Connection) -> None:
        self.name = name
        self._writing = _Statements(writing)
        self._reading = _Statements(reading)
        self._turn = asyncio.Lock()

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        return await self._reading.rows(sql, *values)

    async def run(self, sql: str, *values: Value) -> int:
        async with self._turn:
            return await self._writing.run(sql, *values)

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        async with self.transaction() as session:
            await session.run_many(sql, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One writer at a time in this process; other processes are kept out by BEGIN IMMEDIATE."""
        async with self._turn:
            try:
                await self._writing.run("BEGIN IMMEDIATE")
                yield self._writing
                await self._writing.run("COMMIT")
            except BaseException:
                # Whoever is cancelled leaves a BEGIN or a COMMIT in the connection's own thread, which comes first.
                with suppress(sqlite3.Error):
                    await self._writing.run("ROLLBACK")
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
    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        return list(await self._db.execute_fetchall(sql, values))

    async def run(self, sql: str, *values: Value) -> int:
        return (await self._db.execute(sql, values)).rowcount

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        await self._db.executemany(sql, values)

    async def announce(self) -> None:
        pass


def _advice(path: Path, error: Exception) -> str:
    return f"The database {path} can't be used: {error}. Check that its folder exists and that the bot may write there."
