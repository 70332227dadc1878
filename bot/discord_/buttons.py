"""The buttons of notices and answers. Their state is in the store and in their ids, so they survive restarts."""

import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord
from discord import ui

from bot.core import cards, proposals
from bot.core.cards import ACT_WORDS, REASON_WORDS
from bot.core.review import (
    Act,
    Case,
    Correction,
    Decision,
    HistoryEntry,
    Policy,
    Reason,
    Refused,
    Status,
    allowed,
    describe,
)
from bot.discord_ import wording
from bot.discord_.render import quoted

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

log = logging.getLogger(__name__)
Interaction = discord.Interaction[Any]
STYLES = {
    Act.UPHOLD: discord.ButtonStyle.danger,
    Act.DISMISS: discord.ButtonStyle.success,
    Act.TAKE: discord.ButtonStyle.primary,
    Act.CONFIRM: discord.ButtonStyle.danger,
}
SHOWN = (
    Act.CONFIRM, Act.CANCEL, Act.TAKE, Act.RELEASE, Act.UPHOLD, Act.DISMISS, Act.ESCALATE, Act.SNOOZE, Act.DELETE,
    Act.NOTE, Act.UNDO,
)  # fmt: skip
SNOOZE = timedelta(hours=1)
MESSAGE = 2000  # characters that Discord takes in one message
Click = Callable[[Any, Interaction], Coroutine[Any, Any, None]]


def answered(click: Click) -> Click:
    """A refusal during the click is told to whoever clicked."""

    @wraps(click)
    async def safe(item: Any, interaction: Interaction) -> None:
        try:
            await click(item, interaction)
        except Refused as refusal:
            await tell(interaction, str(refusal))

    return safe


def notice_view(case: Case, policy: Policy) -> ui.View:
    """The acts that the case and the policy allow now, and its history."""
    view = ui.View(timeout=None)
    possible = allowed(case, policy)
    for act in SHOWN:
        if act in possible:
            view.add_item(ActButton(case.id, case.version, act))
    if proposals.choices(case):
        from bot.discord_.examples import ExampleButton  # which is a button like those here

        view.add_item(ExampleButton(case.id))
    view.add_item(HistoryButton(case.id))
    return view


def _history_line(entry: HistoryEntry) -> str:
    """Who did what, when and why."""
    why = f" ({quoted(cards.shorten(entry.detail, 150))})" if entry.detail else ""
    return f"<t:{int(entry.at.timestamp())}:f> {quoted(entry.by.name)}: {ACT_WORDS[entry.act]}{why}"


def _latest(lines: list[str], last: str) -> str:
    """As many of the latest lines as fit into one message, then the last one."""
    kept = [last]
    for line in reversed(lines):
        if sum(map(len, kept)) + len(kept) + len(line) > MESSAGE:
            break
        kept.insert(0, line)
    return "\n".join(kept)


def appeal_view(case_id: int) -> ui.View:
    """What stands under a correction."""
    view = ui.View(timeout=None)
    view.add_item(AppealButton(case_id))
    return view


