"""The shared store: PostgreSQL, for several processes and machines."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from bot.ports import StoreAway
from bot.stores.driver import Dialect, Row, Session, StoreUnusable, Value
from bot.stores.outage import Outage
from bot.stores.schema import migrate
from bot.stores.sql import SqlStore

CHANNEL = "bot_outbox"  # where work is announced
FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
CONNECT = 5.0  # seconds to wait for a connection
ANSWER = 15.0  # seconds to wait for an answer
AGAIN = 1.0  # seconds until a lost connection is tried again
TROUBLES: tuple[tuple[Any, str], ...] = (  # the first that fits
    (asyncpg.DiskFullError, "the server's disk is full. Make room there; nothing that was acknowledged is lost."),
    (asyncpg.ReadOnlySQLTransactionError, "it can only be read. Connect to the primary server, or let it be written."),
    (asyncpg.TooManyConnectionsError, "the server has no connection free. Raise max_connections, or stop others."),
    (asyncpg.InvalidAuthorizationSpecificationError, "the server refuses the name or the password in the URL."),
    ((asyncpg.LockNotAvailableError, asyncpg.TransactionRollbackError), "others hold it locked."),
    (
        (
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
            asyncpg.InsufficientResourcesError,
            asyncpg.PostgresIOError,
            asyncpg.InterfaceError,
            OSError,
            TimeoutError,
        ),
        "the server does not answer. Look whether it runs, and whether the network reaches it.",
    ),
)
# Plans are made for the values at hand: one for any values reads a million rows to find that nothing is recent.
PLANS = {"plan_cache_mode": "force_custom_plan"}
MIGRATING = 0x626F74  # the advisory lock of whoever changes the schema; "bot"
CHAINING = 0x6368  # the advisory lock of whoever writes history; "ch"
CONNECTIONS = 8  # at most, for one process


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator[SqlStore]:
    """The store at `url`, migrated to the newest schema. Raises StoreUnusable."""
    async with open_database(url, answer=None) as driver:
        try:
            await migrate(driver)
        except (StoreAway, asyncpg.PostgresError) as error:
            raise StoreUnusable(_advice(driver.name, error)) from error
    async with open_database(url) as driver:
        yield SqlStore(driver)


@asynccontextmanager
async def open_database(url: str, *, answer: float | None = ANSWER) -> AsyncIterator["Postgres"]:
    """The database as it is; `answer` seconds are waited for a statement, for ever where it is None.

    Raises StoreUnusable.
    """
    name = without_password(url)
    try:
        pool = await asyncpg.create_pool(
            url, min_size=0, max_size=CONNECTIONS, timeout=CONNECT, command_timeout=answer, server_settings=PLANS
        )
        await pool.execute("SELECT 1")
    except (*FAILURES, ValueError) as error:
        raise StoreUnusable(_advice(name, error)) from error
    driver = Postgres(url, pool)
    try:
        yield driver
    finally:
        await driver.close()


def without_password(url: str) -> str:
    """The URL as it may stand in a message: host and database, neither name nor password nor options."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"postgresql://{host}{parts.path}"


class Postgres:
    """See bot.stores.driver.Driver."""

    dialect = Dialect.POSTGRES
    chain_lock = f"SELECT pg_advisory_xact_lock({CHAINING})"
    skip_locked = "FOR UPDATE SKIP LOCKED"

    def __init__(self, url: str, pool: Any) -> None:
        self.name = without_password(url)
        self.outage = Outage(self.name, _trouble)
        self._url = url
        self._pool = pool
        self._news = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        async with self._session() as session:
            return await session.rows(sql, *values)

    async def run(self, sql: str, *values: Value) -> int:
        async with self._session() as session:
            return await session.run(sql, *values)

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        async with self._session() as session:
            await session.run_many(sql, values)

    async def announce(self) -> None:
        async with self._session() as session:
            await session.announce()

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        return self._session(isolation="read_committed")

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        return self._session(isolation="repeatable_read", readonly=True)

    @asynccontextmanager
    async def _session(self, **options: Any) -> AsyncIterator[Session]:
        """A connection of the pool; with options, in a transaction."""
        with self.outage.noticed():
            connection = await self._pool.acquire(timeout=CONNECT)
        try:
            if not options:
                yield _Statements(connection, self.outage)
                return
            transaction = connection.transaction(**options)
            with self.outage.noticed():
                await transaction.start()
            try:
                yield _Statements(connection, self.outage)
            except BaseException:
                with suppress(*FAILURES):  # with the connection, the transaction is gone too
                    await transaction.rollback()
                raise
            with self.outage.noticed():
                await transaction.commit()
        finally:
            with suppress(*FAILURES):
                await self._pool.release(connection, timeout=CONNECT)

    async def announced(self) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        await self._news.wait()
        self._news.clear()

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._pool.close()

    async def _listen(self) -> None:
        """Keep a connection that hears what other processes announce."""
        while True:
            try:
                await self._hear()
            except FAILURES:
                pass  # the outbox looks by itself meanwhile
            await asyncio.sleep(AGAIN)

    async def _hear(self) -> None:
        """Return once the connection is lost."""
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url, timeout=CONNECT)
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: self._news.set())
            self._news.set()  # what was announced before is not heard again
            await lost.wait()
        finally:
            connection.terminate()

    async def lock_schema(self, session: Session) -> None:
        await session.rows("SELECT pg_advisory_xact_lock(?)", MIGRATING)
        await session.run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")

    async def version(self, session: Session) -> int:
        rows = await session.rows("SELECT coalesce(max(version), 0) AS version FROM schema_version")
        return int(rows[0]["version"])

    async def set_version(self, session: Session, version: int) -> None:
        await session.run("DELETE FROM schema_version")
        await session.run("INSERT INTO schema_version VALUES (?)", version)


class _Statements:
    def __init__(self, db: Any, outage: Outage) -> None:
        self._db = db
        self._outage = outage

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        with self._outage.noticed():
            found: Sequence[Row] = await self._db.fetch(_numbered(sql), *map(_plain, values))
        return found

    async def run(self, sql: str, *values: Value) -> int:
        with self._outage.noticed():
            done: str = await self._db.execute(_numbered(sql), *map(_plain, values))
        count = done.rpartition(" ")[2]  # such as "UPDATE 1"
        return int(count) if count.isdigit() else 0

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        with self._outage.noticed():
            await self._db.executemany(_numbered(sql), [tuple(map(_plain, row)) for row in values])

    async def announce(self) -> None:
        with self._outage.noticed():
            await self._db.execute(f"NOTIFY {CHANNEL}")


@lru_cache(maxsize=256)
def _numbered(sql: str) -> str:
    """PostgreSQL numbers its values: `?` becomes $1, $2 …"""
    parts = sql.split("?")
    return parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], start=1))


def _plain(value: Value) -> Value:
    """PostgreSQL's text can't hold a NUL."""
    return re.sub("\0", "\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) and "\0" in value else value


def _trouble(error: Exception) -> str | None:
    """Why the database can't be used now, and what to do; None where that is no matter of time."""
    if isinstance(error, asyncpg.InterfaceError) and "clos" not in str(error):
        return None  # a mistake of ours, not a connection that is closed or closing
    return next((words for kinds, words in TROUBLES if isinstance(error, kinds)), None)


def _advice(name: str, error: Exception) -> str:
    return f"The database {name} can't be used: {_told(error)}. Check the URL in `store`, and that the server runs."


def _told(error: Exception) -> str:
    return type(error).__name__ if isinstance(error, ValueError) else str(error).rstrip(".")
