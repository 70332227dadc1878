"""What the SQL of the stores needs of a database."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Any, Protocol

from bot.stores.outage import Outage

Value = str | int | bytes | None


class StoreUnusable(Exception):
    """The database can't be opened or written; the message tells the operator where and what to do."""


class Dialect(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"


class Row(Protocol):
    """One row; columns by name."""

    def __getitem__(self, column: str, /) -> Any: ...


class Session(Protocol):
    """Statements with `?` for each value."""

    async def rows(self, sql: str, *values: Value) -> Sequence[Row]:
        """The rows that the statement gives."""

    async def run(self, sql: str, *values: Value) -> int:
        """Run a statement; return how many rows it touched."""

    async def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        """Run the statement once for each row of values."""

    async def announce(self) -> None:
        """Tell other processes that the outbox has work, once the change is committed."""


class Driver(Session, Protocol):
    """A database; statements outside a transaction stand for themselves."""

    dialect: Dialect
    outage: Outage
    chain_lock: str  # what keeps other processes from writing history until the transaction ends; empty: they can't
    skip_locked: str  # what a SELECT of work to be claimed ends with

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """All statements of the session, or none; committed durably when the block ends without an error."""

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        """For reading: everything as it is at one instant, whatever is written meanwhile."""

    async def announced(self) -> None:
        """Return when another process may have announced work; for ever silent where nothing carries the news."""
