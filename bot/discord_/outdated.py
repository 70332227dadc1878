"""Under `/moderation content` on Discord: posted corrections that are out of date, each with buttons to renew it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.core.cards import shorten
from bot.core.evidence import Outdated
from bot.core.review import LISTED, Act, Refused
from bot.discord_ import wording
from bot.discord_.buttons import MESSAGE, Interaction, answered, tell
from bot.outdated import outdated_case, renew

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

MOST = 4  # cases with buttons of their own; Discord takes five rows
LABELS = {Act.AMEND: wording.AMEND, Act.REISSUE: wording.REISSUE}


def outdated_view(found: Sequence[Outdated]) -> ui.View:
    """Two buttons for each of the first few cases."""
    view = ui.View(timeout=None)
    for row, stale in enumerate([s for s in found if s.text][:MOST]):
        for act in LABELS:
            view.add_item(RenewButton(stale.case.id, stale.case.version, act, row=row))
    return view


class RenewButton(
    ui.DynamicItem[ui.Button[ui.View]], template=r"renew:(?P<id>\d+):(?P<version>\d+):(?P<act>amend|reissue)"
):
    """Shows what would be posted today, to be edited and sent."""

    def __init__(self, case_id: int, version: int, act: Act, row: int | None = None) -> None:
        self.case_id, self.version, self.act = case_id, version, act
        style = discord.ButtonStyle.primary if act is Act.AMEND else discord.ButtonStyle.secondary
        label = LABELS[act].format(case=case_id)
        super().__init__(ui.Button(label=label, style=style, custom_id=f"renew:{case_id}:{version}:{act}", row=row))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["id"]), int(match["version"]), next(a for a in LISTED if a == match["act"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        stale = await _stale_here(interaction, self.case_id)
        await interaction.response.send_modal(RenewModal(self.case_id, self.version, self.act, stale.text))


class RenewModal(ui.Modal, title=wording.CORRECTION_FORM):
    text: ui.TextInput[Any] = ui.TextInput(
        label=wording.CORRECTION_FIELD, style=discord.TextStyle.paragraph, max_length=MESSAGE
    )

    def __init__(self, case_id: int, version: int, act: Act, text: str) -> None:
        super().__init__()
        self.case_id, self.version, self.act = case_id, version, act
        self.text.default = text[:MESSAGE]

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        bot: DiscordBot = interaction.client
        await _stale_here(interaction, self.case_id)
        by, now = bot.person(interaction.user), bot.clock.now()
        await renew(bot.moderation, self.case_id, self.act, by=by, at=now, version=self.version, text=self.text.value)
        await tell(interaction, wording.RENEWED[self.act])


async def _stale_here(interaction: Interaction, case_id: int) -> Outdated:
    """The outdated correction, where the person may see its case. Raises Refused."""
    bot: DiscordBot = interaction.client
    bot.require_moderator(interaction)
    case = await bot.moderation.case(case_id)
    if case is None or not bot.may_see(interaction, case):
        raise Refused(wording.no_case(case_id))
    return await outdated_case(bot.moderation, case_id)


def outdated_line(stale: Outdated) -> str:
    """One line with a link to the correction."""
    link = f" [{wording.MESSAGE}]({stale.case.correction_link})" if stale.case.correction_link else ""
    return f"• {shorten(stale.line, 200)}{link}"
