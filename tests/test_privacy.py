"""Words go when nobody needs them, people when they ask; decisions and the audit chain stay."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import audit
from bot.core.audit import AuditRow
from bot.core.cards import ACT_WORDS
from bot.core.message import MessageKey
from bot.core.review import Act, Case, Correction, Decision, Duty, Status
from bot.moderation import Moderation
from bot.ports import Store
from bot.privacy import Privacy
from bot.stores.cipher import SEALED, Plain, Sealed, new_key
from bot.stores.driver import StoreUnusable
from bot.stores.open import open_store
from bot.stores.sql import SqlStore
from bot.stores.sqlite import FILE, connect, open_sqlite
from tests.samples import ANN, BEN, KEY, MEMBER, PACK, ManualClock, WordScreener, message

KEEP = timedelta(hours=72)


class Desk:
    """A service over a store, with one case in it."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, ManualClock()
        self.moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=self.clock)
        self.privacy = Privacy(store=store, clock=self.clock, keep_text=KEEP)

    async def flag(self, text: str = "tea cures all", key: MessageKey = KEY) -> Case:
        case = await self.moderation.message_posted(message(text, key, reply_to="does tea help?"))
        assert case is not None
        return case

    async def act(self, act: Act, **more: object) -> Case:
        case = await self.case()
        decision = Decision(act, ANN, self.clock.now(), case.version, **more)  # type: ignore[arg-type]
        return await self.moderation.decide(case.id, decision)

    async def case(self) -> Case:
        case = await self.store.case(1)
        assert case is not None
        return case

    async def rows(self) -> list[AuditRow]:
        return [row async for row in self.store.audit_rows()]


@pytest.fixture
async def desk(any_store: Store) -> Desk:
    desk = Desk(any_store)
    await desk.flag()
    return desk


def test_every_act_has_words_for_the_history() -> None:
    assert ACT_WORDS.keys() == set(Act)


@pytest.mark.parametrize("act", [Act.UPHOLD, Act.DISMISS])
async def test_words_go_when_their_time_is_over(desk: Desk, act: Act) -> None:
    await desk.act(act)
    desk.clock.pass_time(KEEP)
    assert await desk.privacy.purge() == 0
    desk.clock.pass_time(timedelta(seconds=1))
    assert await desk.privacy.purge() == 1
    case = await desk.case()
    assert (case.text, case.reply_to, case.flags[0].quote, case.flags[0].why) == ("", "", "", "")
    assert (case.flags[0].start, case.flags[0].end, case.pack_revision) == (4, 9, "abc123")
    assert case.fingerprint
    assert [e.act for e in await desk.store.history(1)][-1] is Act.PURGED
    assert Duty.NOTICE in {e.duty for e in await desk.store.due(desk.clock.now())}
    assert await desk.privacy.purge() == 0


async def test_words_stay_while_somebody_must_decide(desk: Desk) -> None:
    desk.clock.pass_time(10 * KEEP)
    assert await desk.privacy.purge() == 0
    assert (await desk.case()).text


async def test_an_undone_decision_keeps_the_words(desk: Desk) -> None:
    await desk.act(Act.DISMISS)
    await desk.act(Act.UNDO)
    desk.clock.pass_time(2 * KEEP)
    assert await desk.privacy.purge() == 0


async def test_a_message_seen_again_does_not_bring_its_words_back(desk: Desk) -> None:
    await desk.act(Act.DISMISS)
    desk.clock.pass_time(2 * KEEP)
    await desk.privacy.purge()
    again = await desk.flag()
    assert (again.text, again.status) == ("", Status.DISMISSED)
    edited = await desk.flag("green tea cures all")
    assert edited.text == "green tea cures all"


async def test_a_person_sees_all_that_is_kept_about_them(desk: Desk) -> None:
    await desk.moderation.report(message("tea is magic", replace(KEY, message="m2"), author=ANN), MEMBER, "is it?")
    kept = await desk.privacy.kept("sandbox", MEMBER.id)
    assert kept.lines == [
        "Messages of yours that have a case: 1; the words of 1 are still kept.",
        "Messages that you reported: 1.",
    ]
    told = json.loads(kept.as_json)
    assert [c["you"] for c in told["cases"]] == [["wrote the message"], ["reported it"]]
    assert told["cases"][0]["text"] == "tea cures all"
    assert "Ann" not in kept.as_json
    assert (await desk.privacy.kept("discord", MEMBER.id)).lines == ["Nothing is kept about you."]


async def test_an_erased_author_leaves_no_trace_but_the_record(desk: Desk) -> None:
    await desk.act(Act.UPHOLD, correction=Correction.REPLY, text="It does not.")
    pseudonym = await desk.privacy.erase("sandbox", MEMBER.id)
    case = await desk.case()
    assert (case.author.id, case.author.name, case.text) == (pseudonym, "somebody", "")
    assert (case.status, case.decided_by, case.correction) == (Status.UPHELD, ANN, "It does not.")
    kept = await desk.privacy.kept("sandbox", MEMBER.id)
    assert kept.lines == ["Nothing is kept about you."]
    assert (await desk.store.records())["tea-cures"].upheld == 1
    assert await desk.privacy.erase("sandbox", MEMBER.id) == pseudonym


async def test_an_open_case_of_an_erased_author_is_closed(desk: Desk) -> None:
    await desk.privacy.erase("sandbox", MEMBER.id)
    assert (await desk.case()).status is Status.MESSAGE_DELETED


