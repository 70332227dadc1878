"""Why Discord can't be used, in words for the operator."""

import discord


class DiscordUnusable(Exception):
    """The bot can't run on Discord; the message says what to do."""


_INTENT = (
    "Discord does not let the bot read messages yet. On the Bot page of your application "
    "switch on “Message Content Intent”, then start again."
)
_CLOSED = {
    4004: "Discord no longer accepts the token. Somebody has reset it: copy the new one from the Bot page of your "
    "application and set DISCORD_TOKEN or DISCORD_TOKEN_FILE.",
    4010: "Discord does not know the shard. Check `shards` in config/bot.yaml: ids begin with 0 and stay below "
    "the number of shards.",
    4011: "The bot is in so many servers that Discord asks for more shards. Set `shards: auto` in config/bot.yaml.",
    4012: "Discord no longer speaks this version of its interface. Please install a newer version of the bot.",
    4013: _INTENT,
    4014: _INTENT,
}


def explain(error: Exception) -> DiscordUnusable | None:
    """The operator's version of a failed start or a lost connection; None for what says nothing about the set-up."""
    if isinstance(error, discord.LoginFailure):
        return DiscordUnusable(
            "Discord refused the token. Copy it again from the Bot page of your application "
            "(Reset Token) and set DISCORD_TOKEN or DISCORD_TOKEN_FILE."
        )
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return DiscordUnusable(_INTENT)
    if isinstance(error, discord.ConnectionClosed) and error.code in _CLOSED:
        return DiscordUnusable(_CLOSED[error.code])
    return None
