"""Faults of the database, as truly as a test can make them: what was acknowledged stays, and all goes on by itself."""

import asyncio
import logging
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.core.message import MessageKey
from bot.core.review import Act, Decision, Duty, Refused
from bot.moderation import Moderation, Outbox
from bot.ports import Store, StoreAway
from bot.stores import postgres as adapter
from bot.stores import sqlite as embedded
from bot.stores.postgres import open_database, open_postgres
from bot.stores.sql import SqlStore
from bot.stores.sqlite import FILE, connect, open_sqlite
from bot.workers import Worker
from tests.postgres import PostgresServer, server
from tests.samples import ANN, KEY, NOON, PACK, ManualClock, WordScreener, case, message
from tests.test_moderation import Board

NOBODY = 65534  # the user without rights
TOLD = {Duty.NOTICE: timedelta()}


def at(number: int) -> MessageKey:
    return MessageKey("sandbox", "local", "health", f"m{number}")


def service(store: Store, clock: Any = None) -> tuple[Moderation, Outbox, Board]:
    board, clock = Board(), clock or SystemClock()
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock)
    return moderation, Outbox(store=store, moderation=moderation, notifiers={"sandbox": board}, clock=clock), board


@contextmanager
def disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """A disk of its own that can be filled up, where this machine lets a test mount one."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def may_mount() -> bool:
    if os.geteuid() != 0:
        return False
    place = Path("/tmp/bot-may-mount")
    place.mkdir(exist_ok=True)
    tried = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], capture_output=True, check=False)
    if tried.returncode == 0:
        subprocess.run(["umount", "-l", str(place)], check=True)
    return tried.returncode == 0


async def fill(store: Store) -> int:
    """Open cases until the store can't take any more; return how many it took."""
    for number in range(10_000):
        try:
            await store.open_case(case(id=0, key=at(number), text="tea " * 500), TOLD)
        except StoreAway:
            return number
    raise AssertionError("it was never full")


async def test_a_full_disk_loses_nothing_and_goes_on_once_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if may_mount():
        with disk(tmp_path / "small") as folder:
            async with open_sqlite(folder) as store:
                await _fills_up(store, lambda: asyncio.to_thread(remount, folder, "size=16m"), caplog)
    else:  # the same answer of the same database, though not from a disk
        async with open_sqlite(tmp_path) as store:
            await store._db.run("PRAGMA max_page_count = 100")
            await _fills_up(store, lambda: store._db.run("PRAGMA max_page_count = 1000000"), caplog)


