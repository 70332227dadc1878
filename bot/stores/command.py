"""The commands that keep the store: migrate, backup, restore, move."""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TextIO

from bot.ports import StoreAway
from bot.stores.copying import Progress, copy
from bot.stores.driver import StoreUnusable
from bot.stores.schema import Versioned, migrate, migrations
from bot.stores.sqlite import FILE, open_file

FINE, COULD_NOT = 0, 2  # exit statuses
WATCHED = 5.0  # seconds within which a process that runs shows life
Work = Callable[[argparse.Namespace, Path, str | None], Coroutine[None, None, None]]


def keep_store(options: argparse.Namespace, folder: Path, url: str | None) -> int:
    """Run the command on the store in `folder` or at `url`; return its exit status."""
    try:
        asyncio.run(COMMANDS[options.store_command](options, folder, url))
    except (StoreUnusable, StoreAway, OSError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT
    return FINE


async def _migrate(options: argparse.Namespace, folder: Path, url: str | None) -> None:
    async with _open(folder, url) as driver:
        applied = await migrate(driver)
        print(f"{driver.name}: {applied} migrations applied; the tables are at version {len(migrations())}.")


async def _backup(options: argparse.Namespace, folder: Path, url: str | None) -> None:
    file: Path = options.file
    _may_back_up(file, folder if url is None else None)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as place:  # only its owner may look inside
        half = Path(place) / file.name
        async with _open(folder, url) as source:
            await migrate(source)
            await _fill(half, source)
        os.chmod(half, 0o600)
        half.rename(file)
    print(f"{file} is complete. Keep it as safe as the database: it holds what members wrote.")


async def _restore(options: argparse.Namespace, folder: Path, url: str | None) -> None:
    file: Path = options.file
    _needs(file.is_file, f"There is no file {file}.")
    with tempfile.TemporaryDirectory(prefix="bot-restore-") as place:
        copied = Path(place) / FILE
        shutil.copyfile(file, copied)  # a backup of an older release is brought up to date, and itself stays as it is
        async with open_file(copied) as source, _open(folder, url) as target:
            await migrate(source)
            await migrate(target)
            await _nobody_works(target)
            await _told(copy(source, target, replace=options.replace, progress=shown()))
    print("Everything is there. You can start the bot.")


async def _move(options: argparse.Namespace, folder: Path, url: str | None) -> None:
    there = options.to if "://" in options.to else None
    async with _open(folder, url) as source, _open(Path(options.to), there) as target:
        if source.name == target.name:
            raise StoreUnusable(f"{source.name} is the store in use already; nothing was changed.")
        await migrate(source)
        await migrate(target)
        await _nobody_works(source)
        await _nobody_works(target)
        await _told(copy(source, target, replace=False, progress=shown()))
        print(f"Everything is in {target.name} now. Set `store` (or BOT_STORE) to it before you start the bot again;")
        print(f"{source.name} was left as it was.")


def _may_back_up(file: Path, folder: Path | None) -> None:
    _needs(lambda: not file.exists(), f"{file} exists already, and a backup never overwrites one. Give another name.")
    _needs(file.parent.is_dir, f"There is no folder {file.parent}.")
    if folder is not None:
        _needs((folder / FILE).exists, f"There is no store in {folder} yet, so there is nothing to back up.")


def _needs(given: Callable[[], bool], otherwise: str) -> None:
    if not given():
        raise StoreUnusable(otherwise)


async def _fill(half: Path, source: Versioned) -> None:
    async with open_file(half) as target:
        await migrate(target)
        await _told(copy(source, target, replace=False, progress=shown()))


async def _told(copying: Coroutine[None, None, Mapping[str, int]]) -> None:
    counts = await copying
    print(f"Counted on both sides: {', '.join(f'{n:,} {table}' for table, n in counts.items())}.")


async def _nobody_works(driver: Versioned) -> None:
    """Refuse while a process uses the store: what it writes meanwhile would be missing."""
    before = await driver.rows("SELECT id, beat FROM workers")
    if not before:
        return
    print("Looking whether a bot is running …", file=sys.stderr)
    await asyncio.sleep(WATCHED)
    seen = {r["id"]: r["beat"] for r in before}
    if any(r["beat"] != seen.get(r["id"]) for r in await driver.rows("SELECT id, beat FROM workers")):
        raise StoreUnusable(f"A bot is using {driver.name}. Please stop it first; nothing was changed.")


def _open(folder: Path, url: str | None) -> AbstractAsyncContextManager[Versioned]:
    if url is None:
        return open_file(folder / FILE)
    from bot.stores.postgres import open_database

    return open_database(url, answer=None)  # a large table takes its time


COMMANDS: Mapping[str, Work] = {"migrate": _migrate, "backup": _backup, "restore": _restore, "move": _move}


def shown(out: TextIO | None = None) -> Progress:
    """Progress as a line that counts up where somebody watches, else one line for each table."""
    out = out or sys.stderr

    def show(table: str, done: int, total: int) -> None:
        if out.isatty():
            print(f"\r{table}: {done:,} of {total:,}  ", end="" if done < total else "\n", file=out, flush=True)
        elif done == total:
            print(f"{table}: {total:,}", file=out, flush=True)

    return show
