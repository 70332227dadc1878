"""A regular summary for moderators, with a picture of how flags ended and how long decisions took."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.core.console import statistics_lines
from bot.core.message import Workspace
from bot.core.statistics import summarise
from bot.moderation import Moderation
from bot.plots import NoPlots, draw_digest
from bot.ports import Clock, ManyWorkspaces, Notifier, Store, StoreAway, Undeliverable

log = logging.getLogger(__name__)
LAST = "digest.last"  # in the store: when the last digest was posted
LOOK = 300.0  # seconds between looks at the clock


class Digest:
    """Posts one summary for each period on every platform; after downtime only the newest."""

    def __init__(
        self,
        *,
        moderation: Moderation,
        store: Store,
        notifiers: Mapping[str, Notifier],
        clock: Clock,
        period: timedelta,
    ) -> None:
        self._moderation = moderation
        self._store = store
        self._notifiers = notifiers
        self._clock = clock
        self._period = period

    async def run(self) -> None:
        while True:
            with suppress(StoreAway):
                await self.post_if_due()
            await self._clock.sleep(LOOK)

    async def post_if_due(self) -> bool:
        """Post the summary if its time has come; the first one comes a period after the first start."""
        now = self._clock.now()
        last = await self._store.recall(LAST)
        if last is None:
            await self._store.remember(LAST, now.isoformat())
            return False
        if now - datetime.fromisoformat(last) < self._period:
            return False
        for platform, notifier in self._notifiers.items():
            try:
                await self._post(platform, notifier, now)
            except Undeliverable as error:
                log.warning("the digest could not be posted on %s: %s", platform, error)
                return False
        await self._store.remember(LAST, now.isoformat())
        return True

    async def _post(self, platform: str, notifier: Notifier, now: datetime) -> None:
        """One summary of everything, or one for each community where several must not hear of each other."""
        name = f"digest-{now:%Y-%m-%d}"
        communities = notifier.workspaces() if isinstance(notifier, ManyWorkspaces) else ()
        if not communities:
            await notifier.digest(name, *await self._summary(now))
        for community in communities:
            assert isinstance(notifier, ManyWorkspaces)
            summary = await self._summary(now, Workspace(platform, community))
            await notifier.digest_of(community, name, *summary)

    async def _summary(self, now: datetime, of: Workspace | None = None) -> tuple[str, bytes | None]:
        """The words and the picture."""
        numbers = summarise(await self._moderation.since(self._period, of=of), now)
        lines = statistics_lines(numbers, self._period, people=False)
        words = "\n".join([f"Summary of {now:%d %B %Y}", *lines])
        try:
            return words, await asyncio.to_thread(draw_digest, numbers) if numbers.cases else None
        except NoPlots as error:
            log.warning("%s", error)
            return words, None
