"""What every store promises, checked on the real thing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.message import MessageKey, Person, Workspace
from bot.core.pack import Severity
from bot.core.review import Act, Case, Correction, Decision, Duty, HistoryEntry, Reason, Report, Status, decide
from bot.ports import Record, Store
from bot.stores.driver import StoreUnusable
from bot.stores.sqlite import FILE, connect, open_sqlite
from tests.samples import ANN, BEN, KEY, MEMBER, NOON, case, flag


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


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


def at(message: str, workspace: str = "local") -> MessageKey:
    return MessageKey("sandbox", workspace, "health", message)


def numbers(cases: Sequence[Case]) -> list[int]:
    return [c.id for c in cases]


async def opened(store: Store, *cases: Case) -> None:
    for number, given in enumerate(cases, start=1):
        key = given.key if given.key != KEY else at(f"m{number}")
        assert await store.open_case(replace(given, key=key), TOLD) is not None


async def test_cases_are_found_by_age_newest_first(store: Store) -> None:
    await opened(store, *(case(opened_at=NOON + timedelta(days=n)) for n in range(4)))
    later = NOON + timedelta(days=1)
    assert numbers(await store.cases_since(later, limit=9)) == [4, 3, 2]
    assert numbers(await store.cases_since(later, limit=1, before=4)) == [3]


async def test_cases_are_found_by_author(store: Store) -> None:
    await opened(store, case(), case(author=BEN), case(key=at("x", "elsewhere")), case(opened_at=NOON - timedelta(9)))
    assert numbers(await store.cases_of_author("sandbox", "local", MEMBER.id, NOON - timedelta(days=1))) == [1]


async def test_a_case_is_found_by_its_notice(store: Store) -> None:
    await opened(store, case(), case())
    await store.done((await store.due(NOON))[1], notice_ref="n7")
    found = await store.case_of_notice("sandbox", "n7")
    assert found is not None
    assert found.id == 2
    assert await store.case_of_notice("discord", "n7") is None


@pytest.mark.parametrize(
    ("earlier", "found"),
    [
        (case(fingerprint="f", status=Status.UPHELD, author=BEN), True),
        (case(fingerprint="f", status=Status.DISMISSED, author=BEN), True),
        (case(fingerprint="f", author=MEMBER), True),
        (case(fingerprint="f", author=BEN), False),
        (case(fingerprint="other", status=Status.UPHELD), False),
        (case(fingerprint="f", status=Status.UPHELD, key=at("x", "elsewhere")), False),
        (case(fingerprint="f", status=Status.UPHELD, opened_at=NOON - timedelta(days=9)), False),
    ],
)
async def test_the_same_text_is_a_twin(store: Store, earlier: Case, found: bool) -> None:
    await opened(store, earlier)
    twin = await store.twin(case(fingerprint="f", key=at("new")), NOON - timedelta(days=3))
    assert (twin is not None) is found


async def test_corrections_that_stand_are_found_by_channel(store: Store) -> None:
    upheld = {"status": Status.UPHELD, "decided_at": NOON, "decided_by": ANN, "correction": "It does not."}
    old = upheld | {"decided_at": NOON - timedelta(days=2)}
    await opened(store, case(**upheld), case(**upheld), case(**old))
    for owed in (await store.due(NOON))[1:]:
        await store.done(owed, correction_ref="c", correction_link="https://example.org/c")
    assert numbers(await store.corrected(at("new"), NOON - timedelta(hours=1))) == [2]


async def test_corrections_that_stand_are_found_newest_first_by_pages_and_workspaces(store: Store) -> None:
    elsewhere = replace(KEY, workspace="elsewhere")
    await opened(store, case(), case(), case(key=elsewhere), case(made_of=(("tea-cures", "a.b"),)))
    for owed in (await store.due(NOON))[1:]:
        await store.done(owed, correction_ref="c", correction_link="https://example.org/c")
    found = await store.standing(limit=10)
    assert numbers(found) == [4, 3, 2]
    assert found[0].made_of == (("tea-cures", "a.b"),)
    assert numbers(await store.standing(limit=2)) == [4, 3]
    assert numbers(await store.standing(limit=2, before=3)) == [2]
    assert numbers(await store.standing(limit=10, of=elsewhere.home)) == [3]


async def test_undecided_cases_of_a_flood_are_counted(store: Store) -> None:
    await opened(store, case(), case(folded_into=1), case(folded_into=1, status=Status.UPHELD), case(folded_into=2))
    assert await store.folded(1) == 1


async def test_a_repeat_leads_to_its_case_until_it_is_unfolded(store: Store) -> None:
    await opened(store, case())
    for version in (2, 3):  # seen twice, remembered once
        assert await store.save(case(version=version, key=at("m1")), entry(Act.REPEATED), {}, repeat=at("again"))
    repeated = await store.repeat_of(at("again"))
    assert repeated is not None
    assert repeated.id == 1
    await store.unfold(at("again"))
    assert await store.repeat_of(at("again")) is None


async def test_reports_are_counted_once_for_each_person_and_message(store: Store) -> None:
    for message, who, hours in (("a", "7", 0), ("a", "8", 1), ("a", "7", 2), ("b", "7", 3)):
        await store.report(at(message), who, NOON + timedelta(hours=hours))
    assert await store.reports(at("a")) == ["7", "8"]
    assert await store.reports_by(at("z"), "7", NOON) == 2
    assert await store.reports_by(at("z"), "7", NOON + timedelta(hours=1)) == 1


async def test_a_reporters_record_is_how_their_cases_ended(store: Store) -> None:
    told = (Report(BEN, ""),)
    await opened(
        store,
        case(status=Status.UPHELD, reports=told),
        case(status=Status.DISMISSED, reports=told),
        case(reports=told),
        case(status=Status.UPHELD),
    )
    assert await store.reporter_record("sandbox", "local", BEN.id) == Record(upheld=1, decided=2)


async def test_who_did_something_lately_is_listed_once_by_the_latest_name(store: Store) -> None:
    await opened(store, case())
    acts = [
        (Act.TAKE, ANN, 0),
        (Act.NOTE, BEN, 1),
        (Act.NOTE, replace(ANN, name="Annie"), 2),
        (Act.EDITED, MEMBER, 3),
        (Act.NOTE, Person("bot", "the bot"), 4),
    ]
    for version, (act, who, hours) in enumerate(acts, start=2):
        row = HistoryEntry(1, act, who, NOON + timedelta(hours=hours), "", "abc123")
        assert await store.save(case(version=version), row, {})
    assert await store.active(NOON, KEY.home) == [replace(ANN, name="Annie"), BEN]
    assert await store.active(NOON + timedelta(hours=3), KEY.home) == []
    assert await store.active(NOON, Workspace(KEY.platform, "elsewhere")) == []


async def test_what_is_owed_later_comes_due_then(store: Store) -> None:
    await opened(store, case())
    await store.owe(case(), Duty.REMINDER, NOON + timedelta(hours=1))
    assert [e.duty for e in await store.due(NOON)] == [Duty.NOTICE]
    assert [e.duty for e in await store.due(NOON + timedelta(hours=1))] == [Duty.NOTICE, Duty.REMINDER]


async def test_many_who_change_one_case_take_turns(store: Store) -> None:
    await opened(store, case())
    won = await asyncio.gather(*(store.save(case(version=2), entry(Act.NOTE), {}) for _ in range(8)))
    assert won.count(True) == 1
    assert len(await store.history(1)) == 1


async def test_of_many_who_open_the_same_case_one_does(store: Store) -> None:
    made = await asyncio.gather(*(store.open_case(case(), TOLD) for _ in range(8)))
    assert len([c for c in made if c]) == 1
    assert len(await store.due(NOON)) == 1


async def test_what_was_begun_and_cancelled_leaves_no_trace(store: Store) -> None:
    for steps in range(12):
        change = asyncio.create_task(store.open_case(case(key=at(f"x{steps}")), TOLD))
        for _ in range(steps):
            await asyncio.sleep(0)
        change.cancel()
        await asyncio.gather(change, return_exceptions=True)
    assert await store.open_case(case(), TOLD) is not None
    assert len(await store.cases()) == len(await store.due(NOON))


async def test_a_text_that_no_database_likes_is_kept_all_the_same(store: Store) -> None:
    odd = "a\0b \ud83d c"
    await store.open_case(case(text=odd, place=odd), TOLD)
    kept = await store.case(1)
    assert kept is not None
    assert kept.text == odd


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


async def test_the_cases_of_one_channel_are_found(store: Store) -> None:
    for channel, message in (("health", "m1"), ("health", "m2"), ("other", "m3")):
        await store.open_case(case(key=replace(KEY, channel=channel, message=message)), TOLD)
    found = await store.channel_cases(KEY.platform, KEY.workspace, "health")
    assert [c.key.message for c in found] == ["m1", "m2"]
    assert await store.channel_cases(KEY.platform, "elsewhere", "health") == []


async def test_cases_of_one_workspace_are_listed_alone(store: Store) -> None:
    for workspace, message in (("1", "m1"), ("2", "m2"), ("1", "m3")):
        await store.open_case(case(key=replace(KEY, workspace=workspace, message=message)), TOLD)
    one = Workspace(KEY.platform, "1")
    assert [c.id for c in await store.cases(of=one)] == [1, 3]
    assert [c.id for c in await store.cases_since(NOON, limit=9, of=one)] == [3, 1]
    assert await store.cases(of=Workspace("slack", "1")) == []
    assert len(await store.cases()) == 3


async def test_the_latest_decided_come_first_and_are_counted(store: Store) -> None:
    home = Workspace(KEY.platform, KEY.workspace)
    closed = (Status.UPHELD, Status.DISMISSED)
    for number, (status, days) in enumerate(
        [("upheld", 2), ("dismissed", 9), ("open", 0), ("upheld", 5), ("upheld", 5)]
    ):
        at = None if status == "open" else NOON + timedelta(days)
        made = case(key=replace(KEY, message=f"m{number}"), status=Status(status), decided_at=at)
        await store.open_case(made, TOLD)
    elsewhere = replace(KEY, workspace="elsewhere")
    await store.open_case(case(key=elsewhere, status=Status.UPHELD, decided_at=NOON), TOLD)
    assert [c.id for c in await store.latest(closed, home, limit=9)] == [2, 5, 4, 1]
    assert [c.id for c in await store.latest(closed, home, limit=2, offset=1)] == [5, 4]
    assert await store.count(closed, home, most=100) == 4
    assert await store.count(closed, home, most=3) == 3
    assert await store.count([Status.OPEN], home, most=3) == 1
    assert await store.numbers(home, KEY.channel, ["m1", "m4", "m99"]) == {"m1": 2, "m4": 5}
    assert await store.numbers(home, KEY.channel, []) == {}
    waits = await store.backlog()
    assert (waits.undecided, waits.owed, waits.failed) == (1, 6, 0)


async def test_a_flood_is_known_by_its_number_and_its_newest_case(store: Store) -> None:
    home, minute = Workspace(KEY.platform, KEY.workspace), timedelta(minutes=1)
    for number, at in enumerate((-90, -50, -10, 0, 30)):
        made = case(key=replace(KEY, message=f"m{number}"), opened_at=NOON + timedelta(seconds=at))
        await store.open_case(made, TOLD)
    await store.open_case(case(key=replace(KEY, workspace="elsewhere"), opened_at=NOON), TOLD)
    assert await store.flooded(NOON - minute, NOON, home, beyond=4) is None
    newest = await store.flooded(NOON - minute, NOON, home, beyond=3)
    assert newest is not None
    assert newest.id == 4
    assert await store.flooded(NOON - minute, NOON, Workspace("slack", KEY.workspace), beyond=1) is None
