"""The service: what happens when a message is posted, edited or deleted, and when a moderator decides."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from bot.core.message import Message, MessageKey, Person
from bot.core.pack import Pack, Stage
from bot.core.review import (
    Act,
    Case,
    Decision,
    Duty,
    Flag,
    HistoryEntry,
    Policy,
    Refused,
    Status,
    decide,
    detail,
    duties,
    merge,
)
from bot.core.screening import Finding, Screening
from bot.ports import Clock, Impossible, Notifier, OutboxEntry, Record, Store, Undeliverable

log = logging.getLogger(__name__)
BOT = Person("bot", "the bot")
LONGEST_WAIT = timedelta(minutes=10)


class Screens(Protocol):
    """What the service needs of a screener."""

    async def screen(self, text: str, *, reply_to: str = "") -> Screening: ...


class Moderation:
    """Everything that happens to messages and cases, on any platform."""

    def __init__(
        self, *, pack: Pack, screener: Screens, store: Store, clock: Clock, policy: Policy | None = None
    ) -> None:
        self.pack = pack
        self.policy = policy or Policy()
        self._screener = screener
        self._store = store
        self._clock = clock
        self._news = asyncio.Event()  # set when the outbox may have work

    async def message_posted(self, message: Message) -> Case | None:
        """Screen a new, edited or repeated message; return its case if it has one."""
        screening = await self._screener.screen(message.text, reply_to=message.reply_to)
        findings = self._live(screening.findings)
        known = await self._store.case_of(message.key)
        if known is None and not findings:
            return None
        flags = self._flags(findings)
        if known is None:
            opened = await self._store.open_case(self._new_case(message, flags))
            if opened is not None:
                self._news.set()
                return opened
            known = await self._store.case_of(message.key)
        assert known is not None
        return await self._merge(known, message, flags)

    async def message_deleted(self, key: MessageKey) -> Case | None:
        """Close the message's case, if it has one, and forget its text."""
        case = await self._store.case_of(key)
        if case is None or case.status is Status.MESSAGE_DELETED:
            return case
        decision = Decision(Act.MESSAGE_DELETED, BOT, self._clock.now(), case.version)
        return await self.decide(case.id, decision)

    async def decide(self, case_id: int, decision: Decision) -> Case:
        """Apply a decision. Raises Refused with words for the person who tried."""
        before = await self._store.case(case_id)
        if before is None:
            raise Refused(f"There is no case {case_id}.")
        after = decide(before, decision, self.policy)
        entry = HistoryEntry(case_id, decision.act, decision.by, decision.at, detail(decision), before.pack_revision)
        if not await self._store.save(after, entry, duties(before, after, decision)):
            raise Refused(f"Somebody else was faster with case {case_id}. Please look again; nothing was done.")
        self._news.set()
        return after

    async def case(self, case_id: int) -> Case | None:
        return await self._store.case(case_id)

    async def queue(self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0) -> list[Case]:
        """Cases, most serious first, then oldest first."""
        return await self._store.cases(statuses=statuses, limit=limit, offset=offset)

    async def history(self, case_id: int) -> list[HistoryEntry]:
        return await self._store.history(case_id)

    async def records(self) -> Mapping[str, Record]:
        return await self._store.records()

    async def release_lapsed(self) -> None:
        """Give back cases whose lease or snooze has run out."""
        now = self._clock.now()
        for case in await self._store.lapsed(now):
            after = replace(
                case, status=Status.OPEN, holder=None, lease_until=None, snoozed_until=None, version=case.version + 1
            )
            entry = HistoryEntry(case.id, Act.RELEASE, BOT, now, "time ran out", case.pack_revision)
            await self._store.save(after, entry, (Duty.NOTICE,))
            self._news.set()

    async def wait_for_news(self) -> None:
        """Return once the outbox may have work."""
        await self._news.wait()
        self._news.clear()

    def _live(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        known = self.pack.misconceptions
        return tuple(f for f in findings if f.misconception in known and known[f.misconception].stage is Stage.LIVE)

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

    async def _merge(self, case: Case, message: Message, flags: tuple[Flag, ...]) -> Case | None:
        now = self._clock.now()
        after = merge(case, text=message.text, flags=flags, revision=self.pack.revision)
        if after == case:
            return case
        act = Act.EDITED if flags else Act.EDITED_AWAY
        entry = HistoryEntry(case.id, act, message.author, now, "", self.pack.revision)
        if not await self._store.save(after, entry, (Duty.NOTICE,)):
            return await self.message_posted(message)  # a moderator acted meanwhile: merge into what they made
        self._news.set()
        return after


class Outbox:
    """Does what cases owe the outside world; a crash at any instant loses nothing and repeats nothing."""

    def __init__(
        self, *, store: Store, moderation: Moderation, notifiers: Mapping[str, Notifier], clock: Clock
    ) -> None:
        self._store = store
        self._moderation = moderation
        self._notifiers = notifiers
        self._clock = clock

    async def run(self, *, idle: float = 1.0, alive: Callable[[], None] = lambda: None) -> None:
        """Deliver for ever; `idle` seconds pass at most between looks at what has come due, each told to `alive`."""
        while True:
            alive()
            await self._moderation.release_lapsed()
            await self.deliver_due()
            await _first(self._moderation.wait_for_news, lambda: self._clock.sleep(idle))

    async def deliver_due(self) -> int:
        """Try everything that is due once; return how many duties were done."""
        delivered = 0
        for entry in await self._store.due(self._clock.now()):
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
            await self._fulfil(entry, case, notifier)
        except Impossible as error:
            await self._give_up(entry, case, str(error))
            return False
        except Undeliverable as error:
            await self._postpone(entry, str(error))
            return False
        except Exception as error:  # an adapter's surprise must not stop the other duties
            log.exception("duty %s of case %s failed: %s", entry.duty, entry.case_id, type(error).__name__)
            await self._postpone(entry, type(error).__name__)
            return False
        return True

    async def _fulfil(self, entry: OutboxEntry, case: Case, notifier: Notifier) -> None:
        match entry.duty:
            case Duty.NOTICE:
                ref = await notifier.show(case, await self._store.records())
                await self._store.done(entry, notice_ref=ref)
            case Duty.POST_CORRECTION if case.correction:
                if case.correction_ref:  # undone and upheld again before the removal was told
                    await notifier.remove_correction(case)
                ref = await notifier.post_correction(case)
                await self._store.done(entry, correction_ref=ref)
            case Duty.DELETE_MESSAGE if case.deletes:
                await notifier.delete_message(case)
                await self._store.done(entry)
            case Duty.REMOVE_CORRECTION if not case.correction:
                await notifier.remove_correction(case)
                await self._store.done(entry, correction_ref="")
            case _:  # undone, or decided again, before it could be told
                await self._store.done(entry)

    async def _give_up(self, entry: OutboxEntry, case: Case, why: str) -> None:
        """What can never be told is written down instead, where moderators see it."""
        await self._store.done(entry)
        try:
            told = Decision(Act.NOT_TOLD, BOT, self._clock.now(), case.version, text=why)
            await self._moderation.decide(case.id, told)
        except Refused:
            log.info("duty %s of case %s is void: the case has changed", entry.duty, entry.case_id)

    async def _postpone(self, entry: OutboxEntry, why: str) -> None:
        wait = min(timedelta(seconds=2 ** min(entry.attempts, 10)), LONGEST_WAIT)
        log.warning("duty %s of case %s waits %s s: %s", entry.duty, entry.case_id, wait.total_seconds(), why)
        await self._store.retry(entry, self._clock.now() + wait)


async def _first(*waits: Callable[[], Coroutine[None, None, None]]) -> None:
    """Return when the first of the waits does; the others are cancelled."""
    tasks = [asyncio.create_task(w()) for w in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
