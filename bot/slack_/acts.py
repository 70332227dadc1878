"""The buttons and forms of cases. Their state is in the store and in their values, so they survive restarts."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core import cards, wording
from bot.core.cards import ACT_WORDS
from bot.core.console import is_shared
from bot.core.review import Act, Case, Correction, Decision, Reason, Refused, Status, describe
from bot.moderation import Moderation
from bot.ports import Clock
from bot.slack_ import wording as ours
from bot.slack_.blocks import (
    MOST_OPTIONS,
    Block,
    actions,
    button,
    cut,
    form,
    option,
    section,
    several,
    words_form,
    writing,
)
from bot.slack_.convert import Visit, typed
from bot.slack_.directory import Directory
from bot.slack_.examples import Examples
from bot.slack_.markup import quoted, with_links
from bot.slack_.render import BUTTONS, EXAMPLE, HISTORY, MENU, notice_blocks, summary
from bot.slack_.reply import Replies

PRESSED = frozenset({*BUTTONS, *MENU, Act.UNDO, Act.DELETE})  # dismissing is chosen, with its reason
_PRESSED = re.compile(r"(?P<what>[a-z_]+):(?P<case>\d{1,18}):(?P<version>\d{1,9})")
SNOOZE = timedelta(hours=1)
LONGEST = 2000  # characters of a correction
LONGEST_NOTE = 500
WAYS = {"post": Correction.REPLY, "private": Correction.PRIVATE, "record": Correction.RECORD}
LABELS = {"post": ours.POST, "edit": ours.EDIT, "private": ours.PRIVATE, "record": ours.RECORD}


class Acts:
    """What moderators do with cases, and authors with corrections; each act checks the rights again."""

    def __init__(
        self, moderation: Moderation, directory: Directory, replies: Replies, examples: Examples, clock: Clock
    ) -> None:
        self._moderation = moderation
        self._examples = examples
        self._directory = directory
        self._replies = replies
        self._clock = clock
        self._steps: Mapping[str, Callable[[Visit, Case], Awaitable[None]]] = {
            Act.UPHOLD: self._ask_uphold,
            Act.NOTE: self._ask_note,
            HISTORY: self._history,
            EXAMPLE: self._example,
        }

    async def clicked(self, visit: Visit) -> None:
        """A button, a reason or a menu entry of a case. Raises Refused."""
        act, case_id, version = _act_of(visit)
        person = await self._directory.require_moderator(visit.user)
        if act in self._steps:
            await self._steps[act](visit, await self._case(case_id, None if act in (HISTORY, EXAMPLE) else version))
            return
        reason = Reason(act) if act in set(Reason) else None
        chosen = Act.DISMISS if reason else Act(act)
        decision = Decision(act=chosen, by=person, at=self._clock.now(), expected_version=version, reason=reason)
        if decision.act is Act.SNOOZE:
            decision = replace(decision, until=decision.at + SNOOZE)
        await self._case(case_id, None)
        after = await self._moderation.decide(case_id, decision)
        if visit.in_form:  # the notice changes through the outbox; a case shown elsewhere changes here
            await self._replies.turn(visit, await self.case_form(after))
        elif visit.alone:
            await self._replies.replace(visit, await self.case_blocks(after), summary(after))
        elif after.status is Status.PROPOSED:
            await self._replies.tell(visit, ours.NEEDS_TWO)

    async def chose_flags(self, visit: Visit) -> None:
        """Other claims were chosen in the form for upholding: its preview follows."""
        await self._directory.require_moderator(visit.user)
        case = await self._noted_case(visit)
        await self._replies.turn(visit, await self._uphold_form(case, sum(1 << int(v) for v in visit.values)))

    async def upheld(self, visit: Visit) -> None:
        """One of the ways under the preview."""
        await self._directory.require_moderator(visit.user)
        case = await self._noted_case(visit)
        chosen = _chosen(case, _notes(visit)["mask"])
        text = await self._moderation.correction_for(case, chosen)
        if visit.value == "edit":
            await self._replies.open(visit, _edit_form(case, _notes(visit)["mask"], text))
            return
        done = await self._uphold(visit, case, chosen, WAYS[visit.value], text)
        await self._replies.turn(visit, words_form(ours.TITLE, done))

    async def corrected(self, visit: Visit, body: Mapping[str, Any]) -> str:
        """The edited correction was sent."""
        await self._directory.require_moderator(visit.user)
        case = await self._noted_case(visit)
        chosen = _chosen(case, _notes(visit)["mask"])
        return await self._uphold(visit, case, chosen, Correction.REPLY, typed(body, "correction"))

    async def noted(self, visit: Visit, body: Mapping[str, Any]) -> str:
        """A note was sent."""
        person = await self._directory.require_moderator(visit.user)
        notes = _notes(visit)
        decision = Decision(
            act=Act.NOTE,
            by=person,
            at=self._clock.now(),
            expected_version=notes["version"],
            text=typed(body, "note")[:LONGEST_NOTE],
        )
        await self._moderation.decide(notes["case"], decision)
        return "Noted."

    async def appealed(self, visit: Visit) -> None:
        """The button under a correction."""
        await self._moderation.appeal(int(visit.value), await self._directory.person(visit.user))
        await self._replies.tell(visit, ours.APPEALED)

    async def case_form(self, case: Case) -> Block:
        """The case with its buttons, in a form."""
        return form(f"Case {case.id}", await self.case_blocks(case))

    async def case_blocks(self, case: Case) -> list[Block]:
        records, policy = await self._moderation.records(), self._moderation.policy
        return notice_blocks(cards.notice(case, self._moderation.pack, records, policy), case, policy)

    async def _ask_uphold(self, visit: Visit, case: Case) -> None:
        await self._replies.open(visit, await self._uphold_form(case, (1 << len(case.flags)) - 1))

    async def _ask_note(self, visit: Visit, case: Case) -> None:
        fields = [writing("note", ours.NOTE_FIELD, most=LONGEST_NOTE)]
        notes = {"case": case.id, "version": case.version}
        await self._replies.open(visit, form(ours.NOTE_FORM, fields, name="note", submit=ours.NOTE, notes=notes))

    async def _history(self, visit: Visit, case: Case) -> None:
        rows = [
            f"{ours.time(int(e.at.timestamp()))} {quoted(e.by.name)}: {ACT_WORDS[e.act]}"
            + (f" ({quoted(cards.shorten(e.detail, 150))})" if e.detail else "")
            for e in await self._moderation.history(case.id)
        ]
        words = ours.NO_HISTORY
        if rows:
            words = "\n".join([*rows[-12:], ours.revision(case.pack_revision[:12])])
        await self._replies.open(visit, form(ours.history(case.id), [section(words)]))

    async def _example(self, visit: Visit, case: Case) -> None:
        await self._examples.begin(visit, case.id)

    async def _uphold_form(self, case: Case, mask: int) -> Block:
        """The correction exactly as the channel will see it, with the choices that lead on."""
        text = await self._moderation.correction_for(case, _chosen(case, mask))
        parts: list[Block] = []
        if len(case.flags) > 1:
            options = [option(f.misconception, str(i)) for i, f in enumerate(case.flags[:MOST_OPTIONS])]
            chosen = [o for i, o in enumerate(options) if mask >> i & 1]
            parts.append(
                section(ours.WHICH_CLAIMS, several("uphold:flags", ours.CHOOSE, options, chosen))
                | {"block_id": f"flags-{mask}"}  # a new name makes Slack show the new choice
            )
        preview = with_links(text) if text else ours.NOTHING_YET
        ways = [
            button(f"uphold:{way}", LABELS[way], way, style="danger" if way == "post" else None)
            for way in (LABELS if text else ("edit", "record"))
        ]
        parts += [section(ours.CHANNEL_WILL_SEE), section(preview), actions("ways", ways)]
        notes = {"case": case.id, "version": case.version, "mask": mask}
        return form(ours.uphold(case.id), parts, name="uphold", notes=notes)

    async def _uphold(self, visit: Visit, case: Case, chosen: tuple[str, ...], way: Correction, text: str) -> str:
        decision = Decision(
            act=Act.UPHOLD,
            by=await self._directory.person(visit.user),
            at=self._clock.now(),
            expected_version=case.version,
            chosen=chosen,
            correction=way,
            text=cut(text, LONGEST),
        )
        after = await self._moderation.decide(case.id, decision)
        return ours.NEEDS_TWO if after.status is Status.PROPOSED else ours.UPHELD[way]

    async def _noted_case(self, visit: Visit) -> Case:
        return await self._case(_notes(visit)["case"], _notes(visit)["version"])

    async def _case(self, case_id: int, version: int | None) -> Case:
        """The case as the moderator saw it. Raises Refused if it has changed since."""
        case = await self._moderation.case(case_id)
        if case is None or not is_shared(case):
            raise Refused(wording.no_case(case_id))
        if version is not None and case.version != version:
            raise Refused(ours.changed(case_id, describe(case)))
        return case


def _act_of(visit: Visit) -> tuple[str, int, int]:
    """The act (for a dismissal: its reason), the case and the version that somebody saw. Raises Refused."""
    name = visit.action.removeprefix("case:")
    found = _PRESSED.fullmatch(visit.value if name in ("more", Act.DISMISS) else f"{name}:{visit.value}")
    if found is None or found["what"] not in (set(Reason) if name == Act.DISMISS else PRESSED | {HISTORY, EXAMPLE}):
        raise Refused(wording.NO_SUCH_BUTTON)
    return found["what"], int(found["case"]), int(found["version"])


def _notes(visit: Visit) -> Mapping[str, Any]:
    return visit.notes or {}


def _edit_form(case: Case, mask: int, text: str) -> Block:
    fields = [writing("correction", ours.AS_THE_CHANNEL, most=LONGEST, initial=text, hint=wording.SPEAK_OF_THE_CLAIM)]
    notes = {"case": case.id, "version": case.version, "mask": mask}
    return form(ours.CORRECTION_FORM, fields, name="correction", submit=ours.POST, notes=notes)


def _chosen(case: Case, mask: int) -> tuple[str, ...]:
    return tuple(f.misconception for i, f in enumerate(case.flags) if mask >> i & 1)
