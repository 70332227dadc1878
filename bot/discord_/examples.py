"""Examples from decisions on Discord: proposed from a notice, decided by an admin under `/moderation examples`."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.core import wording
from bot.core.cards import shorten
from bot.core.proposals import LABEL_WORDS, LONGEST, Choice, Draft, Label, Proposal
from bot.core.review import Case, Refused
from bot.discord_.buttons import Interaction, answered
from bot.discord_.render import quoted

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

SHOWN = 5  # proposals in one list: Discord has five rows of buttons


class ExampleModal(ui.Modal, title=wording.USE_AS_EXAMPLE):
    """The words to edit, and what they are an example of."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        claims = [_option(c.misconception, c.misconception, chosen=not n) for n, c in enumerate(draft.choices[:25])]
        labels = [_option(LABEL_WORDS[v].capitalize(), v, chosen=v is draft.choices[0].label) for v in Label]
        self.claim: ui.Select[Any] = ui.Select(custom_id="claim", options=claims)
        self.label: ui.Select[Any] = ui.Select(custom_id="label", options=labels)
        self.words: ui.TextInput[Any] = ui.TextInput(
            custom_id="words", style=discord.TextStyle.paragraph, max_length=LONGEST, default=draft.text
        )
        if len(claims) > 1:
            self.add_item(ui.Label(text=wording.EXAMPLE_OF, component=self.claim))
        self.add_item(ui.Label(text=wording.EXAMPLE_LABEL, component=self.label))
        self.add_item(ui.Label(text=wording.EXAMPLE_WORDS, component=self.words))

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        bot = _bot(interaction)
        bot.require_moderator(interaction)
        claim = next(iter(self.claim.values), self.draft.choices[0].misconception)
        choice = Choice(claim, Label(next(iter(self.label.values), self.draft.choices[0].label)))
        person = bot.person(interaction.user)
        await bot.proposing.propose(self.draft.case.id, choice, self.words.value, person, _sees(interaction))
        await interaction.response.send_message(wording.PROPOSED, ephemeral=True)


class ExampleButton(ui.DynamicItem[ui.Button[ui.View]], template=r"propose:(?P<id>\d{1,18})"):
    """Stands on a decided notice: its words may become an example."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        super().__init__(ui.Button(label=wording.USE_AS_EXAMPLE, custom_id=f"propose:{case_id}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot = _bot(interaction)
        bot.require_moderator(interaction)
        await interaction.response.send_modal(ExampleModal(await bot.proposing.draft(self.case_id, _sees(interaction))))


class SettleButton(ui.DynamicItem[ui.Button[ui.View]], template=r"example:(?P<act>approve|reject):(?P<id>\d{1,18})"):
    """An admin's word on one proposal."""

    def __init__(self, act: str, number: int, row: int = 0) -> None:
        self.act, self.number = act, number
        label = wording.APPROVE if act == "approve" else wording.REJECT
        style = discord.ButtonStyle.success if act == "approve" else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(label=f"{label} {number}", style=style, custom_id=f"example:{act}:{number}", row=row)
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["act"], int(match["id"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot = _bot(interaction)
        require_admin(interaction)
        await interaction.response.defer(ephemeral=True)  # checking the whole pack may take longer than Discord waits
        act = bot.proposing.approve if self.act == "approve" else bot.proposing.reject
        words = await act(self.number, bot.person(interaction.user), _sees(interaction))
        await interaction.edit_original_response(**await _list(interaction, words))


EXAMPLE_ITEMS = (ExampleButton, SettleButton)


async def show_examples(interaction: Interaction) -> None:
    """What waits, to the admin alone. Raises Refused."""
    require_admin(interaction)
    await interaction.response.send_message(**await _list(interaction), ephemeral=True)


def require_admin(interaction: Interaction) -> None:
    """Raises Refused unless the person may change the content, which all servers of one bot share."""
    if interaction.guild is None or not interaction.permissions.manage_guild:
        raise Refused(wording.EXAMPLES_FOR_ADMINS)
    if not _bot(interaction).is_alone:
        raise Refused(wording.EXAMPLES_SHARED)


async def _list(interaction: Interaction, words: str = "") -> dict[str, Any]:
    found = (await _bot(interaction).proposing.waiting(_sees(interaction)))[:SHOWN]
    view = ui.View(timeout=None)
    for row, proposal in enumerate(found):
        view.add_item(SettleButton("approve", proposal.id, row))
        view.add_item(SettleButton("reject", proposal.id, row))
    lines = "\n\n".join(map(_lines, found)) or wording.NO_EXAMPLES
    embed = discord.Embed(title=wording.EXAMPLES_TITLE, description=lines, colour=0x5D6D7E)
    return {"content": shorten(words, 2000) or None, "embed": embed, "view": view}


def _lines(proposal: Proposal) -> str:
    about = f"**{proposal.id}** · {quoted(proposal.misconception)} · {LABEL_WORDS[proposal.label]}"
    return f"{about}\n> {quoted(proposal.text)}\n{wording.proposed_by(proposal.case_id, quoted(proposal.by.name))}"


def _option(label: str, value: str, *, chosen: bool) -> discord.SelectOption:
    return discord.SelectOption(label=shorten(label, 100), value=value, default=chosen)


def _sees(interaction: Interaction) -> Callable[[Case], bool]:
    bot = _bot(interaction)
    return lambda case: bot.may_see(interaction, case)


def _bot(interaction: Interaction) -> "DiscordBot":
    bot: DiscordBot = interaction.client
    return bot
