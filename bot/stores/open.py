"""Opens the store that the settings name: by default a SQLite file, with a URL a PostgreSQL database."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.stores.sql import SqlStore


def open_store(folder: Path, url: str | None) -> AbstractAsyncContextManager[SqlStore]:
    """The store at `url`, or in `folder`, migrated to the newest schema. Raises StoreUnusable on entering."""
    if url is None:
        from bot.stores.sqlite import open_sqlite

        return open_sqlite(folder)
    from bot.stores.postgres import open_postgres  # costs 0.1 s to import, so only where it is used

    return open_postgres(url)