class ActButton(ui.DynamicItem[ui.Button[ui.View]], template=r"case:(?P<id>\d+):(?P<version>\d+):(?P<act>[a-z_]+)"):
    """One act on one case, as the moderator saw it."""

    def __init__(self, case_id: int, version: int, act: Act) -> None:
        self.case_id, self.version, self.act = case_id, version, act
        super().__init__(
            ui.Button(
                label=ACT_WORDS[act],
                style=STYLES.get(act, discord.ButtonStyle.secondary),
                custom_id=f"case:{case_id}:{version}:{act}",
            )
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        forged = Act.REMOVED  # is on no button either
        return cls(int(match["id"]), int(match["version"]), next((a for a in Act if a == match["act"]), forged))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        _bot(interaction).require_moderator(interaction)
        if self.act not in SHOWN:
            log.warning("refused: user %s forged a button", interaction.user.id)
            raise Refused(wording.NO_SUCH_BUTTON)
        await _STEPS.get(self.act, _decide_at_once)(interaction, self.case_id, self.version, self.act)


class HistoryButton(ui.DynamicItem[ui.Button[ui.View]], template=r"history:(?P<id>\d+)"):
    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        super().__init__(ui.Button(label=wording.HISTORY, custom_id=f"history:{case_id}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot = _bot(interaction)
        await _case_here(interaction, self.case_id)
        text = wording.NO_HISTORY
        if entries := await bot.moderation.history(self.case_id):
            text = _latest([_history_line(e) for e in entries], wording.revision(entries[-1].pack_revision))
        await interaction.response.send_message(text, ephemeral=True)


class DismissSelect(ui.DynamicItem[ui.Select[ui.View]], template=r"dismiss:(?P<id>\d+):(?P<version>\d+)"):
    """Why it was not a misconception."""

    def __init__(self, case_id: int, version: int) -> None:
        self.case_id, self.version = case_id, version
        options = [discord.SelectOption(label=words, value=reason) for reason, words in REASON_WORDS.items()]
        super().__init__(
            ui.Select(placeholder=wording.WHY_NONE, options=options, custom_id=f"dismiss:{case_id}:{version}")
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]), int(match["version"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        decision = replace(_decision(interaction, Act.DISMISS, self.version), reason=Reason(self.item.values[0]))
        await _apply(interaction, self.case_id, decision, wording.DISMISSED)


class UpholdFlags(ui.DynamicItem[ui.Select[ui.View]], template=r"flags:(?P<id>\d+):(?P<version>\d+):(?P<mask>\d+)"):
    """Which of several flags are upheld; the mask has one bit for each flag of the case, in order."""

    def __init__(self, case_id: int, version: int, select: ui.Select[ui.View]) -> None:
        self.case_id, self.version = case_id, version
        super().__init__(select)

    @classmethod
    def of(cls, case: Case, mask: int) -> Self:
        options = [
            discord.SelectOption(label=cards.shorten(f.misconception, 100), value=str(i), default=bool(mask >> i & 1))
            for i, f in enumerate(case.flags[:25])
        ]
        select: ui.Select[ui.View] = ui.Select(
            placeholder=wording.WHICH_CLAIMS,
            options=options,
            max_values=len(options),
            custom_id=f"flags:{case.id}:{case.version}:{mask}",
        )
        return cls(case.id, case.version, select)

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        assert isinstance(item, ui.Select)
        return cls(int(match["id"]), int(match["version"]), item)

    @answered
    async def callback(self, interaction: Interaction) -> None:
        _bot(interaction).require_moderator(interaction)
        case = await _case(interaction, self.case_id, self.version)
        mask = sum(1 << int(value) for value in self.item.values)
        await interaction.response.edit_message(**await _preview(interaction, case, mask))


class UpholdButton(
    ui.DynamicItem[ui.Button[ui.View]],
    template=r"uphold:(?P<id>\d+):(?P<version>\d+):(?P<mask>\d+):(?P<way>post|edit|private|record)",
):
    """Post the correction, edit it first, or only record the decision."""

    WAYS: ClassVar = {"post": Correction.REPLY, "private": Correction.PRIVATE, "record": Correction.RECORD}

    def __init__(self, case_id: int, version: int, mask: int, way: str) -> None:
        self.case_id, self.version, self.mask, self.way = case_id, version, mask, way
        style = discord.ButtonStyle.danger if way == "post" else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(label=wording.WAYS[way], style=style, custom_id=f"uphold:{case_id}:{version}:{mask}:{way}")
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]), int(match["version"]), int(match["mask"]), match["way"])

    @answered
    async def callback(self, interaction: Interaction) -> None:
        _bot(interaction).require_moderator(interaction)
        case = await _case(interaction, self.case_id, self.version)
        chosen = _chosen(case, self.mask)
        text = await _bot(interaction).moderation.correction_for(case, chosen)
        if self.way == "edit":
            await interaction.response.send_modal(CorrectionModal(case, chosen, text))
            return
        await uphold(interaction, case, chosen, self.WAYS[self.way], text)


class CorrectionModal(ui.Modal, title=wording.CORRECTION_FORM):
    text: ui.TextInput[Any] = ui.TextInput(
        label=wording.CORRECTION_FIELD, style=discord.TextStyle.paragraph, max_length=2000
    )

    def __init__(self, case: Case, chosen: tuple[str, ...], text: str) -> None:
        super().__init__()
        self.case, self.chosen = case, chosen
        self.text.default = text[:2000]

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        await uphold(interaction, self.case, self.chosen, Correction.REPLY, self.text.value)


class NoteModal(ui.Modal, title=wording.NOTE_FORM):
    text: ui.TextInput[Any] = ui.TextInput(label=wording.NOTE_FIELD, style=discord.TextStyle.paragraph, max_length=500)

    def __init__(self, case_id: int, version: int) -> None:
        super().__init__()
        self.case_id, self.version = case_id, version

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        decision = replace(_decision(interaction, Act.NOTE, self.version), text=self.text.value)
        await _apply(interaction, self.case_id, decision, wording.NOTED)


class DeleteButton(ui.DynamicItem[ui.Button[ui.View]], template=r"delete:(?P<id>\d+):(?P<version>\d+)"):
    """The second click of a deletion."""

    def __init__(self, case_id: int, version: int) -> None:
        self.case_id, self.version = case_id, version
        super().__init__(
            ui.Button(
                label=wording.DELETE,
                style=discord.ButtonStyle.danger,
                custom_id=f"delete:{case_id}:{version}",
            )
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]), int(match["version"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        decision = _decision(interaction, Act.DELETE, self.version)
        await _apply(interaction, self.case_id, decision, wording.DELETED)


class UndoButton(ui.DynamicItem[ui.Button[ui.View]], template=r"undo:(?P<id>\d+):(?P<version>\d+)"):
    """The second click of an undo that also removes a posted correction."""

    def __init__(self, case_id: int, version: int) -> None:
        self.case_id, self.version = case_id, version
        super().__init__(
            ui.Button(
                label=wording.UNDO,
                style=discord.ButtonStyle.danger,
                custom_id=f"undo:{case_id}:{version}",
            )
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]), int(match["version"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        await _apply(interaction, self.case_id, _decision(interaction, Act.UNDO, self.version), wording.UNDONE)


class AppealButton(ui.DynamicItem[ui.Button[ui.View]], template=r"appeal:(?P<id>\d+)"):
    """Stands under a correction: its author can have it looked at again, by somebody else."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        super().__init__(ui.Button(label=wording.APPEAL, custom_id=f"appeal:{case_id}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot = _bot(interaction)
        await bot.moderation.appeal(self.case_id, bot.person(interaction.user))
        await tell(interaction, wording.APPEALED)


DYNAMIC = (
    ActButton,
    HistoryButton,
    DismissSelect,
    UpholdFlags,
    UpholdButton,
    DeleteButton,
    UndoButton,
    AppealButton,
)


async def uphold(interaction: Interaction, case: Case, chosen: tuple[str, ...], way: Correction, text: str) -> None:
    decision = replace(
        _decision(interaction, Act.UPHOLD, case.version), chosen=chosen, correction=way, text=text[:2000]
    )
    await _apply(interaction, case.id, decision, wording.UPHELD[way])


async def tell(interaction: Interaction, words: str) -> None:
    """Say something that only the person who clicked sees."""
    if interaction.response.is_done():
        await interaction.followup.send(words, ephemeral=True)
    else:
        await interaction.response.send_message(words, ephemeral=True)


async def _ask_reason(interaction: Interaction, case_id: int, version: int, act: Act) -> None:
    _bot(interaction).require_moderator(interaction)
    view = ui.View(timeout=None)
    view.add_item(DismissSelect(case_id, version))
    await interaction.response.send_message(wording.ONE_MORE_THING, view=view, ephemeral=True)


async def _ask_uphold(interaction: Interaction, case_id: int, version: int, act: Act) -> None:
    _bot(interaction).require_moderator(interaction)
    case = await _case(interaction, case_id, version)
    message = await _preview(interaction, case, (1 << len(case.flags)) - 1)
    await interaction.response.send_message(**message, ephemeral=True)


async def _ask_note(interaction: Interaction, case_id: int, version: int, act: Act) -> None:
    _bot(interaction).require_moderator(interaction)
    await interaction.response.send_modal(NoteModal(case_id, version))


async def _ask_undo(interaction: Interaction, case_id: int, version: int, act: Act) -> None:
    _bot(interaction).require_moderator(interaction)
    case = await _case(interaction, case_id, version)
    if not case.correction:
        await _decide_at_once(interaction, case_id, version, act)
        return
    view = ui.View(timeout=None)
    view.add_item(UndoButton(case_id, version))
    await interaction.response.send_message(wording.ASK_UNDO, view=view, ephemeral=True)


async def _ask_delete(interaction: Interaction, case_id: int, version: int, act: Act) -> None:
    _bot(interaction).require_moderator(interaction)
    await _case(interaction, case_id, version)
    view = ui.View(timeout=None)
    view.add_item(DeleteButton(case_id, version))
    await interaction.response.send_message(wording.ASK_DELETE, view=view, ephemeral=True)


async def _decide_at_once(interaction: Interaction, case_id: int, version: int, act: Act) -> None:
    decision = _decision(interaction, act, version)
    if act is Act.SNOOZE:
        decision = replace(decision, until=decision.at + SNOOZE)
    await _apply(interaction, case_id, decision, None)


_STEPS = {
    Act.DISMISS: _ask_reason,
    Act.UPHOLD: _ask_uphold,
    Act.NOTE: _ask_note,
    Act.UNDO: _ask_undo,
    Act.DELETE: _ask_delete,
}


async def _apply(interaction: Interaction, case_id: int, decision: Decision, done: str | None) -> None:
    """Check, decide, and say so; the notice itself changes through the outbox."""
    bot = _bot(interaction)
    await _case_here(interaction, case_id)
    after = await bot.moderation.decide(case_id, decision)
    if after.status is Status.PROPOSED and decision.act is not Act.NOTE:
        done = wording.NEEDS_TWO
    if done is None:
        await interaction.response.defer()
    elif interaction.message is not None and interaction.message.flags.ephemeral:
        await interaction.response.edit_message(content=done, embed=None, view=None)
    else:
        await interaction.response.send_message(done, ephemeral=True)


def _decision(interaction: Interaction, act: Act, version: int) -> Decision:
    bot = _bot(interaction)
    return Decision(act=act, by=bot.person(interaction.user), at=bot.clock.now(), expected_version=version)


async def _preview(interaction: Interaction, case: Case, mask: int) -> dict[str, Any]:
    """The correction exactly as the channel will see it, with the choices that lead on."""
    chosen = _chosen(case, mask)
    text = await _bot(interaction).moderation.correction_for(case, chosen)
    view = ui.View(timeout=None)
    if len(case.flags) > 1:
        view.add_item(UpholdFlags.of(case, mask))
    for way in wording.WAYS if text else ("edit", "record"):
        view.add_item(UpholdButton(case.id, case.version, mask, way))
    embed = discord.Embed(title=wording.PREVIEW, description=text[:4096] or wording.NOTHING_YET, colour=0x7F8C8D)
    return {"embed": embed, "view": view}


def _chosen(case: Case, mask: int) -> tuple[str, ...]:
    return tuple(f.misconception for i, f in enumerate(case.flags) if mask >> i & 1)


async def _case_here(interaction: Interaction, case_id: int) -> Case:
    """The case, where the person may see it: a moderator, of its own server. Raises Refused."""
    bot = _bot(interaction)
    bot.require_moderator(interaction)
    case = await bot.moderation.case(case_id)
    if case is None or not bot.may_see(interaction, case):
        raise Refused(wording.no_case(case_id))
    return case


async def _case(interaction: Interaction, case_id: int, version: int) -> Case:
    """The case as the moderator saw it. Raises Refused if it has changed since."""
    case = await _case_here(interaction, case_id)
    if case.version != version:
        raise Refused(wording.changed(case_id, describe(case)))
    return case


def _bot(interaction: Interaction) -> "DiscordBot":
    bot: DiscordBot = interaction.client  # these buttons are only registered by it
    return bot
