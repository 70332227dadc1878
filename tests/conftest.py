"""What tests of several folders share: a PostgreSQL server for each test process, and a store on either database."""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.ports import Store
from bot.stores.postgres import open_postgres
from bot.stores.sqlite import open_sqlite
from tests import postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=25, help="how often tests/stores/test_kills.py kills a process")
    parser.addoption("--edits", type=int, default=1000, help="how often tests/packs/test_random_edits.py edits a pack")
    parser.addoption("--posts", type=int, default=4000, help="how many messages tests/discord_/test_soak.py posts")
    parser.addoption("--messages", type=int, default=400, help="how many messages four processes share there")


BOTH = ("sqlite", "postgres")
# What members write and are called in tests, and what tokens look like there: no log line may hold any of it.
PRIVATE = re.compile(
    r"\bcures\b|\btea is\b|vitamin|\b(?:mina|ann|ben)\b|xox[bap]-|\b(?:test|secret|bad)[-_]?token\b", re.IGNORECASE
)


class _Ear(logging.Handler):
    """Hears every line of the log, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def nothing_private_in_the_log() -> Iterator[None]:
    """Every test fails that makes the bot write a message, a member's name or a token into its log."""
    ear, ours = _Ear(), logging.getLogger("bot")
    ours.addHandler(ear)
    level, ours.level = ours.level, logging.INFO
    yield
    ours.removeHandler(ear)
    ours.setLevel(level)
    assert [line for line in ear.lines if PRIVATE.search(line)] == []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    with postgres.server() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres_server: postgres.PostgresServer) -> str:
    """A database of one's own, with the schema."""
    return await postgres_server.fresh()


@pytest.fixture(params=BOTH)
async def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store; the test runs once on each database."""
    async with await opened(request, tmp_path) as store:
        yield store


async def opened(request: pytest.FixtureRequest, folder: Path) -> AbstractAsyncContextManager[Store]:
    if request.param == "sqlite":
        return open_sqlite(folder)
    server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
    return open_postgres(await server.fresh())