async def _fills_up(store: Store, make_room: Callable[[], Awaitable[Any]], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        taken = await fill(store)
        with pytest.raises(StoreAway):
            await store.open_case(case(key=at(99_999), text="tea " * 500), TOLD)
        assert taken > 5
        assert store.trouble() is not None
        assert len(await store.cases(limit=10_000)) == taken  # reading goes on meanwhile
        await make_room()
        assert await store.open_case(case(id=0, key=at(99_999)), TOLD) is not None
    assert store.trouble() is None
    assert [c.key for c in await store.cases(limit=10_000)][:taken] == [at(n) for n in range(taken)]
    assert len(await store.due(NOON, limit=10_000)) == taken + 1
    said = [r.getMessage() for r in caplog.records]
    assert len([words for words in said if "can be used again" in words]) >= 1
    assert any("disk is full" in words for words in said)


async def test_a_folder_that_becomes_read_only_is_told_and_needs_no_restart() -> None:
    with tempfile.TemporaryDirectory(prefix="bot-faults-") as place, nobody(Path(place)):
        folder = Path(place) / "data"
        async with open_sqlite(folder) as store:
            await store.remember("k", "1")
            closed: Any = store._db
            await closed._writing.close()  # an open file would stay writable whatever its folder allows
            permit(folder, 0o444)
            for _ in range(2):
                with pytest.raises(StoreAway, match=r"can only be read|can't be opened"):
                    await store.remember("k", "2")
            assert store.trouble() is not None
            permit(folder, 0o666)
            await store.remember("k", "3")
            assert (await store.recall("k"), store.trouble()) == ("3", None)


def permit(folder: Path, mode: int) -> None:
    for path in (*folder.iterdir(), folder):
        path.chmod(mode | 0o111 if path == folder else mode)


@contextmanager
def nobody(place: Path) -> Iterator[None]:
    """Root may write everywhere; a test of permissions is somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(place, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_locked_file_makes_messages_wait_and_moderators_look_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "BUSY", 50)
    async with open_sqlite(tmp_path) as store:
        moderation, outbox, board = service(store)
        first = await moderation.message_posted(message("tea cures all", at(1)))
        assert first is not None
        other = await connect(tmp_path / FILE)
        await other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(moderation.message_posted(message("tea is blue", at(2))))
        with pytest.raises(Refused, match="does not answer just now"):
            await moderation.decide(first.id, Decision(Act.TAKE, ANN, NOON, 1))
        trouble = store.trouble()
        assert trouble is not None
        assert "locked" in trouble
        await other.execute("ROLLBACK")
        await other.close()
        second = await asyncio.wait_for(waiting, 60)
        assert second is not None
        while await outbox.deliver_due():
            pass
        assert set(board.notices) == {first.id, second.id}
        assert store.trouble() is None


async def test_a_file_that_vanishes_is_never_replaced_by_an_empty_one(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path / "data") as store:
        await store.remember("k", "1")
        (tmp_path / "data").rename(tmp_path / "elsewhere")
        store._db._writing._db, gone = None, store._db._writing._db  # type: ignore[attr-defined]
        await gone.close()
        with pytest.raises(StoreAway, match="can't be opened"):
            await store.remember("k", "2")
        (tmp_path / "elsewhere").rename(tmp_path / "data")
        await store.remember("k", "3")
        assert await store.recall("k") == "3"


async def test_a_clock_that_goes_back_delays_no_notice(any_store: Store) -> None:
    clock = ManualClock()
    moderation, outbox, board = service(any_store, clock)
    board.broken = True
    for number in range(12):
        await moderation.message_posted(message(f"tea cures {number}", at(number)))
        clock.pass_time(timedelta(seconds=10))
    await outbox.deliver_due()
    board.broken = False
    clock.pass_time(-timedelta(hours=5))
    posted = await moderation.message_posted(message("tea cures nothing", at(99)))
    assert posted is not None
    assert posted.folded_into == 0  # the others' times lie ahead, and make no flood of one message
    while await outbox.deliver_due():
        pass
    assert len(board.notices) == 13


@dataclass
class Cable:
    """Between the bot and a database server; it can be cut."""

    server: Path
    folder: Path
    cut: bool = False
    _pipes: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Cable"]:
        plug = await asyncio.start_unix_server(self._join, self.folder / ".s.PGSQL.5432")
        try:
            yield self
        finally:
            plug.close()
            for pipe in self._pipes:
                pipe.cancel()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(self.server / ".s.PGSQL.5432")
        for source, target in ((reader, there[1]), (there[0], writer)):
            pipe = asyncio.create_task(self._pipe(source, target))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _pipe(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                if not self.cut:  # what is sent into a cut cable is gone, and nobody is told
                    target.write(data)
                    await target.drain()
        target.close()


async def test_a_cut_network_makes_messages_wait_and_heals_by_itself(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(adapter, "CONNECT", 0.5)
    url = await postgres_server.fresh()
    place = Path(url.partition("host=")[2])
    async with Cable(place, tmp_path).laid() as cable:  # noqa: SIM117  the store closes before its cable goes
        async with open_database(url.replace(str(place), str(tmp_path)), answer=0.3) as driver:
            store = SqlStore(driver)
            moderation, outbox, board = service(store)
            first = await moderation.message_posted(message("tea cures all", at(1)))
            assert first is not None
            cable.cut = True
            with caplog.at_level(logging.WARNING):
                with pytest.raises(Refused, match="does not answer"):
                    await moderation.decide(first.id, Decision(Act.TAKE, ANN, NOON, 1))
                waiting = asyncio.create_task(moderation.message_posted(message("tea is blue", at(2))))
                await asyncio.wait([waiting], timeout=0.5)
                assert not waiting.done()
                assert store.trouble() is not None
                cable.cut = False
                second = await asyncio.wait_for(waiting, 60)
            assert second is not None
            assert store.trouble() is None
            while await outbox.deliver_due():
                pass
            assert set(board.notices) == {first.id, second.id}
    said = [r.getMessage() for r in caplog.records if "can't be used now" in r.getMessage()]
    assert len(said) == 1
    assert "network" in said[0]


@pytest.mark.soak
async def test_a_restarted_database_server_is_found_again(caplog: pytest.LogCaptureFixture) -> None:
    with server() as running:
        url = await running.fresh()
        async with open_postgres(url) as store, Worker(store, SystemClock()).working() as worker:
            moderation, outbox, board = service(store)
            tasks = [asyncio.create_task(outbox.run(idle=0.1)), asyncio.create_task(worker.run())]
            await moderation.message_posted(message("tea cures all", at(1)))
            await asyncio.to_thread(running.stop)
            posts = [asyncio.create_task(moderation.message_posted(message(f"tea cures {n}", at(n)))) for n in (2, 3)]
            await asyncio.wait(posts, timeout=1)
            assert store.trouble() is not None
            await asyncio.to_thread(running.start)
            await asyncio.wait_for(asyncio.gather(*posts), 60)
            while len(board.notices) < 3 or await store.due(SystemClock().now()):
                assert not any(task.done() for task in tasks), tasks
                await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert store.trouble() is None
            assert {c.key.message for c in await store.cases()} == {"m1", "m2", "m3"}


async def test_a_mistake_of_ours_is_no_outage(any_store: Store) -> None:
    with pytest.raises(Exception, match=r"no such table|does not exist"):
        await any_store._db.rows("SELECT * FROM nowhere")  # type: ignore[attr-defined]
    assert any_store.trouble() is None


async def test_what_was_told_before_the_answer_was_lost_is_not_told_twice(any_store: Store) -> None:
    """The notice is posted, then the database is away: the entry stays claimed, and the next try is in doubt."""
    moderation, outbox, board = service(any_store, ManualClock())
    await moderation.message_posted(message("tea cures all", replace(KEY)))
    (taken,) = await any_store.claim("this process", NOON)
    assert not taken.doubtful
    (again,) = await any_store.claim("this process", NOON)
    assert again.doubtful
    assert await outbox.deliver_due() == 1
    assert list(board.notices) == [1]
