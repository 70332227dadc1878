"""Which permissions the bot needs where, and how to say that some are missing."""

from collections.abc import Iterator

import discord

MODERATORS = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
WATCHED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,
)

_NAMES = {
    "view_channel": "View Channel",
    "read_messages": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}


def intents(*, direct_messages: bool = False) -> discord.Intents:
    """The least that watching messages needs; Message Content is the only privileged one."""
    return discord.Intents(guilds=True, guild_messages=True, message_content=True, dm_messages=direct_messages)


def invite_url(application_id: int) -> str:
    """The link with which an administrator adds the bot, asking for exactly what it needs."""
    return discord.utils.oauth_url(
        application_id, permissions=MODERATORS | WATCHED, scopes=("bot", "applications.commands")
    )


def missing(granted: discord.Permissions, needed: discord.Permissions) -> tuple[str, ...]:
    """Names, as Discord's settings show them, of what is needed and not granted."""
    lacking = discord.Permissions(needed.value & ~granted.value)
    return tuple(dict.fromkeys(_NAMES.get(name, name) for name, on in lacking if on))


def problems(client: discord.Client, watch: tuple[int, ...], moderators_channel: int | None) -> Iterator[str]:
    """What is wrong with the channels in the settings, one sentence each."""
    if moderators_channel is None:
        yield "discord.moderators_channel is not set, so notices wait. Put the channel's id into config/bot.yaml."
    else:
        yield from _of_channel(client, moderators_channel, MODERATORS, "the moderators' channel")
    if not watch:
        yield "discord.watch is empty, so no channel is watched. Put channel ids into config/bot.yaml."
    for channel_id in watch:
        yield from _of_channel(client, channel_id, WATCHED, "a watched channel")


def _of_channel(client: discord.Client, channel_id: int, needed: discord.Permissions, what: str) -> Iterator[str]:
    channel = client.get_channel(channel_id)
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        yield f"Channel {channel_id} ({what}) was not found. Check the id, and that the bot was invited to its server."
        return
    lacking = missing(channel.permissions_for(channel.guild.me), needed)
    if lacking:
        yield f"In #{channel.name} ({what}) the bot lacks: {', '.join(lacking)}. Grant them in the channel's settings."
