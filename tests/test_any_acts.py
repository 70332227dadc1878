"""Whatever members and moderators do, in any order, with the process dying in between: nothing is lost or doubled."""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.message import Person
from bot.core.pack import Severity
from bot.core.review import (
    LIFE,
    LISTED,
    Act,
    Case,
    Correction,
    Decision,
    HistoryEntry,
    Outcome,
    Policy,
    Reason,
    Refused,
    Status,
    allowed,
)
from bot.moderation import Moderation, Outbox
from bot.ports import Record, Store, Told
from bot.stores.sqlite import open_sqlite
from tests.samples import KEY, MEMBER, PACK, ManualClock, WordScreener, message

MODERATORS = tuple(Person(str(number), name) for number, name in enumerate(("Ann", "Ben", "Cleo"), start=1))
TEXTS = ("tea cures all", "tea is blue", "tea cures all and is blue", "tea is a drink")
CHOSEN = tuple(a for a in Act if a not in LIFE)
POLICIES = (
    Policy(may_delete=True, flood=1000),
    Policy(two_people=frozenset({Severity.HARMFUL}), may_delete=True, flood=1000),
    Policy(self_edit=timedelta(minutes=30), repost=False, flood=1000),
    Policy(flood=3),
)
DAY = timedelta(days=1)
IN_MEMORY = Path("/dev/shm")  # this is about processes that die, not about power cuts, so no disk has to be waited for


class Killed(BaseException):
    """The process is gone; nothing in it may catch this."""


@dataclass
class Fuse:
    """Kills the process after so many steps."""

    left: int | None = None

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


