"""The channels that are there to be read, as discord.py has them in memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import discord

from bot.discord_.watching import Watch

Readable = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
Unread = Readable | discord.DMChannel  # what may hold messages that nobody has read
Holder = discord.TextChannel | discord.ForumChannel  # what has threads; a media channel is a forum to discord.py


@dataclass(frozen=True, slots=True)
class Places:
    """Watched channels and threads, and the channels whose threads may be watched."""

    channels: tuple[Readable, ...]
    holders: tuple[Holder, ...]


def watched(guilds: Iterable[discord.Guild], watch_of: Callable[[int | None], Watch]) -> Places:
    """What is watched in those servers."""
    channels: list[Readable] = []
    holders: list[Holder] = []
    for guild in guilds:
        watch = watch_of(guild.id)
        there = (*guild.channels, *guild.threads)
        channels += [c for c in there if isinstance(c, Readable) and watch.covers(c)]
        holders += [c for c in guild.channels if isinstance(c, Holder) and watch.may_hold(c)]
    return Places(tuple(channels), tuple(holders))
