"""Looks again at the messages of undecided cases: somebody may have changed or deleted them while nobody listened."""

import logging
from collections.abc import Container

import discord

from bot.core.review import UNDECIDED, Case
from bot.discord_.catch_up import UNREACHABLE
from bot.discord_.convert import PLATFORM
from bot.discord_.listening import Listening
from bot.moderation import Moderation

log = logging.getLogger(__name__)
MOST = 100  # cases, the most serious first
UNKNOWN_CHANNEL = 10003  # Discord's code


async def recheck(client: discord.Client, moderation: Moderation, listening: Listening, servers: Container[str]) -> int:
    """Look at each message once; return how many could be looked at."""
    waiting = await moderation.queue(statuses=tuple(UNDECIDED), limit=MOST)
    ours = [case for case in waiting if case.key.platform == PLATFORM and case.key.workspace in servers]
    return sum([await _recheck(client, case, listening) for case in ours])


async def _recheck(client: discord.Client, case: Case, listening: Listening) -> bool:
    server, channel_id, message_id = int(case.key.workspace), int(case.key.channel), int(case.key.message)
    try:
        channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return False
        message = await channel.fetch_message(message_id)
    except discord.NotFound as error:
        if error.code == UNKNOWN_CHANNEL:
            await listening.channel_deleted(server, channel_id)
        else:
            await listening.deleted(server, channel_id, [message_id])
    except (*UNREACHABLE, discord.InvalidData):
        log.info("the message of case %s can't be looked at again now", case.id)
        return False
    else:
        if message.edited_at is not None and listening.hears(message):
            await listening.edited(message)
    return True
