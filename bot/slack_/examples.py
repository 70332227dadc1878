"""Examples from decisions on Slack: proposed from a notice, decided by an admin under `/moderation examples`."""

from collections.abc import Sequence

from bot.core import wording
from bot.core.console import is_shared
from bot.core.proposals import LABEL_WORDS, LONGEST, Choice, Draft, Label, Proposal
from bot.core.review import Refused
from bot.proposing import Proposing
from bot.slack_.blocks import Block, actions, button, choosing, context, form, header, option, quote, section, writing
from bot.slack_.convert import Payload, Visit, typed
from bot.slack_.directory import Directory
from bot.slack_.markup import quoted
from bot.slack_.reply import Replies


class Examples:
    """Forms and lists; rights are checked again on each call."""

    def __init__(self, proposing: Proposing, directory: Directory, replies: Replies) -> None:
        self._proposing = proposing
        self._directory = directory
        self._replies = replies

    async def begin(self, visit: Visit, case_id: int) -> None:
        """The form in which a moderator edits the words. Raises Refused."""
        await self._directory.require_moderator(visit.user)
        await self._replies.open(visit, _form(await self._proposing.draft(case_id, is_shared)))

    async def sent(self, visit: Visit, body: Payload) -> str:
        """The form was sent. Raises Refused."""
        person = await self._directory.require_moderator(visit.user)
        notes = visit.notes or {}
        label = typed(body, "label")
        if label not in set(Label):
            raise Refused(wording.EXAMPLE_GONE)
        choice = Choice(notes.get("claim") or typed(body, "claim"), Label(label))
        await self._proposing.propose(notes["case"], choice, typed(body, "words"), person, is_shared)
        return wording.PROPOSED

    async def listed(self, visit: Visit) -> None:
        """What waits, for an admin. Raises Refused."""
        await self._directory.require_admin(visit.user)
        await self._replies.show(visit, await self._list(), wording.EXAMPLES_TITLE)

    async def approved(self, visit: Visit) -> None:
        """An admin wants it in the content. Raises Refused."""
        person = await self._directory.require_admin(visit.user)
        await self._done(visit, await self._proposing.approve(_number(visit), person, is_shared))

    async def rejected(self, visit: Visit) -> None:
        """An admin does not want it. Raises Refused."""
        person = await self._directory.require_admin(visit.user)
        await self._done(visit, await self._proposing.reject(_number(visit), person, is_shared))

    async def _done(self, visit: Visit, words: str) -> None:
        """The list as it is now, and what was done."""
        await self._replies.replace(visit, [section(quoted(words)), *await self._list()], words)

    async def _list(self) -> list[Block]:
        found = await self._proposing.waiting(is_shared)
        if not found:
            return [section(wording.NO_EXAMPLES)]
        return [header(wording.EXAMPLES_TITLE), *(block for p in found for block in _lines(p))]


def _form(draft: Draft) -> Block:
    claims = [option(c.misconception, c.misconception) for c in draft.choices]
    labels = [option(LABEL_WORDS[label].capitalize(), label) for label in Label]
    preset = next(o for o in labels if o["value"] == draft.choices[0].label)
    fields = [choosing("claim", wording.EXAMPLE_OF, claims, claims[0])] if len(claims) > 1 else []
    fields += [
        choosing("label", wording.EXAMPLE_LABEL, labels, preset),
        writing("words", wording.EXAMPLE_WORDS, most=LONGEST, initial=draft.text),
    ]
    notes = {"case": draft.case.id} | ({} if len(claims) > 1 else {"claim": draft.choices[0].misconception})
    return form(wording.USE_AS_EXAMPLE, fields, name="example", submit="Propose", notes=notes)


def _lines(proposal: Proposal) -> Sequence[Block]:
    """One that waits: what it is, its words, and the buttons."""
    about = f"*{quoted(proposal.misconception)}* · {LABEL_WORDS[proposal.label]}"
    row = [
        button("example:approve", wording.APPROVE, str(proposal.id), style="primary"),
        button("example:reject", wording.REJECT, str(proposal.id)),
    ]
    said_by = context(f"{about}\n{wording.proposed_by(proposal.case_id, quoted(proposal.by.name))}")
    return [quote("", proposal.text, ""), said_by, actions(f"example-{proposal.id}", row)]


def _number(visit: Visit) -> int:
    if not visit.value.isdecimal() or len(visit.value) > 18:
        raise Refused(wording.EXAMPLE_GONE)
    return int(visit.value)
