"""`/moderation status`: whether the bot hears everything here, and what stands in its way."""

from typing import TYPE_CHECKING, Any

from discord import app_commands

from bot.core import console
from bot.core.message import Workspace
from bot.discord_ import permissions, wording
from bot.discord_.buttons import Interaction
from bot.discord_.console import fit, told
from bot.discord_.convert import PLATFORM
from bot.discord_.places import Readable, watched
from bot.discord_.render import quoted

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot


def status_command(bot: "DiscordBot") -> app_commands.Command[Any, ..., None]:
    @told
    async def callback(interaction: Interaction) -> None:
        bot.require_moderator(interaction)
        lines = console.status_lines(await _standing(bot, interaction), bot.clock.now())
        await interaction.response.send_message(fit(lines, 1900), ephemeral=True)

    return app_commands.Command(name="status", description=wording.STATUS, callback=callback)


async def _standing(bot: "DiscordBot", interaction: Interaction) -> console.Standing:
    guild = interaction.guild
    assert guild is not None  # the group is for servers only
    channels = watched([guild], bot.watch_of).channels
    settings, progress = bot.settings_of(guild.id), bot.catch_up.progress
    return console.Standing(
        watched=len(channels),
        reading=(progress.done, progress.channels, progress.messages) if progress else (0, 0, 0),
        read_at=progress.finished if progress else None,
        unread=tuple(_unread(bot, channels)),
        problems=tuple(permissions.problems(guild, settings)),
        paused=await bot.moderation.paused(f"{PLATFORM}:{interaction.channel_id}", Workspace(PLATFORM, str(guild.id))),
        urgent=bot.moderation.policy.urgent_in_pauses,
    )


def _unread(bot: "DiscordBot", channels: tuple[Readable, ...]) -> list[str]:
    later = ((c, bot.catch_up.later.get(c.id)) for c in channels)
    return [f"#{quoted(c.name)}: {entry.why}" for c, entry in later if entry is not None]
