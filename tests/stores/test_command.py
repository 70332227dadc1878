"""migrate, backup, restore and move, as people call them; between both databases, with counts on both sides."""

import asyncio
import sqlite3
import stat
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.__main__ import _parser
from bot.core.message import MessageKey
from bot.core.review import Act, Correction, Decision
from bot.moderation import Moderation, Outbox
from bot.ports import Store, Vote
from bot.settings import Settings
from bot.stores import command, copying
from bot.stores.copying import copy
from bot.stores.driver import Driver, StoreUnusable
from bot.stores.open import open_store
from bot.stores.postgres import open_database
from bot.stores.schema import migrate, migrations
from bot.stores.sqlite import FILE, open_file, open_sqlite
from bot.stores.tables import tables
from tests.conftest import BOTH
from tests.postgres import PostgresServer
from tests.samples import ANN, BEN, PACK, ManualClock, WordScreener, case, message
from tests.test_command_line import bot
from tests.test_moderation import Board

Kept = Callable[..., Awaitable[tuple[int, str, str]]]
FILLED = {"INTEGER": 1, "TEXT": "x", "BLOB": b"x"}  # for tables in which nothing happens here
Content = Mapping[str, list[dict[str, Any]]]


@pytest.fixture
def kept(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Runs a command on the store in a folder or at a URL; returns its status and what it printed."""
    monkeypatch.setattr(command, "WATCHED", 0.1)

    async def run(*arguments: str, data: Path, store: str | None = None) -> tuple[int, str, str]:
        settings = Settings(data=data, store=SecretStr(store) if store else None)
        options = _parser().parse_args(arguments)
        status = await asyncio.to_thread(options.command, options, settings)
        out, err = capsys.readouterr()
        return status, out, err

    return run


def listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def lived_in(store: Store, count: int = 12) -> None:
    """A store in which something has happened to every table."""
    clock = ManualClock()
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock)
    outbox = Outbox(store=store, moderation=moderation, notifiers={"sandbox": Board()}, clock=clock)
    for number in range(count):
        key = MessageKey("sandbox", "local", "health", f"m{number}")
        await moderation.message_posted(message(f"tea cures {number} 'ü\\0 \N{TEACUP WITHOUT HANDLE}", key))
        clock.pass_time(timedelta(minutes=1))
    await outbox.deliver_due()
    again = MessageKey("sandbox", "local", "health", "again")
    await moderation.message_posted(message(f"tea cures {count - 1} 'ü\\0 \N{TEACUP WITHOUT HANDLE}", again))
    await moderation.report(message("tea is blue", MessageKey("sandbox", "local", "health", "r")), BEN, "really?")
    told = Decision(Act.UPHOLD, ANN, clock.now(), 1, correction=Correction.REPLY, text="It does not.")
    await moderation.decide(1, told)
    await store.advance("discord", "7", "99")
    await store.vote(Vote("discord", "1", "green", "a hash", True, clock.now()))
    await store.claim_offer("discord", "7", "green", clock.now(), timedelta())
    await store.keep_workspace_settings("discord", "1", "{}", clock.now())
    await store.beat("a process")
    for table in tables():
        if not await store._db.rows(f"SELECT * FROM {table.name} LIMIT 1"):  # type: ignore[attr-defined]
            values = [FILLED[kind] for kind in table.kinds]
            marks = ", ".join("?" * len(values))
            await store._db.run(  # type: ignore[attr-defined]
                f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", *values
            )


async def content(driver: Driver) -> Content:
    return {
        t.name: [
            {c: row[c] for c in t.columns}
            for row in await driver.rows(f"SELECT * FROM {t.name} ORDER BY {', '.join(t.key)}")
        ]
        for t in tables()
    }


def test_tables_come_after_those_they_point_to() -> None:
    names = [t.name for t in tables()]
    assert names.index("cases") < names.index("history")
    assert {"workers", "leases"}.isdisjoint(names)


async def place(kind: str, folder: Path, server: PostgresServer) -> dict[str, Any]:
    return {"data": folder, "store": await server.fresh() if kind == "postgres" else None}


@pytest.mark.parametrize("there", BOTH)
@pytest.mark.parametrize("here", BOTH)
async def test_a_backup_restores_everything_in_either_database(
    here: str, there: str, tmp_path: Path, postgres_server: PostgresServer, kept: Kept
) -> None:
    ours, theirs = [await place(k, tmp_path / n, postgres_server) for k, n in ((here, "a"), (there, "b"))]
    async with open_store(ours["data"], ours["store"]) as store:
        await lived_in(store)
        status, out, err = await kept("backup", str(tmp_path / "backup"), **ours)  # while it is in use
    assert status == 0, err
    assert "13 cases" in out
    assert "cases: 13" in err
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert {"a", "b", "backup"} >= listed(tmp_path)
    status, out, err = await kept("restore", str(tmp_path / "backup"), **theirs)
    assert status == 0, err
    async with open_store(theirs["data"], theirs["store"]) as after:
        async with open_file(tmp_path / "backup") as backup:
            expected = await content(backup)
        assert await content(after._db) == expected
        assert all(expected.values()), [t for t, rows in expected.items() if not rows]
        new = await after.open_case(one_more(), {})  # numbers go on where they were
        assert new is not None
        assert new.id == 14


def test_the_command_line_backs_up_and_restores(tmp_path: Path) -> None:
    ours, theirs = ({"BOT_DATA": str(tmp_path / name)} for name in ("a", "b"))
    assert "migrations applied" in bot("migrate", env=ours).stdout
    assert bot("backup", str(tmp_path / "backup"), env=ours).returncode == 0
    restored = bot("restore", str(tmp_path / "backup"), env=theirs)
    assert (restored.returncode, restored.stdout.splitlines()[-1]) == (
        0,
        "Everything is there. You can start the bot.",
    )


def one_more() -> Any:
    return case(key=MessageKey("sandbox", "local", "health", "new"))


@pytest.mark.parametrize("there", BOTH)
async def test_everything_moves_and_the_old_store_stays(
    there: str, tmp_path: Path, postgres_server: PostgresServer, kept: Kept
) -> None:
    async with open_sqlite(tmp_path / "a") as store:
        await lived_in(store)
        expected = await content(store._db)
    url = await postgres_server.fresh(migrated=False) if there == "postgres" else None
    status, out, err = await kept("move", "--to", url or str(tmp_path / "b"), data=tmp_path / "a")
    assert status == 0, err
    assert "Counted on both sides: 13 cases" in out
    assert "BOT_STORE" in out
    async with open_store(tmp_path / "b", url) as after:
        assert await content(after._db) == expected
    async with open_sqlite(tmp_path / "a") as before:
        assert await content(before._db) == expected
    status, _, err = await kept("move", "--to", url or str(tmp_path / "b"), data=tmp_path / "a")
    assert status == 2
    assert "already holds 13 cases; nothing was changed" in err


async def test_restore_replaces_only_when_told(tmp_path: Path, kept: Kept) -> None:
    data, backup = tmp_path / "a", str(tmp_path / "backup")
    async with open_sqlite(data) as store:
        await lived_in(store)
    assert (await kept("backup", backup, data=data))[0] == 0
    async with open_sqlite(data) as store:
        await store.open_case(one_more(), {})
    assert "already holds 14 cases" in (await kept("restore", backup, data=data))[2]
    assert (await kept("restore", backup, "--replace", data=data))[0] == 0
    async with open_sqlite(data) as store:
        assert len(await store.cases()) == 13


async def test_a_backup_of_an_earlier_release_is_brought_up_to_date_and_left_alone(tmp_path: Path, kept: Kept) -> None:
    with closing(sqlite3.connect(tmp_path / "old")) as db:
        db.executescript(migrations()[0])
        db.execute("PRAGMA user_version = 1")
    before = (tmp_path / "old").read_bytes()
    assert (await kept("restore", str(tmp_path / "old"), data=tmp_path / "data"))[0] == 0
    assert (tmp_path / "old").read_bytes() == before
    async with open_sqlite(tmp_path / "data") as store:
        assert await store.cases() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backup", "{here}/taken"], "exists already"),
        (["backup", "{here}/new"], "There is no store in"),
        (["restore", "{here}/missing"], "There is no file"),
        (["restore", "{here}/taken"], "can't be used"),
        (["move", "--to", "postgresql://bot:s3cret@127.0.0.1:1/bot"], "postgresql://127.0.0.1:1/bot can't be used"),
        (["move", "--to", "{here}/data"], "is the store in use already"),
    ],
)
async def test_what_can_not_be_done_is_told_in_one_line(
    arguments: list[str], words: str, tmp_path: Path, kept: Kept
) -> None:
    (tmp_path / "taken").write_bytes(b"no database at all" * 100)
    status, out, err = await kept(*(a.format(here=tmp_path) for a in arguments), data=tmp_path / "data")
    assert status == 2
    assert words in err
    assert "s3cret" not in out + err


async def test_migrate_says_what_it_did(tmp_path: Path, postgres_server: PostgresServer, kept: Kept) -> None:
    url = await postgres_server.fresh(migrated=False)
    first, second = [(await kept("migrate", data=tmp_path, store=url))[1] for _ in range(2)]
    assert " 0 migrations applied" not in first
    assert " 0 migrations applied" in second
    assert listed(tmp_path) == set()


async def test_a_row_that_gets_lost_on_the_way_undoes_everything(tmp_path: Path, postgres_url: str) -> None:
    async with open_sqlite(tmp_path) as store:
        await lived_in(store)
    async with open_file(tmp_path / FILE) as source, open_database(postgres_url) as there:
        await migrate(there)
        await there.run(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN IF new.id = 1 THEN RETURN NULL; END IF; RETURN new; END'"
        )
        await there.run("CREATE TRIGGER lose BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION lose()")
        with pytest.raises(StoreUnusable, match=r"history: \d+ of \d+ rows arrived; nothing was changed"):
            await copy(source, there, replace=False, progress=lambda *_: None)
        assert not any((await content(there)).values())


async def test_a_bot_that_runs_stops_a_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WATCHED", 0.3)
    async with open_sqlite(tmp_path / "a") as store:

        async def live() -> None:
            while True:
                await store.beat("a process")
                await asyncio.sleep(0.05)

        living = asyncio.create_task(live())
        try:
            async with open_file(tmp_path / "a" / FILE) as driver:
                await asyncio.sleep(0.1)
                with pytest.raises(StoreUnusable, match="A bot is using"):
                    await command._nobody_works(driver)
        finally:
            living.cancel()


async def test_many_rows_go_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PAGE", 5)
    async with open_sqlite(tmp_path / "a") as store:
        await lived_in(store)
    steps: list[int] = []
    async with open_file(tmp_path / "a" / FILE) as source, open_file(tmp_path / "b" / FILE) as there:
        await migrate(there)
        progress = lambda table, done, total: steps.append(done) if table == "cases" else None  # noqa: E731
        counts = await copy(source, there, replace=False, progress=progress)
        assert await content(there) == await content(source)
    assert steps == [0, 5, 10, 13]
    assert counts["cases"] == 13
