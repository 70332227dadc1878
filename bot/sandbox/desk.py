"""What moderators see and do in the sandbox: the queue, decisions, and the preview of a correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.cards import Tally
from bot.core.console import SHOWN, Show
from bot.core.review import LIFE, UNDECIDED, Act, Case, Correction, Decision, Reason, Refused, Status
from bot.moderation import Moderation
from bot.sandbox.payload import LONGEST_CORRECTION, BadPayload, Payload
from bot.sandbox.people import Visitor
from bot.sandbox.view import Json, case_json
from bot.sandbox.workspace import Workspace

PAGE = 100  # cases read at once
MOST_PAGES = 10
CASES_SHOWN = 20  # on one page of the queue


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, and what stands around it."""

    cases: Sequence[Case]
    closed: Sequence[Case]  # the latest that are closed; only beside those that wait
    page: int
    pages: int
    waits: int  # how many wait, whatever is shown
    numbers: Mapping[str, int]  # case numbers by message, for the channel


class Desk:
    """The moderators' side of the sandbox. Whoever calls it has checked the role."""

    def __init__(self, workspace: Workspace, moderation: Moderation) -> None:
        self._workspace = workspace
        self._moderation = moderation

    async def queue(self, show: Show = Show.WAITING, page: int = 1, number: int | None = None) -> Listing:
        """Those cases, or the one with that number: waiting ones first (snoozed ones last), then the latest closed."""
        waiting = sorted(await self._cases(tuple(UNDECIDED)), key=lambda c: c.status is Status.SNOOZED)
        known = {c.id for c in waiting}  # a case that was decided between the two looks counts as it was at first
        closed = [c for c in await self._cases(tuple(s for s in Status if s not in UNDECIDED)) if c.id not in known]
        closed.sort(key=lambda c: c.decided_at or c.opened_at, reverse=True)
        everything = [*waiting, *closed]
        wanted = [c for c in everything if (c.id == number if number else c.status in SHOWN[show])]
        pages = max(1, -(-len(wanted) // CASES_SHOWN))
        start = (min(page, pages) - 1) * CASES_SHOWN
        beside = show is Show.WAITING and not number
        return Listing(
            cases=wanted[start : start + CASES_SHOWN],
            closed=closed[:CASES_SHOWN] if beside else (),
            page=min(page, pages),
            pages=pages,
            waits=len(waiting),
            numbers={c.key.message: c.id for c in everything},
        )

    async def cards(self, cases: Sequence[Case]) -> list[Json]:
        """The cases as the page shows them."""
        records: Mapping[str, Tally] = await self._moderation.records()
        pack = self._moderation.pack
        policy = self._moderation.policy
        return [case_json(c, pack, records, policy, await self._moderation.history(c.id)) for c in cases]

    async def act(self, visitor: Visitor, payload: Payload) -> Case:
        """Do what a moderator chose. Raises Refused, or BadPayload."""
        case = await self._own_case(payload.number("case"))
        decision = self._decision(visitor, payload, case)
        after = await self._moderation.decide(case.id, decision)
        self._workspace.feed.publish()
        return after

    async def preview(self, payload: Payload) -> str:
        """The correction of the chosen flags, as the channel would see it."""
        case = await self._own_case(payload.number("case"))
        flagged = {f.misconception for f in case.flags}
        chosen = tuple(m for m in payload.words("chosen") if m in flagged)
        return await self._moderation.correction_for(case, chosen)

    def _decision(self, visitor: Visitor, payload: Payload, case: Case) -> Decision:
        act = payload.choice("act", Act)
        if act in LIFE:
            raise BadPayload(f"“{act}” is not something that moderators do.")
        decision = Decision(
            act=act,
            by=visitor.person,
            at=self._workspace.clock.now(),
            expected_version=payload.number("version"),
            chosen=payload.words("chosen"),
            reason=payload.optional_choice("reason", Reason),
            correction=payload.optional_choice("correction", Correction) or Correction.RECORD,
            text=payload.optional_text("text", longest=LONGEST_CORRECTION),
        )
        _check_complete(decision, case)
        return decision

    async def _own_case(self, case_id: int) -> Case:
        case = await self._moderation.case(case_id)
        if case is None or not self._workspace.owns(case):
            raise Refused(f"There is no case {case_id}.")
        return case

    async def _cases(self, statuses: tuple[Status, ...]) -> list[Case]:
        """The workspace's own cases with these statuses; other platforms share the store."""
        found: list[Case] = []
        for page in range(MOST_PAGES):
            cases = await self._moderation.queue(statuses=statuses, limit=PAGE, offset=page * PAGE)
            found += [c for c in cases if self._workspace.owns(c)]
            if len(cases) < PAGE:
                break
        return found


def _check_complete(decision: Decision, case: Case) -> None:
    if decision.act is Act.UPHOLD and case.flags and not decision.chosen:
        raise BadPayload("Please choose at least one claim to uphold.")
    if decision.act is Act.NOTE and not decision.text.strip():
        raise BadPayload("A note needs some text.")
