"""What the app needs on Slack, and how to say that something is missing."""

from collections.abc import AsyncIterator

from bot.ports import Undeliverable
from bot.settings import Slack
from bot.slack_.api import SlackApi
from bot.slack_.errors import NO_CHANNEL, SlackRefused

SCOPES = {
    "chat:write": "post notices and corrections",
    "channels:read": "find the channels to watch",
    "channels:history": "read messages in public channels",
    "channels:join": "join the public channels that it watches",
    "groups:read": "find private channels",
    "groups:history": "read messages in private channels",
    "im:write": "tell authors something privately",
    "im:history": "tell authors nothing twice",
    "users:read": "know people's names",
    "usergroups:read": "know who is in a user group of moderators",
    "commands": "answer commands and shortcuts",
    "files:write": "send exports and digests",
    "metadata.message:read": "find its own notices again after a crash",
}


CLOSED = {
    "archive": "was archived. Restore it, or take it out of config/bot.yaml.",
    "left": "has removed the bot. Type /invite @ and the bot's name there, or take it out of config/bot.yaml.",
}


def closed(place: str, channel: str, what: str, settings: Slack) -> str:
    """What admins should know of a channel of theirs that was archived, or that the bot has left."""
    named = f"{place} ({channel}) {CLOSED[what]}"
    if channel == settings.moderators_channel:
        return f"The moderators' channel {named} Notices wait until then."
    return f"The watched channel {named} Nothing that is said there is seen until then."


async def problems(api: SlackApi, settings: Slack) -> AsyncIterator[str]:
    """What is wrong with the app and the channels in the settings, one sentence each; joins what it can join."""
    granted = (await api.identity()).scopes
    for scope, purpose in SCOPES.items():
        if scope not in granted:
            yield (
                f"The app lacks the scope {scope}, so it can't {purpose}. Add it under OAuth & Permissions and install"
                " the app again."
            )
    if settings.moderators_channel is None:
        yield "slack.moderators_channel is not set, so notices wait. Put the channel's id into config/bot.yaml."
    else:
        async for problem in _of_channel(api, settings.moderators_channel, "the moderators' channel"):
            yield problem
    if not settings.watch:
        yield "slack.watch is empty, so no channel is watched. Put channel ids into config/bot.yaml."
    for channel in settings.watch:
        async for problem in _of_channel(api, channel, "a watched channel"):
            yield problem


async def _of_channel(api: SlackApi, channel: str, what: str) -> AsyncIterator[str]:
    try:
        found = (await api.call(api.client.conversations_info, patient=True, channel=channel))["channel"]
        if found.get("is_archived"):
            yield f"#{found.get('name')} ({what}) is archived. Restore it, or take it out of config/bot.yaml."
        elif not found.get("is_member") and found.get("is_private"):
            yield f"The bot is not in #{found.get('name')} ({what}). Type /invite @ and its name there."
        elif not found.get("is_member"):
            await api.call(api.client.conversations_join, patient=True, channel=channel)
    except SlackRefused as error:
        why = NO_CHANNEL.get(error.code, str(error))
        yield f"Channel {channel} ({what}) can't be used: {why}."
    except Undeliverable as error:
        yield f"Channel {channel} ({what}) could not be looked at: {error}."
