"""The numbers on entries in shadow, kept in the store: what they would have done."""

import asyncio
from collections.abc import Collection

from bot.core import trials
from bot.core.pack import Pack
from bot.core.trials import Trial
from bot.ports import Clock, Store

KEPT = "content.trials"  # in the store


class Trials:
    """Counts one after the other, so that none is lost."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._counting = asyncio.Lock()

    async def count(self, names: Collection[str], pack: Pack, held_back: Collection[str]) -> None:
        """These entries of the pack would have shown themselves once more."""
        async with self._counting:
            known = trials.read(await self._store.recall(KEPT))
            today = self._clock.now().date().isoformat()
            after = trials.counted(known, names, today, trials.shadows(pack, held_back))
            await self._store.remember(KEPT, trials.written(after))

    async def numbers(self) -> dict[str, Trial]:
        """What was counted, by the entry's id."""
        return trials.read(await self._store.recall(KEPT))
