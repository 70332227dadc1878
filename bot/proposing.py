"""The service for examples from decisions: moderators propose, an admin approves, the content file is written."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.admins import News
from bot.core import proposals, wording
from bot.core.console import is_shared
from bot.core.message import Person
from bot.core.proposals import Choice, Draft, Proposal
from bot.core.review import Act, Case, Duty, HistoryEntry, Refused
from bot.ports import Clock, Store

log = logging.getLogger(__name__)
NOTICED = {Duty.NOTICE: timedelta()}
MOST_SHOWN, MOST_READ = 10, 200  # proposals in a list, and those looked through for it
Sees = Callable[[Case], bool]  # whether cases like this one are the admin's business
Write = Callable[[Proposal], Awaitable[str]]  # writes it into its file and returns a remark; raises Refused


async def nowhere(proposal: Proposal) -> str:
    """For a process that has no content of its own."""
    raise Refused(wording.NO_CONTENT_FOLDER)


class Proposing:
    """Everything that happens to proposed examples, on any platform. Whoever calls it has checked the rights."""

    def __init__(self, *, store: Store, clock: Clock, write: Write = nowhere) -> None:
        self._store = store
        self._clock = clock
        self._write = write
        self._settling = asyncio.Lock()  # one admin after the other, or a file would hold what another turned down

    async def draft(self, case_id: int, sees: Sees) -> Draft:
        """What the moderator starts from. Raises Refused."""
        case = await self._store.case(case_id)
        if case is None or not sees(case):
            raise Refused(wording.NOTHING_TO_PROPOSE)
        return proposals.draft(case)

    async def propose(self, case_id: int, choice: Choice, text: str, by: Person, sees: Sees) -> Proposal:
        """Keep the words until an admin has looked at them. Raises Refused."""
        while True:
            case = (await self.draft(case_id, sees)).case
            made = proposals.proposed(case, choice, text, by=by, at=self._clock.now())
            if made.misconception in {p.misconception for p in await self._store.proposals_from(case.id)}:
                raise Refused(wording.PROPOSED_ALREADY)
            entry = self._entry(made, Act.EXAMPLE_PROPOSED, by, case.pack_revision)
            if await self._store.save(proposals.touched(case), entry, NOTICED, proposal=made):
                return made  # else somebody changed the case meanwhile

    async def waiting(self, sees: Sees) -> list[Proposal]:
        """What waits for an admin who sees such cases, oldest first."""
        found = await self._store.proposals(limit=MOST_READ)
        return [p for p in found if (case := await self._store.case(p.case_id)) and sees(case)][:MOST_SHOWN]

    async def news(self) -> News:
        """What admins should hear: a number only, because several communities may hear it."""
        shared = await self.waiting(is_shared)
        line = wording.examples_wait(len(shared))
        return News(
            "examples",
            wording.EXAMPLES_NEWS,
            {"examples": line} if shared else {},
            {"examples": str(max((p.id for p in shared), default=0))},
        )

    async def approve(self, number: int, by: Person, sees: Sees) -> str:
        """Write it into its content file; what to tell the admin. Raises Refused: then it goes on waiting."""
        async with self._settling:
            found = await self._found(number, sees)
            remark = await self._write(found)
            await self._settle(found, Act.EXAMPLE_APPROVED, by, sees)
        log.info("an example from case %s was written into the content", found.case_id)
        return f"{wording.EXAMPLE_WRITTEN} {remark}".strip()

    async def reject(self, number: int, by: Person, sees: Sees) -> str:
        """Forget its words; what to tell the admin. Raises Refused."""
        async with self._settling:
            await self._settle(await self._found(number, sees), Act.EXAMPLE_REJECTED, by, sees)
        return wording.EXAMPLE_REJECTED

    async def _settle(self, found: Proposal, act: Act, by: Person, sees: Sees) -> None:
        while True:
            case = await self._store.case(found.case_id)
            assert case is not None  # cases stay for ever
            entry = self._entry(found, act, by, case.pack_revision)
            if await self._store.save(proposals.touched(case), entry, NOTICED, settled=found.id):
                return
            found = await self._found(found.id, sees)  # the case changed; is it still there?

    async def _found(self, number: int, sees: Sees) -> Proposal:
        found = await self._store.proposal(number)
        case = await self._store.case(found.case_id) if found else None
        if found is None or case is None or not sees(case):
            raise Refused(wording.EXAMPLE_GONE)
        return found

    def _entry(self, about: Proposal, act: Act, by: Person, revision: str) -> HistoryEntry:
        return HistoryEntry(about.case_id, act, by, self._clock.now(), proposals.detail(about), revision)
