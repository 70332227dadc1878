"""What moderators see and do in the sandbox: the queue, decisions, and the preview of a correction."""

from collections.abc import Mapping, Sequence

from bot.core.cards import Tally
from bot.core.review import LIFE, UNDECIDED, Act, Case, Correction, Decision, Reason, Refused, Status
from bot.moderation import Moderation
from bot.sandbox.payload import LONGEST_CORRECTION, BadPayload, Payload
from bot.sandbox.people import Visitor
from bot.sandbox.view import Json, case_json
from bot.sandbox.workspace import Workspace

PAGE = 100  # cases read at once
MOST_PAGES = 10
DECIDED_SHOWN = 20


class Desk:
    """The moderators' side of the sandbox. Whoever calls it has checked the role."""

    def __init__(self, workspace: Workspace, moderation: Moderation) -> None:
        self._workspace = workspace
        self._moderation = moderation

    async def queue(self) -> tuple[list[Case], list[Case]]:
        """Cases that wait (snoozed ones last), and the latest that are closed."""
        waiting = sorted(await self._cases(tuple(UNDECIDED)), key=lambda c: c.status is Status.SNOOZED)
        closed = await self._cases(tuple(s for s in Status if s not in UNDECIDED))
        return waiting, sorted(closed, key=lambda c: c.decided_at or c.opened_at, reverse=True)[:DECIDED_SHOWN]

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
