"""Opens the store that the settings name: by default a SQLite file, with a URL a PostgreSQL database."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bot.stores.cipher import cipher
from bot.stores.sql import SqlStore


@asynccontextmanager
async def open_store(folder: Path, url: str | None, key: str | None = None) -> AsyncIterator[SqlStore]:
    """The store at `url`, or in `folder`, migrated to the newest schema; texts are sealed with `key`.

    Raises StoreUnusable on entering, also when the key does not fit what is stored.
    """
    box = cipher(key)
    async with _database(folder, url) as plain:
        store = plain.sealed_with(box)
        await store.cases(limit=1)
        yield store


def _database(folder: Path, url: str | None) -> AbstractAsyncContextManager[SqlStore]:
    if url is None:
        from bot.stores.sqlite import open_sqlite

        return open_sqlite(folder)
    from bot.stores.postgres import open_postgres  # costs 0.1 s to import, so only where it is used

    return open_postgres(url)