class Mortal:
    """Something the process uses, with a chance to die right before and right after each use."""

    def __init__(self, inner: object, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            self._fuse.burn()
            result = await method(*arguments, **named)
            self._fuse.burn()
            return result

        return call


@dataclass
class Place:
    """A platform outside the process: what it was told stays there, whatever dies. See bot.ports.Notifier."""

    notices: dict[str, Case] = field(default_factory=dict)  # by reference
    corrections: dict[str, tuple[int, Correction, str]] = field(default_factory=dict)
    deleted: dict[int, str] = field(default_factory=dict)  # messages, by case
    posted: int = 0

    def _new(self) -> str:
        self.posted += 1
        return f"p{self.posted}"

    async def show(self, case: Case, records: Mapping[str, Record], *, folded: int = 0) -> str:
        standing = [ref for ref, shown in self.notices.items() if shown.id == case.id]
        ref = case.notice_ref if case.notice_ref in self.notices else next(iter(standing), None) or self._new()
        self.notices[ref] = case
        return ref

    async def post_correction(self, case: Case) -> Told:
        known = next((ref for ref, (of, *_) in self.corrections.items() if of == case.id), None)
        ref = known or self._new()
        self.corrections[ref] = (case.id, case.way, self.corrections[ref][2] if known else case.correction)
        return Told(ref, "" if case.way is Correction.PRIVATE else f"https://example.org/{ref}")

    async def amend_correction(self, case: Case) -> None:
        of, way, _ = self.corrections[case.correction_ref]
        self.corrections[case.correction_ref] = (of, way, case.correction)

    async def remove_correction(self, case: Case) -> None:
        gone = [ref for ref, (of, *_) in self.corrections.items() if case.correction_ref in ("", ref) and of == case.id]
        for ref in gone:
            del self.corrections[ref]

    async def delete_message(self, case: Case) -> None:
        self.deleted[case.id] = case.key.message

    async def tell_author(self, case: Case, words: str) -> None: ...

    async def escalate(self, case: Case) -> None: ...

    async def remind(self, case: Case, people: Sequence[Person]) -> None: ...

    async def alert_admin(self, words: str) -> None: ...

    async def digest(self, name: str, words: str, picture: bytes | None) -> None: ...


class AnyActs(RuleBasedStateMachine):
    """Members post, edit, delete, report and complain; moderators act; time passes; the process dies."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        folder = tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        self.stack.callback(folder.cleanup)
        self.store: Store = self.runner.run(self.stack.enter_async_context(open_sqlite(Path(folder.name))))
        self.clock, self.place, self.fuse = ManualClock(), Place(), Fuse()
        self.lives = 0
        self.texts: dict[str, str | None] = {}  # what stands in the channel; None: deleted
        self.done: list[tuple[int, Act, str]] = []  # decisions that were acknowledged

    @initialize(policy=st.sampled_from(POLICIES))
    def begin(self, policy: Policy) -> None:
        self.policy = policy
        self._live()
        for name, text in zip("ab", TEXTS[::2], strict=False):
            self.texts[name] = text
            self._try(self._tell(name, text))

    def _live(self) -> None:
        """A new process, which knows only what is in the store."""
        self.fuse.left = None
        self.lives += 1
        store = cast(Store, Mortal(self.store, self.fuse))
        self.moderation = Moderation(
            pack=PACK, screener=WordScreener(), store=store, clock=self.clock, policy=self.policy
        )
        place: Any = Mortal(self.place, self.fuse)
        self.outbox = Outbox(
            store=store,
            moderation=self.moderation,
            notifiers={KEY.platform: place},
            clock=self.clock,
            worker=f"life {self.lives}",
        )

    def _try(self, deed: Any) -> Any:
        """Do it; None where it was refused or the process died, after which a new one lives."""
        try:
            return self.runner.run(deed)
        except Refused:
            return None
        except Killed:
            self.runner.run(self.store.leave(f"life {self.lives}"))  # as others see to, once it no longer beats
            self._live()
            for key, text in self.texts.items():  # the platform tells again what was not acknowledged
                self.runner.run(self._tell(key, text))
            return None

    async def _tell(self, name: str, text: str | None) -> None:
        key = replace(KEY, message=name)
        if text is None:
            await self.moderation.message_deleted(key)
        else:
            await self.moderation.message_posted(message(text, key))

    def _cases(self) -> list[Case]:
        return self.runner.run(self.store.cases(limit=1000))

    # What happens

    @rule(steps=st.integers(0, 25))
    def die_soon(self, steps: int) -> None:
        self.fuse.left = steps

    @rule(name=st.sampled_from("abcde"), text=st.sampled_from(TEXTS))
    def post_or_edit(self, name: str, text: str) -> None:
        if self.texts.get(name, "") is not None:
            self.texts[name] = text
            self._try(self._tell(name, text))

    @precondition(lambda self: len(self.texts) > 2)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.texts)))
        self.texts[name] = None
        self._try(self._tell(name, None))

    @rule(data=st.data(), by=st.sampled_from(MODERATORS), way=st.sampled_from(Correction))
    def decide(self, data: st.DataObject, by: Person, way: Correction) -> None:
        case = self._any_case(data)
        self._decide(self._decision(case, self._any_act(data, case), by, way), case.id)

    @rule(data=st.data(), by=st.sampled_from(MODERATORS), way=st.sampled_from(Correction))
    def decide_and_deliver(self, data: st.DataObject, by: Person, way: Correction) -> None:
        self.decide(data, by, way)
        self.deliver()

    @rule(data=st.data(), way=st.sampled_from(Correction), deliver=st.booleans(), undo=st.booleans())
    def uphold(self, data: st.DataObject, way: Correction, deliver: bool, undo: bool) -> None:
        """The way that most cases go, with a second person where one is needed."""
        case: Case | None = self._any_case(data)
        for act, by in ((Act.UPHOLD, MODERATORS[0]), (Act.CONFIRM, MODERATORS[1]), (Act.UNDO, MODERATORS[2])):
            if case and act in allowed(case, self.policy) and (undo or act is not Act.UNDO):
                case = self._decide(self._decision(case, act, by, way), case.id)
        if deliver:
            self.deliver()

    @rule(data=st.data())
    def make_it_worse(self, data: st.DataObject) -> None:
        """An edit that adds a claim, or takes one away."""
        name = data.draw(st.sampled_from(sorted(n for n in self.texts)))
        if self.texts[name] is not None:
            self.post_or_edit(name, TEXTS[0] if self.texts[name] == TEXTS[2] else TEXTS[2])

    def _any_case(self, data: st.DataObject) -> Case:
        return data.draw(st.sampled_from(self._cases()))

    def _any_act(self, data: st.DataObject, case: Case) -> Act:
        """Mostly what leads on; notes are always possible and would crowd it out."""
        leads = tuple(a for a in allowed(case, self.policy) if a is not Act.NOTE)
        return data.draw(st.sampled_from(leads or (Act.NOTE,)))

    @rule(data=st.data())
    def two_at_once(self, data: st.DataObject) -> None:
        case = self._any_case(data)
        decisions = [self._decision(case, self._any_act(data, case), by, Correction.REPLY) for by in MODERATORS[:2]]

        async def race() -> list[Case]:
            tried = (self.moderation.decide(case.id, d) for d in decisions)
            ended = await asyncio.gather(*tried, return_exceptions=True)
            for end in ended:
                if isinstance(end, Killed):
                    raise end
            return [e for e in ended if isinstance(e, Case)]

        won = self._try(race())
        assert won is None or len(won) <= 1
        for after in won or ():
            self.done.append((case.id, self._last(after).act, self._last(after).by.id))

    @rule(data=st.data(), by=st.sampled_from(MODERATORS), act=st.sampled_from(CHOSEN))
    def click_twice(self, data: st.DataObject, by: Person, act: Act) -> None:
        case = self._any_case(data)
        decision = self._decision(case, act, by, Correction.PRIVATE)
        lives = self.lives
        first, second = self._decide(decision, case.id), self._decide(decision, case.id)
        assert not (first and second)
        assert second is None or self.lives > lives

    @rule(data=st.data(), by=st.sampled_from(MODERATORS))
    def report(self, data: st.DataObject, by: Person) -> None:
        name = data.draw(st.sampled_from(sorted(self.texts)))
        if (text := self.texts[name]) is not None:
            self._try(self.moderation.report(message(text, replace(KEY, message=name)), by, "hm"))

    @rule(data=st.data())
    def complain(self, data: st.DataObject) -> None:
        if cases := [c for c in self._cases() if c.status is Status.UPHELD]:
            self._try(self.moderation.appeal(data.draw(st.sampled_from(cases)).id, MEMBER))

    @rule(data=st.data(), by=st.sampled_from(MODERATORS), act=st.sampled_from(sorted(LISTED)))
    def renew(self, data: st.DataObject, by: Person, act: Act) -> None:
        """Another text for a correction that stands."""
        if cases := [c for c in self._cases() if c.status is Status.UPHELD and c.correction and c.correction_ref]:
            case = data.draw(st.sampled_from(cases))
            text = f"It does not, says {by.name} by now."
            self._decide(Decision(act, by, self.clock.now(), case.version, text=text), case.id)

    @rule(minutes=st.sampled_from((1, 16, 61, 800)))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_time(timedelta(minutes=minutes))
        self._try(self.moderation.release_lapsed())

    @rule()
    def deliver(self) -> None:
        self._try(self.outbox.deliver_due())
        for name in self.place.deleted.values():
            if self.texts[name] is not None:  # the platform tells the bot of its own deed, too
                self.texts[name] = None
                self._try(self._tell(name, None))

    @precondition(lambda self: self.place.notices)
    @rule(data=st.data())
    def delete_a_notice_by_hand(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.place.notices)))
        if self.runner.run(self.store.case_of_notice(KEY.platform, ref)) is None:
            return  # its process died before it could write down which notice it was
        del self.place.notices[ref]
        self.fuse.left = None  # the bot hears of it; what it misses while it is away it sees with the next change
        self._try(self.moderation.notice_removed(KEY.platform, ref))

    # What must hold

    @invariant()
    def every_case_is_legal(self) -> None:
        for case in self._cases():
            self._check_state(case)
            rows = self.runner.run(self.store.history(case.id))
            assert len(rows) == case.version - 1  # each change has one row
            self._check_rows(case, rows)

    @invariant()
    def no_message_has_two_cases(self) -> None:
        assert max(Counter(c.key for c in self._cases()).values(), default=1) == 1

    def teardown(self) -> None:
        try:
            if hasattr(self, "policy"):
                self._settle()
                self._check_world()
        finally:
            self.runner.run(self.stack.aclose())
            self.runner.close()

    def _settle(self) -> None:
        """Two quiet days: leases and snoozes end, and everything that is due is told."""
        self.fuse.left = None
        self.runner.run(self.store.leave(f"life {self.lives}"))
        for _ in range(3):
            self.runner.run(self.moderation.release_lapsed())
            while self.runner.run(self.outbox.deliver_due()):
                self.deliver()
            self.clock.pass_time(DAY)

    def _check_world(self) -> None:
        cases = {c.id: c for c in self._cases()}
        shown = Counter(n.id for n in self.place.notices.values())
        own = {c.id for c in cases.values() if c.notice_ref or not c.folded_into}
        assert shown == Counter(own)
        for notice in self.place.notices.values():
            assert _seen(notice) == _seen(cases[notice.id])
        told = {c.id: (c.way, c.correction) for c in cases.values() if c.correction and c.status is not Status.PROPOSED}
        assert {of: (way, text) for of, way, text in self.place.corrections.values()} == told
        assert len(self.place.corrections) == len(told)
        assert set(self.place.deleted) == {
            c.id for c in cases.values() if c.deletes and c.status is not Status.PROPOSED
        }
        for case in cases.values():
            assert self.texts[case.key.message] is not None or not case.text
        self._check_counters(list(cases.values()))
        rows = {(r.case_id, r.act, r.by.id) for c in cases for r in self.runner.run(self.store.history(c))}
        assert rows >= set(self.done)

    def _check_counters(self, cases: list[Case]) -> None:
        flags = [f for c in cases for f in c.flags]
        decided = Counter(f.misconception for f in flags if f.outcome is not Outcome.PENDING)
        upheld = Counter(f.misconception for f in flags if f.outcome is Outcome.UPHELD)
        records = self.runner.run(self.store.records())
        assert {m: (r.upheld, r.decided) for m, r in records.items()} == {m: (upheld[m], n) for m, n in decided.items()}

    def _check_state(self, case: Case) -> None:
        assert (case.status is Status.TAKEN) == (case.lease_until is not None)
        assert (case.status is Status.SNOOZED) == (case.snoozed_until is not None)
        assert case.status not in (Status.UPHELD, Status.DISMISSED, Status.PROPOSED, Status.APPEALED) or case.decided_by
        assert case.status is not Status.APPEALED or case.appealed
        severe = case.severity in self.policy.two_people
        if case.status is Status.UPHELD and severe and not case.appealed:
            assert case.confirmed_by is not None
            assert case.decided_by is not None
            assert case.confirmed_by.id != case.decided_by.id
        if case.status in (Status.UPHELD, Status.DISMISSED):
            assert Outcome.PENDING not in {f.outcome for f in case.flags}

    def _check_rows(self, case: Case, rows: list[HistoryEntry]) -> None:
        assert all(r.pack_revision == PACK.revision for r in rows)
        times = [r.at for r in rows]
        assert times == sorted(times)
        if case.status is Status.MESSAGE_DELETED:
            assert Act.MESSAGE_DELETED in {r.act for r in rows}

    def _decision(self, case: Case, act: Act, by: Person, way: Correction) -> Decision:
        text = f"It does not, says {by.name}." if act in (Act.UPHOLD, Act.NOTE) else ""
        return Decision(act, by, self.clock.now(), case.version, reason=Reason.JOKE, correction=way, text=text)

    def _decide(self, decision: Decision, case_id: int) -> Case | None:
        after: Case | None = self._try(self.moderation.decide(case_id, decision))
        if after is not None:
            self.done.append((case_id, decision.act, decision.by.id))
        return after

    def _last(self, after: Case) -> HistoryEntry:
        return self.runner.run(self.store.history(after.id))[after.version - 2]


def _seen(case: Case) -> tuple[object, ...]:
    """What a notice shows of a case."""
    return case.version, case.status, case.flags, case.correction, case.holder, case.decided_by


TestAnyActs = pytest.mark.soak(AnyActs.TestCase)
TestAnyActs.settings = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    derandomize="EXPLORE" not in os.environ,  # with EXPLORE=1 other acts are tried each time
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
