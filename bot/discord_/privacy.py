"""`/privacy`: everybody sees, takes along and erases what is kept about them; only they see the answer."""

import io
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import app_commands, ui

from bot.core import personal, wording
from bot.discord_.buttons import Interaction, answered
from bot.discord_.convert import PLATFORM
from bot.discord_.wording import EXPORTED

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot


class Wish(StrEnum):
    """What somebody may want done with what is kept about them."""

    EXPORT = "export"
    ASK = "ask"  # before erasing
    ERASE = "erase"


LABELS = {Wish.EXPORT: wording.COPY, Wish.ASK: wording.ERASE, Wish.ERASE: wording.ERASE_SURELY}
STYLES = {Wish.ASK: discord.ButtonStyle.danger, Wish.ERASE: discord.ButtonStyle.danger}


def privacy_command(bot: "DiscordBot") -> app_commands.Command[Any, ..., None]:
    """`/privacy`, on servers and in direct messages."""

    async def callback(interaction: Interaction) -> None:
        kept = await bot.privacy.kept(PLATFORM, str(interaction.user.id))
        words = [personal.explanation(bot.privacy.keep_text), *kept.lines]
        wishes = (Wish.EXPORT, Wish.ASK) if kept.cases or kept.acts else ()
        await interaction.response.send_message("\n\n".join(words), view=_view(wishes), ephemeral=True)

    return app_commands.Command(name="privacy", description=wording.PRIVACY, callback=callback)


class PrivacyButton(ui.DynamicItem[ui.Button[ui.View]], template=r"privacy:(?P<wish>[a-z]+)"):
    """Acts for whoever clicks, and for nobody else: the person is the interaction's, not the button's."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        style = STYLES.get(wish, discord.ButtonStyle.secondary)
        super().__init__(ui.Button(label=LABELS[wish], style=style, custom_id=f"privacy:{wish}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(Wish(match["wish"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        privacy, person = interaction.client.privacy, str(interaction.user.id)
        match self.wish:
            case Wish.EXPORT:
                copy = (await privacy.kept(PLATFORM, person)).as_json
                file = discord.File(io.BytesIO(copy.encode("utf-8", "replace")), wording.COPY_NAME)
                await interaction.response.send_message(EXPORTED, file=file, ephemeral=True)
            case Wish.ASK:
                await interaction.response.send_message(wording.ASK_ERASE, view=_view((Wish.ERASE,)), ephemeral=True)
            case Wish.ERASE:
                await interaction.response.defer(ephemeral=True)
                await privacy.erase(PLATFORM, person)
                await interaction.followup.send(wording.ERASED, ephemeral=True)


def _view(wishes: Sequence[Wish]) -> ui.View:
    view = ui.View(timeout=None)
    for wish in wishes:
        view.add_item(PrivacyButton(wish))
    return view
