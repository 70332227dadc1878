"""How far each channel was read, single values under a name, and what was chosen for each workspace."""

from collections.abc import Mapping
from datetime import datetime

from bot.stores.records import stamp
from bot.stores.statements import Statements


class Memory(Statements):
    """See bot.ports.Store for what each method promises."""

    async def cursor(self, platform: str, channel: str) -> str | None:
        rows = await self._db.rows("SELECT message FROM cursors WHERE platform = ? AND channel = ?", platform, channel)
        return rows[0]["message"] if rows else None

    async def advance(self, platform: str, channel: str, message: str) -> None:
        await self._db.run(
            "INSERT INTO cursors (platform, channel, message) VALUES (?, ?, ?)"
            " ON CONFLICT (platform, channel) DO UPDATE SET message = excluded.message"
            " WHERE length(excluded.message) > length(cursors.message)"
            " OR (length(excluded.message) = length(cursors.message) AND excluded.message > cursors.message)",
            platform,
            channel,
            message,
        )

    async def recall(self, key: str) -> str | None:
        rows = await self._db.rows("SELECT value FROM remembered WHERE key = ?", key)
        return rows[0]["value"] if rows else None

    async def settle(self, key: str, value: str) -> str:
        await self._db.run("INSERT INTO remembered (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", key, value)
        kept = await self.recall(key)
        assert kept is not None
        return kept

    async def remember(self, key: str, value: str) -> None:
        await self._db.run(
            "INSERT INTO remembered (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value,
        )

    async def workspace_settings(self, platform: str, since: datetime) -> Mapping[str, str]:
        rows = await self._db.rows(
            "SELECT workspace, body FROM workspace_settings WHERE platform = ? AND at >= ?", platform, stamp(since)
        )
        return {r["workspace"]: r["body"] for r in rows}

    async def keep_workspace_settings(self, platform: str, workspace: str, body: str, at: datetime) -> None:
        await self._db.run(
            "INSERT INTO workspace_settings (platform, workspace, body, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (platform, workspace) DO UPDATE SET body = excluded.body, at = excluded.at",
            platform,
            workspace,
            body,
            stamp(at),
        )
