"""Which permissions the bot needs where, and how to say that some are missing."""

from collections.abc import Iterator

import discord

from bot.discord_ import wording
from bot.settings import Discord

MODERATORS = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
WATCHED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,
)

THREADS = discord.Permissions(create_public_threads=True, send_messages_in_threads=True)

_NAMES = {
    "view_channel": "View Channel",
    "read_messages": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
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


def problems(guild: discord.Guild, settings: Discord) -> Iterator[str]:
    """What is wrong with a server's settings, one sentence each."""
    yield from of_moderators(guild, settings)
    yield from of_watched(guild, settings)
    yield from of_calls(guild, settings)
    yield from of_threads(guild, settings)


def of_moderators(guild: discord.Guild, settings: Discord) -> Iterator[str]:
    """Whether notices can be posted, and are among moderators."""
    if settings.moderators_channel is None:
        yield wording.NO_CHANNEL
        return
    yield from _of_channel(guild, settings.moderators_channel, MODERATORS, wording.MODERATORS_CHANNEL)
    channel = guild.get_channel_or_thread(settings.moderators_channel)
    if channel is not None and channel.permissions_for(guild.default_role).view_channel:
        yield wording.open_to_all(f"#{channel.name}")


def of_watched(guild: discord.Guild, settings: Discord) -> Iterator[str]:
    """Whether the bot can read, and answer, where it should."""
    if not settings.watch and not settings.watch_tags:
        yield wording.NO_WATCH
    for channel_id in settings.watch:
        category = guild.get_channel(channel_id)
        inside = category.channels if isinstance(category, discord.CategoryChannel) else ()
        for each in [c.id for c in inside] or [channel_id]:
            yield from _of_channel(guild, each, WATCHED, wording.WATCHED_CHANNEL)


def of_calls(guild: discord.Guild, settings: Discord) -> Iterator[str]:
    """Whether those who are to be called can be."""
    if settings.escalation_channel is not None:
        yield from _of_channel(guild, settings.escalation_channel, MODERATORS, wording.ESCALATION_CHANNEL)
    for role_id in sorted({r for _, r in settings.ping if r} | {settings.escalation_role or 0} - {0}):
        role = guild.get_role(role_id)
        if role is None:
            yield wording.no_such_role(role_id)
        elif not role.mentionable and not guild.me.guild_permissions.mention_everyone:
            yield wording.not_mentionable(role.name)


def of_threads(guild: discord.Guild, settings: Discord) -> Iterator[str]:
    """Whether threads can be opened where answers belong into threads."""
    chosen = [c for c, mode in settings.questions_in.items() if mode == "thread"]
    everywhere = [c for c in settings.watch if settings.questions == "thread" and c not in settings.questions_in]
    for channel_id in (*chosen, *everywhere):
        if not isinstance(guild.get_channel(channel_id), discord.CategoryChannel):
            yield from _of_channel(guild, channel_id, THREADS, wording.THREADS_CHANNEL)


def _of_channel(guild: discord.Guild, channel_id: int, needed: discord.Permissions, what: str) -> Iterator[str]:
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        yield wording.not_found(channel_id, what)
    elif lacking := missing(channel.permissions_for(guild.me), needed):
        yield wording.lacks(f"#{channel.name}", what, lacking)
