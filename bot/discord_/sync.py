"""Tells Discord about the commands, when they have changed. A bot whose commands can't be told still listens."""

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.ports import Clock, Store

log = logging.getLogger(__name__)
SYNCED = "discord.commands"  # key in the store: hash of the commands that Discord knows
WAIT = timedelta(minutes=10)  # before Discord is told again what it did not take
REFUSED = (discord.HTTPException, app_commands.AppCommandError, aiohttp.ClientError, OSError, TimeoutError)


class CommandSync:
    """Syncing is rate-limited, so it happens only where Discord knows other commands than ours."""

    def __init__(self, tree: app_commands.CommandTree[Any], *, store: Store, clock: Clock) -> None:
        self._tree = tree
        self._store = store
        self._clock = clock
        self._due: datetime | None = None  # when to tell Discord again; None: it knows

    async def tell(self) -> None:
        """Tell Discord what has changed; what goes wrong is logged, and tried again by `again`."""
        try:
            await self._tell()
        except REFUSED as error:
            self._due = self._clock.now() + WAIT
            log.error(
                "Discord did not take the slash commands: %s. The bot listens all the same, and tries again in"
                " %s minutes. If this goes on, invite the bot anew with the link above.",
                _told(error),
                int(WAIT.total_seconds() // 60),
            )
        else:
            self._due = None

    async def again(self) -> None:
        """Try once more, when its time has come."""
        if self._due is not None and self._due <= self._clock.now():
            await self.tell()

    async def mistrust(self) -> None:
        """Somebody used a command that is not ours any more: tell Discord soon, whatever it was told before."""
        await self._store.remember(SYNCED, "")
        self._due = self._due or self._clock.now()

    async def _tell(self) -> None:
        ours = self._tree.get_commands(type=None)
        wanted = hashlib.sha256(json.dumps([c.to_dict(self._tree) for c in ours], sort_keys=True).encode()).hexdigest()
        known = {command.name for command in await self._tree.fetch_commands()}
        if known == {command.name for command in ours} and await self._store.recall(SYNCED) == wanted:
            return
        await self._tree.sync()
        await self._store.remember(SYNCED, wanted)
        log.info("Discord knows the slash commands now: %s", ", ".join(sorted(command.name for command in ours)))


def _told(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        return f"it answered {error.status} (code {error.code})"
    return type(error).__name__
