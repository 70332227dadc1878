"""Each server's settings: what an administrator chose in chat, before what the file says for it, or for all.

Servers are isolated: a channel or role of another server never counts, so that the file's channels can't carry one
community's words to another.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import discord
from pydantic import ValidationError
from pydantic_core import from_json

from bot.discord_.convert import PLATFORM
from bot.ports import Clock, Store
from bot.settings import Discord, Server

log = logging.getLogger(__name__)
OVERLAP = timedelta(minutes=1)  # how far the clocks of several processes may differ
EVER = datetime.min.replace(tzinfo=UTC)
CHANNELS = ("moderators_channel", "escalation_channel")


class Origin(StrEnum):
    """Where a setting comes from; the first that says something wins."""

    CHOSEN = "chosen"
    SERVER = "server"  # the file, for this server
    FILE = "file"  # the file, for all servers
    DEFAULT = "default"


class Servers:
    """See the module's first line."""

    def __init__(
        self,
        client: discord.Client,
        file: Discord,
        *,
        store: Store,
        clock: Clock,
        changed: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._file = file
        self._store = store
        self._clock = clock
        self._changed = changed
        self._chosen: dict[int, Server] = {}
        self._merged: dict[int, Discord] = {}
        self._looked = EVER

    async def refresh(self) -> None:
        """Learn what was chosen since the last look, here or in another process."""
        since, self._looked = self._looked, self._clock.now() - OVERLAP
        for workspace, body in (await self._store.workspace_settings(PLATFORM, since)).items():
            chosen = _read(body, workspace)
            if chosen != self._chosen.get(int(workspace)):
                self._put(int(workspace), chosen)

    def of(self, guild_id: int | None) -> Discord:
        """The settings in force on that server; None stands for direct messages."""
        if guild_id is None:
            return self._file
        if guild_id not in self._merged:
            self._merged[guild_id] = self._own(guild_id, self._file.model_copy(update=self._given(guild_id)))
        return self._merged[guild_id]

    def origin(self, guild_id: int, key: str) -> Origin:
        """Where that setting of the server comes from."""
        if key in self.chosen(guild_id).model_fields_set:
            return Origin.CHOSEN
        if guild_id in self._file.servers and key in self._file.servers[guild_id].model_fields_set:
            return Origin.SERVER
        return Origin.FILE if key in self._file.model_fields_set else Origin.DEFAULT

    def chosen(self, guild_id: int) -> Server:
        """What an administrator chose there; the rest is not set."""
        return self._chosen.get(guild_id, Server())

    async def choose(self, guild_id: int, **values: Any) -> None:
        """Keep choices for that server. Raises pydantic's ValidationError, as the file would."""
        await self._keep(guild_id, _set_in(self.chosen(guild_id)) | values)

    async def give_up(self, guild_id: int, keys: Iterable[str]) -> None:
        """Forget choices, so that the file counts again."""
        dropped = set(keys)
        await self._keep(guild_id, {k: v for k, v in _set_in(self.chosen(guild_id)).items() if k not in dropped})

    def forget_merged(self) -> None:
        """Channels or servers came or went, so what belongs to whom may be another."""
        for guild_id in list(self._merged):
            del self._merged[guild_id]
            self._changed(guild_id)

    async def _keep(self, guild_id: int, values: Mapping[str, Any]) -> None:
        chosen = Server.model_validate(values)
        body = chosen.model_dump_json(exclude_unset=True)
        await self._store.keep_workspace_settings(PLATFORM, str(guild_id), body, self._clock.now())
        self._put(guild_id, chosen)

    def _put(self, guild_id: int, chosen: Server) -> None:
        self._chosen[guild_id] = chosen
        self._merged.pop(guild_id, None)
        self._changed(guild_id)

    def _given(self, guild_id: int) -> dict[str, Any]:
        file = self._file.servers.get(guild_id, Server())
        return _set_in(file) | _set_in(self.chosen(guild_id))

    def _own(self, guild_id: int, merged: Discord) -> Discord:
        """Without channels and roles of other servers."""
        theirs: dict[str, Any] = {
            name: None for name in CHANNELS if self._is_elsewhere(getattr(merged, name), guild_id)
        }
        pings = {name: None for name, role in merged.ping if self._is_anothers_role(role, guild_id)}
        if self._is_anothers_role(merged.escalation_role, guild_id):
            theirs["escalation_role"] = None
        theirs["watch"] = tuple(c for c in merged.watch if not self._is_elsewhere(c, guild_id))
        return merged.model_copy(update={**theirs, "ping": merged.ping.model_copy(update=pings)})

    def _is_elsewhere(self, channel_id: int | None, guild_id: int) -> bool:
        guild = getattr(self._client.get_channel(channel_id or 0), "guild", None)
        return guild is not None and guild.id != guild_id

    def _is_anothers_role(self, role_id: int | None, guild_id: int) -> bool:
        return role_id is not None and any(g.get_role(role_id) for g in self._client.guilds if g.id != guild_id)


def _set_in(server: Server) -> dict[str, Any]:
    return {name: getattr(server, name) for name in server.model_fields_set}


def _read(text: str, guild_id: str) -> Server:
    """What was chosen, as far as this version of the bot understands it."""
    kept: dict[str, Any] = {}
    for name, value in from_json(text).items():
        try:
            kept |= _set_in(Server.model_validate({name: value}))
        except ValidationError:
            log.warning("server %s: what was chosen for %s is of another version, so the file counts", guild_id, name)
    return Server.model_validate(kept)
