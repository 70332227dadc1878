"""A regular summary for moderators, with a picture of how flags ended and how long decisions took."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.core import wording
from bot.core.console import statistics_lines
from bot.core.message import Workspace
from bot.core.statistics import summarise
from bot.moderation import Moderation
from bot.plots import NoPlots, draw_digest
from bot.ports import Clock, ManyWorkspaces, Notifier, Store, StoreAway, Undeliverable

log = logging.getLogger(__name__)
LAST = "digest.last"  # in the store, with the platform and community: when the last digest was posted there
EVERYBODY = ""  # where one summary is for everybody
LOOK = 300.0  # seconds between looks at the clock


class Digest:
    """Posts one summary for each period and community; after downtime only the newest.

    Each community has a time of its own, so one that can't be reached, or that another process serves, keeps no other
    one waiting and loses nothing.
    """

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
        """Post the summaries whose time has come; whether there was one. A community's first comes a period after it
        was first seen.
        """
        posted = False
        for platform, notifier in list(self._notifiers.items()):
            communities = notifier.workspaces() if isinstance(notifier, ManyWorkspaces) else ()
            for community in communities or (EVERYBODY,):
                posted = await self._look_at(platform, notifier, community) or posted
        return posted

    async def _look_at(self, platform: str, notifier: Notifier, community: str) -> bool:
        """Whether the community's summary was due and is posted."""
        now, key = self._clock.now(), ".".join(filter(None, (LAST, platform, community)))
        last = await self._store.recall(key) or await self._store.recall(LAST)
        if last is not None and now - datetime.fromisoformat(last) < self._period:
            return False
        if last is not None:
            try:
                await self._post(platform, notifier, community, now)
            except Undeliverable as error:
                log.warning("the digest could not be posted on %s: %s", platform, error)
                return False
        await self._store.remember(key, now.isoformat())
        return last is not None

    async def _post(self, platform: str, notifier: Notifier, community: str, now: datetime) -> None:
        """One summary of everything, or that of a community which must not hear of the others."""
        name = f"digest-{now:%Y-%m-%d}"
        if community == EVERYBODY:
            await notifier.digest(name, *await self._summary(now))
        else:
            assert isinstance(notifier, ManyWorkspaces)
            await notifier.digest_of(community, name, *await self._summary(now, Workspace(platform, community)))

    async def _summary(self, now: datetime, of: Workspace | None = None) -> tuple[str, bytes | None]:
        """The words and the picture."""
        numbers = summarise(await self._moderation.since(self._period, of=of), now)
        lines = statistics_lines(numbers, self._period, people=False)
        words = "\n".join([wording.summary_of(now), *lines])
        try:
            return words, await asyncio.to_thread(draw_digest, numbers) if numbers.cases else None
        except NoPlots as error:
            log.warning("%s", error)
            return words, None