async def test_an_erased_moderator_is_replaced_wherever_they_stand(desk: Desk) -> None:
    await desk.act(Act.NOTE, text="looks wrong to me")
    await desk.act(Act.UPHOLD)
    pseudonym = await desk.privacy.erase("sandbox", ANN.id)
    case, history = await desk.case(), await desk.store.history(1)
    assert case.decided_by is not None
    assert (case.decided_by.id, case.author, case.text) == (pseudonym, MEMBER, "tea cures all")
    assert {e.by.name for e in history} == {"somebody", "the bot"}
    assert [e.detail for e in history if e.act is Act.NOTE] == ["looks wrong to me"]


async def test_an_erased_reporter_keeps_no_note(desk: Desk) -> None:
    await desk.moderation.report(message("tea is magic", replace(KEY, message="m2"), author=ANN), MEMBER, "my words")
    pseudonym = await desk.privacy.erase("sandbox", MEMBER.id)
    case = await desk.store.case(2)
    assert case is not None
    assert [(r.by.id, r.note) for r in case.reports] == [(pseudonym, "")]
    assert await desk.store.reports(case.key) == [pseudonym]


async def test_the_chain_holds_through_acts_and_erasure(desk: Desk) -> None:
    for act in (Act.NOTE, Act.TAKE, Act.UPHOLD, Act.UNDO):
        await desk.act(act, text="why not" if act is Act.NOTE else "")
    await desk.privacy.erase("sandbox", ANN.id)
    rows = await desk.rows()
    assert len(rows) == 5
    assert list(audit.breaks(rows, await desk.store.audit_key())) == []


TAMPERED = [
    ("another act", lambda r: [r[0], replace(r[1], act="dismiss"), r[2]], 2),
    ("another time", lambda r: [r[0], replace(r[1], at="2020-01-01"), r[2]], 2),
    ("another person", lambda r: [r[0], replace(r[1], by_id=BEN.id), r[2]], 2),
    ("another note", lambda r: [replace(r[0], detail="fine"), r[1], r[2]], 1),
    ("no note", lambda r: [replace(r[0], detail=""), r[1], r[2]], 1),
    ("a row less", lambda r: [r[0], r[2]], 3),
    ("another order", lambda r: [r[1], r[0], r[2]], 2),
]


@pytest.mark.parametrize(("what", "tamper", "row"), TAMPERED, ids=[t[0] for t in TAMPERED])
async def test_tampering_shows(desk: Desk, what: str, tamper: object, row: int) -> None:
    assert callable(tamper)
    for act in (Act.NOTE, Act.TAKE, Act.UPHOLD):
        await desk.act(act, text="wrong")
    found = list(audit.breaks(tamper(await desk.rows()), await desk.store.audit_key()))
    assert found[0].row == row


async def test_texts_are_sealed_at_rest_and_read_with_any_of_the_keys(any_store: Store) -> None:
    assert isinstance(any_store, SqlStore)
    old, new = new_key(), new_key()
    sealed = SqlStore(any_store._db, Sealed(old))
    desk = Desk(sealed)
    await desk.flag()
    await desk.act(Act.NOTE, text="private thoughts")
    stored = [r["body"] for r in await any_store._db.rows("SELECT body FROM cases")]
    stored += [r["detail"] for r in await any_store._db.rows("SELECT detail FROM history")]
    assert all(s.startswith(SEALED) for s in stored)
    both = SqlStore(any_store._db, Sealed(f"{new},{old}"))
    case = await both.case(1)
    assert case is not None
    assert case.text == "tea cures all"
    assert [e.detail for e in await both.history(1)] == ["private thoughts"]
    for cipher, words in ((Plain(), "Set STORE_KEY"), (Sealed(new), "not the key")):
        with pytest.raises(StoreUnusable, match=words):
            await SqlStore(any_store._db, cipher).case(1)


def test_a_key_that_is_none_is_told() -> None:
    with pytest.raises(StoreUnusable, match="python -m bot key"):
        Sealed("password")


@pytest.fixture
async def history(tmp_path: Path) -> Path:
    """A data folder with some history in it."""
    async with open_sqlite(tmp_path) as store:
        desk = Desk(store)
        await desk.flag()
        await desk.act(Act.NOTE, text="looks wrong")
        await desk.act(Act.UPHOLD)
    return tmp_path


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """One command on that folder: its exit status, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**os.environ, "BOT_DATA": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def test_an_untouched_history_verifies(history: Path) -> None:
    status, said = await asyncio.to_thread(run, history, "audit", "verify")
    assert (status, said.splitlines()[-1]) == (0, "No sign of tampering.")
    status, said = await asyncio.to_thread(run, history, "audit", "verify", "--head", "0" * 64)
    assert status == 1
    assert "rows at its end were removed" in said


async def test_a_changed_row_is_named(history: Path) -> None:
    db = await connect(history / FILE)
    await db.execute("UPDATE history SET act = 'dismiss' WHERE act = 'uphold'")
    await db.close()
    status, said = await asyncio.to_thread(run, history, "audit", "verify")
    assert status == 1
    assert "row 2 (case 1): the row was changed" in said


async def test_an_admin_exports_and_erases_a_person(history: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    status, said = await asyncio.to_thread(run, history, "person", "sandbox", MEMBER.id, "--export", str(copy))
    assert (status, json.loads(copy.read_text("utf-8"))["cases"][0]["text"]) == (0, "tea cures all")
    status, said = await asyncio.to_thread(run, history, "person", "sandbox", MEMBER.id, "--erase")
    assert said.startswith("Erased. erased-")
    status, said = await asyncio.to_thread(run, history, "person", "sandbox", MEMBER.id)
    assert said.strip() == "Nothing is kept about you."


async def test_a_missing_key_is_told_at_once(tmp_path: Path) -> None:
    async with open_store(tmp_path, None, new_key()) as store:
        await Desk(store).flag()
    with pytest.raises(StoreUnusable, match="STORE_KEY"):
        async with open_store(tmp_path, None):
            pass
