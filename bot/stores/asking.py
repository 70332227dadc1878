"""What those who ask leave behind: votes on answers, and when topics were offered where."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.ports import Vote, Votes
from bot.stores.records import stamp
from bot.stores.statements import Statements


class Asking(Statements):
    """See bot.ports.Store for what each method promises."""

    async def vote(self, vote: Vote) -> bool | None:
        whose = (vote.platform, vote.workspace, vote.topic, vote.voter)
        async with self._db.transaction() as session:
            rows = await session.rows(
                "SELECT useful FROM votes WHERE platform = ? AND workspace = ? AND topic = ? AND voter = ?", *whose
            )
            await session.run(
                "INSERT INTO votes (platform, workspace, topic, voter, useful, at) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (platform, workspace, topic, voter)"
                " DO UPDATE SET useful = excluded.useful, at = excluded.at",
                *whose,
                int(vote.useful),
                stamp(vote.at),
            )
        return bool(rows[0]["useful"]) if rows else None

    async def votes(self, platform: str, workspace: str) -> Mapping[str, Votes]:
        rows = await self._db.rows(
            "SELECT topic, count(*) FILTER (WHERE useful = 1) AS useful, count(*) AS cast_in_all FROM votes"
            " WHERE platform = ? AND workspace = ? GROUP BY topic ORDER BY topic",
            platform,
            workspace,
        )
        return {r["topic"]: Votes(useful=r["useful"], cast=r["cast_in_all"]) for r in rows}

    async def claim_offer(self, platform: str, channel: str, topic: str, now: datetime, quiet: timedelta) -> bool:
        claimed = await self._db.run(
            "INSERT INTO offers (platform, channel, topic, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (platform, channel, topic) DO UPDATE SET at = excluded.at WHERE offers.at <= ?",
            platform,
            channel,
            topic,
            stamp(now),
            stamp(now - quiet),
        )
        return claimed == 1
