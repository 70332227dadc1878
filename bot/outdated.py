"""Posted corrections whose text or sources have changed since: found, amended where they stand, or posted again."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot.core.console import is_shared
from bot.core.evidence import Outdated, outdated
from bot.core.message import Person, Workspace
from bot.core.review import LISTED, Act, Case, Decision, Refused
from bot.moderation import Moderation
from bot.ports import Store

PAGE = 100  # cases read at once
MOST = 1000  # standing corrections that are looked through, the newest first
MOST_TEXT = 2000  # characters that every platform takes in one message


async def outdated_corrections(
    moderation: Moderation, *, of: Workspace | None = None, most: int = MOST
) -> list[Outdated]:
    """Those of the workspace, or of all; the newest case first."""
    found: list[Outdated] = []
    async for case in _standing(moderation.store, of, most):
        stale = outdated(case, moderation.whole)
        if stale is not None and (of is not None or is_shared(case)):
            found.append(stale)
    return found


async def outdated_case(moderation: Moderation, case_id: int) -> Outdated:
    """What is out of date about one case. Raises Refused where nothing is."""
    case = await moderation.case(case_id)
    stale = outdated(case, moderation.whole) if case else None
    if stale is None:
        raise Refused(f"The correction of case {case_id} is as it would be posted today, or no longer stands.")
    if not stale.text:
        raise Refused(
            f"Nothing would be corrected in case {case_id} any more: {stale.why}. Please undo the case; that takes the"
            " correction away."
        )
    return stale


async def renew(
    moderation: Moderation, case_id: int, act: Act, *, by: Person, at: datetime, version: int, text: str
) -> Case:
    """Amend the correction of a case or post it again, with that text. Raises Refused."""
    if act not in LISTED:
        raise Refused("There is no such button.")
    stale = await outdated_case(moderation, case_id)
    chosen = tuple(name for name, _ in stale.case.made_of)
    decision = Decision(act, by, at, version, chosen=chosen, text=text.strip()[:MOST_TEXT])
    return await moderation.decide(case_id, decision)


async def _standing(store: Store, of: Workspace | None, most: int) -> AsyncIterator[Case]:
    before: int | None = None
    while most > 0:
        cases = await store.standing(limit=min(PAGE, most), before=before, of=of)
        for case in cases:
            yield case
        if len(cases) < PAGE:
            return
        before, most = cases[-1].id, most - len(cases)
