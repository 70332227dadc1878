"""What moderators see and do in the sandbox: the queue, decisions, and the preview of a correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.cards import Tally
from bot.core.console import SHOWN, Show
from bot.core.message import Workspace as Home
from bot.core.review import LIFE, UNDECIDED, Act, Case, Correction, Decision, Reason, Refused, Status
from bot.core.wording import no_case
from bot.moderation import Moderation
from bot.sandbox import wording
from bot.sandbox.payload import LONGEST_CORRECTION, BadPayload, Payload
from bot.sandbox.people import Visitor
from bot.sandbox.posts import CHANNEL, Post
from bot.sandbox.view import Json, case_json
from bot.sandbox.workspace import PLATFORM, Workspace

CLOSED = tuple(s for s in Status if s not in UNDECIDED)
ORDER = (UNDECIDED - {Status.SNOOZED}, frozenset({Status.SNOOZED}), frozenset(CLOSED))  # as they are listed
MOST_LISTED = 500  # cases of a kind that can be turned to page by page
CASES_SHOWN = 20  # on one page of the queue


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, and what stands around it."""

    cases: Sequence[Case]
    closed: Sequence[Case]  # the latest that are closed; only beside those that wait
    page: int
    pages: int
    waits: int  # how many wait, whatever is shown, counted up to MOST_LISTED


class Desk:
    """The moderators' side of the sandbox. Whoever calls it has checked the role."""

    def __init__(self, workspace: Workspace, moderation: Moderation) -> None:
        self._workspace = workspace
        self._moderation = moderation

    async def queue(self, show: Show = Show.WAITING, page: int = 1, number: int | None = None) -> Listing:
        """Those cases, or the one with that number: waiting ones first (snoozed ones last), then the latest closed."""
        waits = await self._count(tuple(sorted(UNDECIDED)))
        if number:
            case = await self._moderation.case(number)
            found = [case] if case is not None and self._workspace.owns(case) else []
            return Listing(cases=found, closed=(), page=1, pages=1, waits=waits)
        shelves = [statuses for order in ORDER if (statuses := tuple(s for s in SHOWN[show] if s in order))]
        counts = [await self._count(statuses) for statuses in shelves]
        pages = max(1, -(-sum(counts) // CASES_SHOWN))
        page = min(page, pages)
        return Listing(
            cases=await self._page(shelves, counts, (page - 1) * CASES_SHOWN),
            closed=await self._latest(CLOSED, CASES_SHOWN, 0) if show is Show.WAITING else (),
            page=page,
            pages=pages,
            waits=waits,
        )

    async def numbers(self, posts: Sequence[Post]) -> Mapping[str, int]:
        """The numbers of the cases that those posts have, by post."""
        return await self._moderation.numbers(self._home, CHANNEL, [str(post.id) for post in posts])

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
            raise BadPayload(wording.no_act(act))
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
            raise Refused(no_case(case_id))
        return case

    async def _page(self, shelves: Sequence[tuple[Status, ...]], counts: Sequence[int], start: int) -> list[Case]:
        """A page that begins so far down, from one shelf after the other."""
        found: list[Case] = []
        for statuses, count in zip(shelves, counts, strict=True):
            left = CASES_SHOWN - len(found)
            if left > 0 and start < count:
                read = self._latest if statuses[0] in CLOSED else self._first
                found += await read(statuses, left, start)
            start = max(0, start - count)
        return found

    async def _first(self, statuses: tuple[Status, ...], limit: int, offset: int) -> list[Case]:
        return await self._moderation.queue(statuses=statuses, limit=limit, offset=offset, of=self._home)

    async def _latest(self, statuses: tuple[Status, ...], limit: int, offset: int) -> list[Case]:
        return await self._moderation.latest(statuses, self._home, limit=limit, offset=offset)

    async def _count(self, statuses: tuple[Status, ...]) -> int:
        return await self._moderation.count(statuses, self._home, most=MOST_LISTED)

    @property
    def _home(self) -> Home:
        """The workspace in the service's words: other platforms share the store."""
        return Home(PLATFORM, self._workspace.id)


def _check_complete(decision: Decision, case: Case) -> None:
    if decision.act is Act.UPHOLD and case.flags and not decision.chosen:
        raise BadPayload(wording.CHOOSE_A_CLAIM)
    if decision.act is Act.NOTE and not decision.text.strip():
        raise BadPayload(wording.EMPTY_NOTE)
