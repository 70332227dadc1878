"""The service: what happens when a message is posted, edited or deleted, and when a moderator decides."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from bot.core import answers, cards, gaps, reports, trials, wording
from bot.core.evidence import with_evidence
from bot.core.fingerprint import fingerprint
from bot.core.message import Message, MessageKey, Person, Workspace
from bot.core.pack import Pack
from bot.core.review import (
    Act,
    Case,
    Decision,
    Duty,
    Flag,
    HistoryEntry,
    Outcome,
    Policy,
    Refused,
    Report,
    Status,
    decide,
    describe,
    detail,
    duties,
    merge,
)
from bot.core.screening import Finding, Screening
from bot.core.trials import Shown
from bot.core.urgent import UrgentReader
from bot.patience import patient
from bot.ports import (
    LONGEST_WAIT,
    Clock,
    Doubting,
    Impossible,
    ManyWorkspaces,
    Meter,
    NotHere,
    Notifier,
    OutboxEntry,
    Record,
    Store,
    StoreAway,
    Undeliverable,
    Unmetered,
    Unwritable,
)
from bot.trials import Trials

log = logging.getLogger(__name__)
BOT = Person("bot", wording.THE_BOT)
LONGEST_NOTE = 500  # characters of what a reporter says
EVERYWHERE = "everywhere"
KEY = "fingerprint.key"  # in the store: with what fingerprints are made
ALERTED = "alerted"  # in the store: an admin knows that moderators can't be reached
GAPS = "gaps"  # in the store: what people asked that no topic answers
PAUSED = "paused"  # in the store: where screening is switched off
ACTIVE = timedelta(days=1)  # who did something within this time is reminded
APPROVED = (Status.UPHELD, Status.APPEALED)  # only in these is anything told that a moderator has chosen
CALL_AGAIN = timedelta(minutes=15)  # after this, moderators are reminded of somebody who may need help now
NOT_HERE = timedelta(seconds=5)  # at most, until somebody else may try what this process can't reach
SAID_AGAIN = timedelta(hours=1)  # how long an author who repeats a red flag isn't shown the urgent text once more


class Screens(Protocol):
    """What the service needs of a screener."""

    def concerns(self, text: str, *, reply_to: str = "") -> bool: ...

    async def screen(self, text: str, *, reply_to: str = "") -> Screening: ...


class Moderation:
    """Everything that happens to messages and cases, on any platform."""

    def __init__(
        self,
        *,
        pack: Pack,
        screener: Screens,
        store: Store,
        clock: Clock,
        policy: Policy | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._shown = Shown.of(pack)
        self.pack, self.whole = self._shown.live, pack  # what members may see; and with topics that aren't live
        self.held_back: Mapping[str, object] = {}  # misconceptions that are in shadow by themselves, and why
        self.trials = Trials(store, clock)
        self.meter = meter or Unmetered()
        self.policy = policy or Policy()
        self._screener = screener
        self._urgent = UrgentReader(pack.safety.red_flags)
        self.content_problems = ""  # of the files on disk, while an older revision is in force
        self._store = store
        self._clock = clock
        self._news = asyncio.Event()  # set when the outbox may have work
        self._key: bytes | None = None  # of fingerprints; made once for each store
        self._noting = asyncio.Lock()  # one gap after the other, so that none is lost
        self._notices: dict[Workspace, float] = {}  # thresholds of single workspaces
        self._paused: frozenset[str] | None = None  # channels, or EVERYWHERE; None: not read from the store yet

    @property
    def store(self) -> Store:
        """Where everything is kept, for services that stand beside this one."""
        return self._store

    def concerns(self, text: str, *, reply_to: str = "") -> bool:
        """Whether a new message can matter to anything that the service does: microseconds, for all chat.

        Whatever is to be found in messages must say so here; adapters hand on nothing else.
        """
        if self._screener.concerns(text, reply_to=reply_to) or self._urgent.concerns(text):
            return True
        return answers.might_ask(self.pack, text)

    def use(
        self,
        pack: Pack,
        urgent: UrgentReader | None = None,
        *,
        held_back: Mapping[str, object] | None = None,
        shown: Shown | None = None,
    ) -> None:
        """From now on work with this content; cases keep the revision that they were made with.

        `urgent` reads its red flags; where it is not given it is made here, which takes a twentieth of a second.
        Nobody is told of misconceptions that are `held_back`. `shown` is made here, too, where it is not given.
        """
        self._shown, self.held_back = shown or Shown.of(pack), held_back or {}
        self.pack, self.whole = self._shown.live, self._shown.whole
        self._urgent = urgent or UrgentReader(pack.safety.red_flags)

    @patient
    async def message_posted(self, message: Message, *, fresh: bool = False) -> Case | None:
        """Screen a new, edited or repeated message; return its case if it has one.

        `fresh` promises that nobody has looked at the message before, so that the store need not be asked for it.
        """
        urgent = self._urgent.key(message.text) or ""
        if not (urgent and self.policy.urgent_in_pauses) and await self.is_paused(message.key):
            return None
        screening = await self._screener.screen(message.text, reply_to=message.reply_to)
        await self._count(message, screening)
        flags = self._flags(self._live(self._noticed(screening, message.key.home)))
        if fresh and not flags and not urgent:
            await self._maybe_answered(message, screening)
            return None
        known = await self._store.case_of(message.key)
        if known is None:
            mark = await self._mark(message.text)
            earlier = await self._store.repeat_of(message.key)
            if earlier is not None and earlier.fingerprint == mark:
                return earlier
            if earlier is not None:
                await self._store.unfold(message.key)
            if not flags and not urgent:
                await self._maybe_answered(message, screening)
                return None
            case = replace(self._new_case(message, flags), fingerprint=mark, urgent=urgent)
            opened = await self._fold(case) or await self._open(case)
            if opened is not None:
                return opened
            known = await self._store.case_of(message.key)
        assert known is not None
        if not known.text and known.fingerprint == await self._mark(message.text):
            return known  # seen again after its words were purged: they are not kept a second time
        return await self._merge(known, message, flags, urgent)

    def urgent_words(self, text: str) -> str:
        """The urgent text that belongs before any answer to these words; empty where nothing calls for one."""
        return self.pack.safety.urgent.get(self._urgent.key(text) or "", "")

    def offer(self, text: str) -> str | None:
        """The topic whose answer may be offered under the message; None also where something is urgent."""
        topic = answers.offer(self.pack, text)
        return None if topic is None or self._urgent.key(text) else topic

    async def find(self, typed: str) -> tuple[answers.Match, ...]:
        """Topics for what somebody asked the bot, best first; what finds nothing is noted for admins, without names."""
        found = answers.search(self.pack, typed)
        await self._would_answer(typed)
        if not found and not self._urgent.key(typed):
            async with self._noting:
                known = gaps.read(await self._store.recall(GAPS))
                after = gaps.noted(known, typed, self._clock.now().date())
                await self._store.remember(GAPS, gaps.written(after))
        return found

    async def _would_answer(self, typed: str) -> None:
        """Count the topic in shadow that would have been the answer."""
        if self._shown.trying is not self._shown.live:
            best = next(iter(answers.search(self._shown.trying, typed)), None)
            if best and best.score >= answers.SURE and best.topic not in self.pack.topics:
                await self.trials.count({best.topic}, self.whole, self.held_back)

    async def gaps(self) -> list[gaps.Gap]:
        """What was asked lately and no topic answers, the most frequent first."""
        return gaps.often(gaps.fresh(gaps.read(await self._store.recall(GAPS)), self._clock.now().date()))

    @patient
    async def message_deleted(self, key: MessageKey) -> Case | None:
        """Close the message's case, if it has one, and forget its text."""
        case = await self._store.case_of(key)
        if case is None:
            await self._store.unfold(key)
            return None
        if case.status is Status.MESSAGE_DELETED:
            return case
        decision = Decision(Act.MESSAGE_DELETED, BOT, self._clock.now(), case.version)
        try:
            return await self._decide(case.id, decision)
        except Refused:
            newer = await self._store.case(case.id)
            if newer is None or newer.version == case.version:
                raise
            return await self.message_deleted(key)  # a moderator acted at the same moment

    async def channel_deleted(self, platform: str, workspace: str, channel: str) -> int:
        """Close the cases of all messages in the channel and forget their texts; return how many there were."""
        cases = await self._store.channel_cases(platform, workspace, channel)
        for case in cases:
            await self.message_deleted(case.key)
        return len(cases)

    async def report(self, message: Message, reporter: Person, note: str) -> bool:
        """A member's word that the message makes a wrong claim; whether moderators see it now. Raises Refused."""
        now = self._clock.now()
        if reporter.id == message.author.id:
            raise Refused(wording.OWN_MESSAGE)
        reporters = await self._store.reports(message.key)
        if reporter.id in reporters:
            raise Refused(wording.REPORTED_ALREADY)
        if await self._store.reports_by(message.key, reporter.id, now - timedelta(hours=1)) >= (
            self.policy.reports_an_hour
        ):
            raise Refused(wording.REPORTED_A_LOT)
        report = Report(reporter, note.strip()[:LONGEST_NOTE])
        case = await self._store.case_of(message.key)
        if case is not None:
            await self._retold(case, Act.REPORTED, reporter, report.note, report=message.key)
            return True
        platform, workspace = message.key.platform, message.key.workspace
        records = [await self._store.reporter_record(platform, workspace, r) for r in (*reporters, reporter.id)]
        if not reports.open_a_case(records):
            await self._store.report(message.key, reporter.id, now)
            return False
        screening = await self._screener.screen(message.text, reply_to=message.reply_to)
        flags = self._flags(self._live((*screening.findings, *screening.shadows)))
        case = replace(self._new_case(message, flags), reports=(report,), fingerprint=await self._mark(message.text))
        if await self._open(case) is None:
            raise Refused(wording.REPORTED_TOGETHER)
        return True

    async def appeal(self, case_id: int, author: Person) -> Case:
        """The author says that the correction is wrong. Raises Refused."""
        case = await self._store.case(case_id)
        if case is None:
            raise Refused(wording.no_case(case_id))
        return await self.decide(case_id, Decision(Act.APPEAL, author, self._clock.now(), case.version))

    async def correction_for(self, case: Case, chosen: Sequence[str]) -> str:
        """The correction of those claims, exactly as the channel will see it.

        Where the same was corrected in that channel a short while ago, it is linked instead of repeated.
        """
        wanted = set(chosen)
        for earlier in await self._store.corrected(case.key, self._clock.now() - self.policy.quiet):
            upheld = {f.misconception for f in earlier.flags if f.outcome is Outcome.UPHELD}
            if wanted and wanted <= upheld and earlier.id != case.id:
                return cards.pointer_text(earlier.correction_link)
        return cards.correction_text(tuple(chosen), self.pack)

    @patient
    async def notice_removed(self, platform: str, notice_ref: str) -> Case | None:
        """Somebody deleted a notice by hand: it is posted again, or its case closed, as the policy says."""
        case = await self._store.case_of_notice(platform, notice_ref)
        if case is None:
            return None
        now = self._clock.now()
        if self.policy.repost or not case.status.undecided:
            await self._store.owe(case, Duty.NOTICE, now)
            self._news.set()
            return case
        try:
            return await self._decide(case.id, Decision(Act.REMOVED, BOT, now, case.version))
        except Refused:
            newer = await self._store.case(case.id)
            if newer is None or newer.version == case.version:
                raise
            return await self.notice_removed(platform, notice_ref)  # a moderator acted at the same moment

    def set_notice(self, platform: str, workspace: str, notice: float | None) -> None:
        """From which probability on moderators of that workspace see a finding; None: as everywhere."""
        if notice is None:
            self._notices.pop(Workspace(platform, workspace), None)
        else:
            self._notices[Workspace(platform, workspace)] = notice

    async def pause(self, channel: str | None = None, *, of: Workspace | None = None) -> None:
        """Stop screening in one channel ("platform:channel") or, without one, everywhere; it survives restarts.

        With `of`, everywhere is that workspace alone.
        """
        await self._set_paused(await self._pauses() | {_mark_of(channel, of)})

    async def resume(self, channel: str | None = None, *, of: Workspace | None = None) -> None:
        """Screen again, in one channel or everywhere. Raises Refused where a channel alone can't be resumed."""
        paused = await self._pauses()
        if channel and not paused.isdisjoint({EVERYWHERE, _mark_of(None, of)}):
            raise Refused(wording.PAUSED_EVERYWHERE)
        ended = {_mark_of(channel, of)} if channel else {p for p in paused if of is None or p.startswith(_home(of))}
        await self._set_paused(paused - ended - (frozenset() if channel else {EVERYWHERE}))

    async def paused(self, channel: str, of: Workspace) -> str:
        """Where screening is switched off that concerns the channel: everywhere, here, or nowhere (empty)."""
        pauses = await self._pauses()
        if not pauses.isdisjoint({EVERYWHERE, _mark_of(None, of)}):
            return EVERYWHERE
        return "here" if not pauses.isdisjoint({channel, _mark_of(channel, of)}) else ""

    async def is_paused(self, key: MessageKey) -> bool:
        channel = f"{key.platform}:{key.channel}"
        marks = {EVERYWHERE, channel, _mark_of(None, key.home), _mark_of(channel, key.home)}
        return not marks.isdisjoint(await self._pauses())

    async def decide(self, case_id: int, decision: Decision) -> Case:
        """Apply a decision. Raises Refused with words for the person who tried."""
        try:
            return await self._decide(case_id, decision)
        except StoreAway:
            raise Refused(wording.STORE_AWAY) from None

    async def not_told(self, case: Case, why: str, act: Act = Act.NOT_TOLD) -> None:
        """Write on the case what could not be told, whatever moderators do meanwhile. Raises Refused if it is void."""
        told = Decision(act, BOT, self._clock.now(), case.version, text=why)
        try:
            await self._decide(case.id, told)
        except Refused:
            newer = await self._store.case(case.id)
            if newer is None or newer.version == case.version:
                raise
            await self.not_told(newer, why, act)

    async def _decide(self, case_id: int, decision: Decision) -> Case:
        before = await self._store.case(case_id)
        if before is None:
            raise Refused(wording.no_case(case_id))
        decision = with_evidence(decision, before, self.pack)
        after = decide(before, decision, self.policy)
        entry = HistoryEntry(case_id, decision.act, decision.by, decision.at, detail(decision), before.pack_revision)
        if not await self._store.save(after, entry, duties(before, after, decision, self.policy)):
            newer = await self._store.case(case_id) or before
            raise Refused(wording.somebody_was_faster(case_id, describe(newer)))
        self._news.set()
        return after

    async def case(self, case_id: int) -> Case | None:
        return await self._store.case(case_id)

    async def queue(
        self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0, of: Workspace | None = None
    ) -> list[Case]:
        """Cases, most serious first, then oldest first; of one workspace or all."""
        return await self._store.cases(statuses=statuses, limit=limit, offset=offset, of=of)

    async def latest(self, statuses: Sequence[Status], of: Workspace, *, limit: int, offset: int = 0) -> list[Case]:
        """Cases of a workspace with these statuses, the latest decided first."""
        return await self._store.latest(statuses, of, limit=limit, offset=offset)

    async def count(self, statuses: Sequence[Status], of: Workspace, *, most: int) -> int:
        """How many cases of a workspace have one of these statuses, counted up to `most`."""
        return await self._store.count(statuses, of, most=most)

    async def numbers(self, of: Workspace, channel: str, messages: Sequence[str]) -> Mapping[str, int]:
        """The numbers of the cases that those messages have, by message."""
        return await self._store.numbers(of, channel, messages)

    async def history(self, case_id: int) -> list[HistoryEntry]:
        return await self._store.history(case_id)

    async def since(self, age: timedelta, *, limit: int = 5000, of: Workspace | None = None) -> list[Case]:
        """Cases opened within that time, newest first; of one workspace or all."""
        return await self._store.cases_since(self._clock.now() - age, limit=limit, of=of)

    async def of_author(self, platform: str, workspace: str, author_id: str, age: timedelta) -> list[Case]:
        """What that person's messages have led to within that time, newest first."""
        return await self._store.cases_of_author(platform, workspace, author_id, self._clock.now() - age)

    async def records(self) -> Mapping[str, Record]:
        return await self._store.records()

    async def release_lapsed(self) -> None:
        """Give back cases whose lease or snooze has run out."""
        now = self._clock.now()
        for case in await self._store.lapsed(now):
            after = replace(
                case, status=Status.OPEN, holder=None, lease_until=None, snoozed_until=None, version=case.version + 1
            )
            entry = HistoryEntry(case.id, Act.RELEASE, BOT, now, wording.TIME_RAN_OUT, case.pack_revision)
            await self._store.save(after, entry, {Duty.NOTICE: timedelta()})
            self._news.set()

    async def wait_for_news(self) -> None:
        """Return once the outbox may have work."""
        await self._news.wait()
        self._news.clear()

    async def look_again(self) -> None:
        """Learn what another process has changed: where screening is paused."""
        self._paused = await self._read_pauses()

    async def _open(self, case: Case) -> Case | None:
        """Save a new case; None if its message has one already. In a flood it is counted on the last notice."""
        now = self._clock.now()
        # Only up to now: after the clock went back, some cases seem to come from the future.
        last = await self._store.flooded(now - timedelta(minutes=1), now, case.key.home, beyond=self.policy.flood)
        if last is not None and not case.urgent:
            case = replace(case, folded_into=last.folded_into or last.id)
        owed = {Duty.URGENT: timedelta()} if case.urgent else {}
        owed[Duty.NOTICE] = timedelta()
        if self.policy.remind is not None:
            owed[Duty.REMINDER] = min(self.policy.remind, CALL_AGAIN) if case.urgent else self.policy.remind
        opened = await self._store.open_case(case, owed)
        self._news.set()
        return opened

    async def _fold(self, case: Case) -> Case | None:
        """Put the message into the case of one that says the same; None if there is none."""
        age = min(self.policy.fold, SAID_AGAIN) if case.urgent else self.policy.fold
        twin = await self._store.twin(case, self._clock.now() - age)
        if (
            twin is None
            or (case.urgent and twin.author.id != case.author.id)
            or {f.misconception for f in twin.flags} != {f.misconception for f in case.flags}
        ):
            return None
        return await self._retold(twin, Act.REPEATED, case.author, case.link, repeat=case.key)

    async def _maybe_answered(self, message: Message, screening: Screening) -> None:
        """Note on a case that its message was answered by somebody who denies the claim."""
        if message.answers is None or not screening.opposes:
            return
        case = await self._store.case_of(message.answers)
        if case is None or not case.status.undecided or case.answered_by or case.author.id == message.author.id:
            return
        if screening.opposes & {f.misconception for f in case.flags}:
            await self._retold(case, Act.ANSWERED, message.author, message.link)

    async def _retold(
        self,
        case: Case,
        act: Act,
        by: Person,
        text: str,
        *,
        repeat: MessageKey | None = None,
        report: MessageKey | None = None,
    ) -> Case:
        """Something that members did, written on the case; tried again when a moderator was faster."""
        while True:
            decision = Decision(act, by, self._clock.now(), case.version, text=text)
            after = decide(case, decision, self.policy)
            entry = HistoryEntry(case.id, act, by, decision.at, detail(decision), case.pack_revision)
            if await self._store.save(after, entry, {Duty.NOTICE: timedelta()}, repeat=repeat, report=report):
                self._news.set()
                return after
            newer = await self._store.case(case.id)
            assert newer is not None
            case = newer

    async def _count(self, message: Message, screening: Screening) -> None:
        self.meter.message(message.key.platform)
        silent = trials.in_shadow(self.pack, screening.findings, self.held_back)
        if silent:
            await self.trials.count(silent, self.whole, self.held_back)
        for finding in screening.findings:
            self.meter.finding(finding.misconception, shadow=finding.misconception in silent)
        for finding in screening.shadows:
            self.meter.finding(finding.misconception, shadow=True)

    async def _mark(self, text: str) -> str:
        if self._key is None:
            self._key = bytes.fromhex(await self._store.settle(KEY, secrets.token_hex(32)))
        return fingerprint(text, self._key)

    async def _pauses(self) -> frozenset[str]:
        if self._paused is None:
            self._paused = await self._read_pauses()
        return self._paused

    async def _read_pauses(self) -> frozenset[str]:
        return frozenset(json.loads(await self._store.recall(PAUSED) or "[]"))

    async def _set_paused(self, channels: frozenset[str]) -> None:
        await self._store.remember(PAUSED, json.dumps(sorted(channels)))
        self._paused = channels

    def _noticed(self, screening: Screening, home: Workspace) -> tuple[Finding, ...]:
        """What moderators of that workspace want to see."""
        notice = self._notices.get(home)
        if notice is None:
            return screening.findings
        return tuple(f for f in (*screening.findings, *screening.shadows) if f.probability >= notice)

    def _live(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(f for f in findings if trials.is_live(self.pack, f.misconception, self.held_back))

    def _flags(self, findings: Sequence[Finding]) -> tuple[Flag, ...]:
        flags = (Flag.of(f, self.pack.misconceptions[f.misconception].severity) for f in findings)
        return tuple(sorted(flags, key=lambda f: (f.severity.rank, -f.probability)))

    def _new_case(self, message: Message, flags: tuple[Flag, ...]) -> Case:
        return Case(
            key=message.key,
            author=message.author,
            text=message.text,
            place=message.place,
            link=message.link,
            reply_to=message.reply_to,
            opened_at=self._clock.now(),
            flags=flags,
            pack_revision=self.pack.revision,
        )

    async def _merge(self, case: Case, message: Message, flags: tuple[Flag, ...], urgent: str) -> Case | None:
        now = self._clock.now()
        flags = (*flags, *trials.still_said(case, message.text, self.pack, self.held_back))
        alarm = self._urgent.more_serious(case.urgent, urgent)
        after = merge(case, text=message.text, flags=flags, revision=self.pack.revision, urgent=alarm)
        if after == case:
            return case
        act = Act.EDITED if flags or after.urgent else Act.EDITED_AWAY
        entry = HistoryEntry(case.id, act, message.author, now, "", self.pack.revision)
        after = replace(after, fingerprint=await self._mark(message.text))
        if not await self._store.save(after, entry, duties(case, after, None, self.policy)):
            return await self.message_posted(message)  # a moderator acted meanwhile: merge into what they made
        self._news.set()
        return after


class Outbox:
    """Does what cases owe the outside world; a crash at any instant loses nothing and repeats nothing."""

    def __init__(
        self,
        *,
        store: Store,
        moderation: Moderation,
        notifiers: Mapping[str, Notifier],
        clock: Clock,
        worker: str = "this process",
    ) -> None:
        self._store = store
        self._moderation = moderation
        self._notifiers = notifiers
        self._clock = clock
        self._worker = worker  # claims duties; see bot.workers

    async def run(self, *, idle: float = 1.0, alive: Callable[[], None] = lambda: None) -> None:
        """Deliver for ever; `idle` seconds pass at most between looks at what has come due, each told to `alive`."""
        while True:
            alive()
            try:
                await self._round(alive)
            except StoreAway:  # it says so in the log itself; nothing is lost meanwhile
                self._moderation.meter.failed("the outbox", "StoreAway")
            await _first(self._moderation.wait_for_news, self._store.wait_for_work, lambda: self._clock.sleep(idle))

    async def _round(self, alive: Callable[[], None]) -> None:
        await self._moderation.look_again()
        await self._moderation.release_lapsed()
        while await self.deliver_due():
            alive()

    async def deliver_due(self) -> int:
        """Try everything that is due once; return how many duties were done."""
        delivered = 0
        for entry in await self._store.claim(self._worker, self._clock.now(), platforms=list(self._notifiers)):
            delivered += await self._deliver(entry)
        return delivered

    async def _deliver(self, entry: OutboxEntry) -> bool:
        case = await self._store.case(entry.case_id)
        if case is None:
            await self._store.done(entry)
            return False
        notifier = self._notifiers.get(case.key.platform)
        try:
            if notifier is None:
                raise Undeliverable(f"{case.key.platform} is not connected")
            if entry.doubtful and isinstance(notifier, Doubting):
                notifier.doubt(case)
            await self._fulfil(entry, case, notifier)
        except StoreAway:
            raise
        except Impossible as error:
            self._moderation.meter.failed(entry.duty, type(error).__name__)
            await self._give_up(entry, case, str(error))
            return False
        except Undeliverable as error:
            if isinstance(error, Unwritable) and notifier is not None:
                await self._alert(notifier, case, str(error))
            if isinstance(error, NotHere):
                await self._leave(entry, str(error))
            else:
                await self._postpone(entry, type(error).__name__, str(error))
            return False
        except Exception as error:  # an adapter's surprise must not stop the other duties
            log.exception("duty %s of case %s failed: %s", entry.duty, entry.case_id, type(error).__name__)
            await self._postpone(entry, type(error).__name__, "an unexpected error")
            return False
        return True

    async def _fulfil(self, entry: OutboxEntry, case: Case, notifier: Notifier) -> None:
        match entry.duty:
            case Duty.NOTICE:
                await self._show(entry, case, notifier)
            case Duty.URGENT if case.text and (words := self._moderation.pack.safety.urgent.get(case.urgent)):
                await notifier.post_urgent(case, words)
                await self._store.done(entry)
            case Duty.POST_CORRECTION if case.correction and case.status in APPROVED:
                if case.correction_ref:  # undone and upheld again before the removal was told
                    await notifier.remove_correction(case)
                told = await notifier.post_correction(case)
                await self._store.done(entry, correction_ref=told.ref, correction_link=told.link)
            # A post stands, and is to say what was last decided, also while its case is open again.
            case Duty.AMEND_CORRECTION if (
                case.correction and case.correction_ref and case.status is not Status.PROPOSED
            ):
                await notifier.amend_correction(case)
                await self._store.done(entry)
            case Duty.DELETE_MESSAGE if case.deletes and case.status in APPROVED:
                await notifier.delete_message(case)
                await self._store.done(entry)
            case Duty.REMOVE_CORRECTION if not case.correction:
                await notifier.remove_correction(case)
                await self._store.done(entry, correction_ref="", correction_link="")
            case Duty.ESCALATION if case.status is Status.ESCALATED:
                await notifier.escalate(case)
                await self._store.done(entry)
            case Duty.HINT if case.correction and case.status in APPROVED:
                await self._tell_author(case, cards.hint_text(case, self._moderation.policy), notifier)
                await self._store.done(entry)
            case Duty.OUTCOME:
                await self._tell_author(case, cards.outcome_text(case), notifier)
                await self._store.done(entry)
            case Duty.REMINDER if case.status.undecided:
                await notifier.remind(case, await self._store.active(self._clock.now() - ACTIVE, case.key.home))
                await self._store.done(entry)
            case _:  # undone, or decided again, before it could be told
                await self._store.done(entry)

    async def _show(self, entry: OutboxEntry, case: Case, notifier: Notifier) -> None:
        """Show the notice; a case of a flood is counted on the notice that stands for all of them."""
        shown = case
        if case.folded_into and not case.notice_ref:
            shown = await self._store.case(case.folded_into) or case
        folded = await self._store.folded(shown.id)
        ref = await notifier.show(shown, await self._store.records(), folded=folded)
        await self._store.done(entry, notice_ref=ref if shown is case else None)
        if not case.notice_ref:
            self._moderation.meter.noticed(self._clock.now() - case.opened_at)
        if await self._store.recall(_alerted(case)):
            await self._store.remember(_alerted(case), "")

    async def _tell_author(self, case: Case, words: str, notifier: Notifier) -> None:
        try:
            await notifier.tell_author(case, words)
        except Impossible as error:
            log.info("the author of case %s could not be told: %s", case.id, error)

    async def _alert(self, notifier: Notifier, case: Case, why: str) -> None:
        """Tell an admin, once until a notice gets through again, that moderators can't be reached."""
        if await self._store.recall(_alerted(case)):
            return
        words = cards.alert_text(why)
        try:
            if isinstance(notifier, ManyWorkspaces):
                await notifier.alert_admin_of(case.key.workspace, words)
            else:
                await notifier.alert_admin(words)
        except Undeliverable as error:
            log.warning("no admin could be told: %s", error)
        else:
            await self._store.remember(_alerted(case), "yes")

    async def _give_up(self, entry: OutboxEntry, case: Case, why: str) -> None:
        """What can never be told is written down instead, where moderators see it; only then it is forgotten."""
        try:
            act = Act.NOTE if entry.duty is Duty.URGENT else Act.NOT_TOLD  # no decision failed, only a warning
            await self._moderation.not_told(case, why, act)
        except Refused:
            await self._postpone(entry, Refused.__name__, "the case has changed meanwhile")
        else:
            await self._store.done(entry)

    async def _leave(self, entry: OutboxEntry, why: str) -> None:
        """Put back what another process can do, or this one as soon as it is connected; so it never waits for long."""
        if not entry.attempts:
            log.info("duty %s of case %s is left for now: %s", entry.duty, entry.case_id, why)
        wait = min(timedelta(seconds=2 ** min(entry.attempts, 5)), NOT_HERE)
        await self._store.retry(entry, self._clock.now() + wait)

    async def _postpone(self, entry: OutboxEntry, kind: str, why: str) -> None:
        wait = min(timedelta(seconds=2 ** min(entry.attempts, 10)), LONGEST_WAIT)
        self._moderation.meter.failed(entry.duty, kind)
        log.warning("duty %s of case %s waits %s s: %s", entry.duty, entry.case_id, wait.total_seconds(), why)
        await self._store.retry(entry, self._clock.now() + wait)


def _home(of: Workspace) -> str:
    return f"{of.platform}:{of.id}:"


def _mark_of(channel: str | None, of: Workspace | None) -> str:
    """What is kept about a pause of that channel, or of everything there is."""
    if of is None:
        return channel or EVERYWHERE
    return f"{_home(of)}{channel or '*'}"


def _alerted(case: Case) -> str:
    """Where it is kept that an admin of the case's workspace knows."""
    return f"{ALERTED}.{case.key.platform}.{case.key.workspace}"


async def _first(*waits: Callable[[], Coroutine[None, None, None]]) -> None:
    """Return when the first of the waits does; the others are cancelled."""
    tasks = [asyncio.create_task(w()) for w in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
