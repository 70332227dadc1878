"""Why Discord can't be used, in words for the operator."""

import discord


class DiscordUnusable(Exception):
    """The bot can't run on Discord; the message says what to do."""


def explain(error: Exception) -> DiscordUnusable | None:
    """The operator's version of a failed start; None for errors that say nothing about the set-up."""
    if isinstance(error, discord.LoginFailure):
        return DiscordUnusable(
            "Discord refused the token. Copy it again from the Bot page of your application "
            "(Reset Token) and set DISCORD_TOKEN or DISCORD_TOKEN_FILE."
        )
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return DiscordUnusable(
            "Discord does not let the bot read messages yet. On the Bot page of your application "
            "switch on “Message Content Intent”, then start again."
        )
    return None
