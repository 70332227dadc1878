"""Opens the store that the settings name: by default a SQLite file, with a URL a PostgreSQL database."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.stores.cipher import cipher
from bot.stores.driver import StoreUnusable
from bot.stores.sql import SqlStore

COULD_NOT = 2  # exit status


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


def with_store(
    settings: Settings,
    work: Callable[[SqlStore], Coroutine[Any, Any, int]],
    *,
    or_else: tuple[type[Exception], ...] = (),
) -> int:
    """Run a command on the store that the settings name; return its exit status.

    What makes the store unusable, and errors of the kinds in `or_else`, are printed; the status is 2 then.
    """

    async def run() -> int:
        async with open_store(settings.data, settings.store_url, settings.text_key) as store:
            return await work(store)

    told: tuple[type[Exception], ...] = (StoreUnusable, *or_else)
    try:
        return asyncio.run(run())
    except told as error:
        print(error, file=sys.stderr)
        return COULD_NOT
