"""What is kept about people, and for how long: words go when nobody needs them, people when they ask."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.core import audit, personal, wording
from bot.core.message import Person
from bot.core.proposals import Proposal
from bot.core.review import Act, Case, Decision, Duty, HistoryEntry, decide, duties, erased
from bot.ports import Clock, Store

log = logging.getLogger(__name__)
BOT = Person("bot", wording.THE_BOT)
LOOK = 20.0  # seconds between looks for words that nobody needs any more
NOTICED = {Duty.NOTICE: timedelta()}


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is kept about one person."""

    person_id: str
    cases: tuple[Case, ...]
    acts: tuple[HistoryEntry, ...]
    examples: tuple[Proposal, ...] = ()  # that wait: from their messages, or proposed by them

    @property
    def lines(self) -> list[str]:
        return personal.summary(self.person_id, self.cases, self.acts, self.examples)

    @property
    def as_json(self) -> str:
        return personal.as_json(self.person_id, self.cases, self.acts, self.examples)


class Privacy:
    """Purges, shows and erases; every change goes through the store's versions and the outbox like any other."""

    def __init__(self, *, store: Store, clock: Clock, keep_text: timedelta) -> None:
        self.keep_text = keep_text
        self._store = store
        self._clock = clock

    async def run(self, alive: Callable[[], None] = lambda: None) -> None:
        """Purge for ever."""
        while True:
            alive()
            await self.purge()
            await self._clock.sleep(LOOK)

    async def purge(self) -> int:
        """Delete the words of cases that were closed long enough ago; return how many cases that were."""
        purged = 0
        while found := await self._store.closed_before(self._clock.now() - self.keep_text):
            done = [await self._purge(case) for case in found]
            purged += sum(done)
            if not any(done):
                break  # somebody changes the same cases right now; the next look finds them
        return purged

    async def kept(self, platform: str, person_id: str) -> Kept:
        """What is kept about the person."""
        cases = await self._store.cases_with(platform, person_id)
        examples = await self._store.proposals_about(platform, person_id)
        return Kept(person_id, tuple(cases), tuple(await self._store.acts_of(platform, person_id)), tuple(examples))

    async def erase(self, platform: str, person_id: str) -> str:
        """Forget the person; return the pseudonym that stands in their place. Doing it again does no harm."""
        key = await self._store.audit_key()
        pseudonym = audit.ERASED + audit.mark(f"{platform}:{person_id}", key)[:12]
        for case in await self._store.cases_with(platform, person_id):
            await self._erase(case, person_id, pseudonym)
        await self._store.forget(platform, person_id, pseudonym)
        log.info("a person was erased on %s; %s stands in their place", platform, pseudonym)
        return pseudonym

    async def _purge(self, case: Case) -> bool:
        decision = Decision(Act.PURGED, BOT, self._clock.now(), case.version)
        after = decide(case, decision)
        return await self._store.save(after, self._entry(case, Act.PURGED), duties(case, after, decision))

    async def _erase(self, case: Case | None, person_id: str, pseudonym: str) -> None:
        while case is not None:
            after = erased(case, person_id, pseudonym)
            if await self._store.save(after, self._entry(case, Act.ERASED), NOTICED):
                return
            case = await self._store.case(case.id)  # a moderator was faster

    def _entry(self, case: Case, act: Act) -> HistoryEntry:
        return HistoryEntry(case.id, act, BOT, self._clock.now(), "", case.pack_revision)
