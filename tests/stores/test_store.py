"""What every store promises, checked on the real thing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.message import MessageKey
from bot.core.pack import Severity
from bot.core.review import Act, Correction, Decision, Duty, HistoryEntry, Reason, Status, decide
from bot.ports import Record, Store
from bot.stores.sqlite import FILE, StoreUnusable, connect, open_sqlite
from tests.samples import ANN, KEY, NOON, case, flag


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_sqlite(tmp_path) as opened:
        yield opened


TOLD = {Duty.NOTICE: timedelta()}


def entry(act: Act = Act.UPHOLD) -> HistoryEntry:
    return HistoryEntry(1, act, ANN, NOON, "because", "abc123")


async def test_a_case_comes_back_as_it_was_saved(store: Store) -> None:
    opened = await store.open_case(case(id=0), TOLD)
    assert opened == case(id=1)
    assert await store.case(1) == await store.case_of(KEY) == opened


async def test_a_message_has_one_case(store: Store) -> None:
    await store.open_case(case(), TOLD)
    assert await store.open_case(case(text="again"), TOLD) is None
    assert len(await store.due(NOON)) == 1


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Act.TAKE, ANN, NOON, 1),
        Decision(Act.SNOOZE, ANN, NOON, 1),
        Decision(Act.DISMISS, ANN, NOON, 1, reason=Reason.JOKE),
        Decision(Act.UPHOLD, ANN, NOON, 1, correction=Correction.REPLY, text="It does not."),
        Decision(Act.MESSAGE_DELETED, ANN, NOON, 1),
    ],
    ids=lambda d: d.act,
)
async def test_a_decision_is_saved_whole(store: Store, decision: Decision) -> None:
    opened = await store.open_case(case(), TOLD)
    assert opened is not None
    after = decide(opened, decision)
    assert await store.save(after, entry(decision.act), {})
    assert await store.case(1) == after
    assert await store.history(1) == [entry(decision.act)]


async def test_of_two_who_save_the_same_version_one_wins(store: Store) -> None:
    await store.open_case(case(), TOLD)
    first = case(status=Status.UPHELD, version=2)
    second = case(status=Status.DISMISSED, version=2)
    assert await store.save(first, entry(), {})
    assert not await store.save(second, entry(Act.DISMISS), TOLD)
    assert await store.case(1) == first
    assert await store.history(1) == [entry()]


async def test_the_queue_has_the_most_serious_first_then_the_oldest(store: Store) -> None:
    for number, severity in enumerate([Severity.MINOR, Severity.HARMFUL, Severity.MISLEADING, Severity.HARMFUL]):
        key = MessageKey("sandbox", "local", "health", f"m{number}")
        await store.open_case(case(key=key, flags=(flag(severity=severity),), opened_at=NOON + timedelta(number)), TOLD)
    assert [c.key.message for c in await store.cases()] == ["m1", "m3", "m2", "m0"]
    assert await store.cases(statuses=[Status.UPHELD]) == []
    assert [c.key.message for c in await store.cases(limit=1, offset=2)] == ["m2"]


async def test_records_count_what_moderators_decided(store: Store) -> None:
    opened = await store.open_case(case(), TOLD)
    assert opened is not None
    assert await store.records() == {}
    await store.save(decide(opened, Decision(Act.UPHOLD, ANN, NOON, 1, chosen=("tea-cures",))), entry(), {})
    assert await store.records() == {"tea-cures": Record(1, 1), "tea-is-blue": Record(0, 1)}


async def test_the_outbox_waits_retries_and_forgets(store: Store) -> None:
    await store.open_case(case(), TOLD)
    (owed,) = await store.due(NOON)
    await store.retry(owed, NOON + timedelta(minutes=1))
    assert await store.due(NOON) == []
    (again,) = await store.due(NOON + timedelta(minutes=1))
    assert again.attempts == 1
    await store.done(again, notice_ref="n7")
    assert await store.due(NOON + timedelta(days=1)) == []
    kept = await store.case(1)
    assert kept is not None
    assert (kept.notice_ref, kept.version) == ("n7", 1)


async def test_lapsed_leases_are_found(store: Store) -> None:
    opened = await store.open_case(case(), TOLD)
    assert opened is not None
    await store.save(decide(opened, Decision(Act.TAKE, ANN, NOON, 1)), entry(Act.TAKE), {})
    assert await store.lapsed(NOON) == []
    assert [c.id for c in await store.lapsed(NOON + timedelta(hours=1))] == [1]


async def test_a_cursor_never_moves_backwards(store: Store) -> None:
    for message in ("99", "100", "12"):
        await store.advance("discord", "c", message)
    assert await store.cursor("discord", "c") == "100"
    assert await store.cursor("discord", "other") is None


async def test_what_is_remembered_is_replaced(store: Store) -> None:
    await store.remember("k", "1")
    await store.remember("k", "2")
    assert (await store.recall("k"), await store.recall("other")) == ("2", None)


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path) as store:
        await store.open_case(case(), TOLD)
    async with open_sqlite(tmp_path) as store:
        assert (await store.case(1), len(await store.due(NOON))) == (case(), 1)


async def test_a_folder_that_can_not_be_used_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StoreUnusable, match="Check that its folder exists"):
        async with open_sqlite(tmp_path / "data"):
            pass


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnusable, match="can't be used"):
        async with open_sqlite(tmp_path):
            pass


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    db = await connect(tmp_path / FILE)
    await db.execute("PRAGMA user_version = 999")
    await db.close()
    with pytest.raises(StoreUnusable, match="newer version"):
        async with open_sqlite(tmp_path):
            pass


async def test_text_that_looks_like_sql_is_only_text(store: Store) -> None:
    nasty = "'); DROP TABLE cases; --"
    await store.open_case(replace(case(), text=nasty, key=MessageKey("sandbox", nasty, nasty, nasty)), TOLD)
    kept = await store.case(1)
    assert kept is not None
    assert (kept.text, kept.key.channel) == (nasty, nasty)
