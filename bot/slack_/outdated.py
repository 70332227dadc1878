"""Under `/moderation content` on Slack: posted corrections that are out of date, each with buttons to renew it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core import wording
from bot.core.console import is_shared
from bot.core.evidence import Outdated
from bot.core.review import Act, Refused
from bot.moderation import Moderation
from bot.outdated import MOST_TEXT, outdated_case, renew
from bot.ports import Clock
from bot.slack_ import wording as ours
from bot.slack_.blocks import Block, actions, button, form, section, writing
from bot.slack_.convert import Visit, typed
from bot.slack_.directory import Directory
from bot.slack_.markup import quoted
from bot.slack_.reply import Replies

MOST = 8  # cases with buttons of their own
_PRESSED = re.compile(r"(\d{1,18}):(\d{1,9})")


class Renewals:
    """What moderators do with outdated corrections; each act checks the rights again."""

    def __init__(self, moderation: Moderation, directory: Directory, replies: Replies, clock: Clock) -> None:
        self._moderation, self._directory = moderation, directory
        self._replies, self._clock = replies, clock

    def blocks(self, found: Sequence[Outdated]) -> list[Block]:
        """Each case with its buttons."""
        return [block for stale in found[:MOST] for block in _blocks(stale)]

    async def pressed(self, visit: Visit) -> None:
        """What would be posted today, to be edited and sent. Raises Refused."""
        await self._directory.require_moderator(visit.user)
        seen = _PRESSED.fullmatch(visit.value)
        if seen is None:
            raise Refused(wording.NO_SUCH_BUTTON)
        act = Act(visit.action.removeprefix("renew:"))
        stale = await self._stale(int(seen[1]))
        field = writing(
            "correction", ours.AS_PEOPLE, most=MOST_TEXT, initial=stale.text, hint=wording.SPEAK_OF_THE_CLAIM
        )
        notes = {"case": stale.case.id, "version": int(seen[2]), "act": act}
        title = f"Case {stale.case.id}"
        await self._replies.open(visit, form(title, [field], name="renew", submit=ours.RENEWALS[act], notes=notes))

    async def sent(self, visit: Visit, body: Mapping[str, Any]) -> str:
        """The text was sent."""
        by = await self._directory.require_moderator(visit.user)
        notes = visit.notes or {}
        case_id, act = int(notes["case"]), Act(notes["act"])
        await self._stale(case_id)
        text, now = typed(body, "correction"), self._clock.now()
        await renew(self._moderation, case_id, act, by=by, at=now, version=int(notes["version"]), text=text)
        return ours.RENEWED[act]

    async def _stale(self, case_id: int) -> Outdated:
        case = await self._moderation.case(case_id)
        if case is None or not is_shared(case):
            raise Refused(wording.no_case(case_id))
        return await outdated_case(self._moderation, case_id)


def _blocks(stale: Outdated) -> list[Block]:
    link = f" <{stale.case.correction_link}|message>" if stale.case.correction_link.startswith("https://") else ""
    shown = section(quoted(stale.line) + link)
    if not stale.text:
        return [shown]
    value = f"{stale.case.id}:{stale.case.version}"
    return [
        shown,
        actions(f"renew-{stale.case.id}", [button(f"renew:{a}", w, value) for a, w in ours.RENEWALS.items()]),
    ]
