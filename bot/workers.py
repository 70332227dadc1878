"""This process among those that share the store: it shows that it lives, and frees what dead ones held.

No clock is compared with another's: each process counts its own beat up, and is taken to be dead once others have seen
the same count at several of their own beats. So neither clocks that differ nor one that jumps can do harm.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from bot.patience import patiently
from bot.ports import Clock, Store, StoreAway

log = logging.getLogger(__name__)
BEAT = 1.5  # seconds between two beats
STILL = 4  # of our own beats, after which a count that stands still means death: about 6 seconds
BETWEEN = ":"  # parts of a process's name


class Worker:
    """Beats in the store; what it claims and leases is free for others once it stops."""

    def __init__(self, store: Store, clock: Clock, *, place: str | None = None) -> None:
        self.id = BETWEEN.join((place or _place(), str(os.getpid()), secrets.token_hex(4)))
        self._store = store
        self._clock = clock
        self._seen: dict[str, tuple[int, int]] = {}  # the count of each process, and how often it was the same

    @asynccontextmanager
    async def working(self) -> AsyncIterator["Worker"]:
        """Known to the others from now on; what is held is given back at the end."""
        await self.beat()
        try:
            yield self
        finally:
            with suppress(StoreAway):  # then the others find out by themselves
                await self._store.leave(self.id)

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await self._clock.sleep(BEAT)
            with suppress(StoreAway):  # nobody else can beat either, or they take over what this one can't do
                await self.beat()

    async def beat(self) -> None:
        """Show life once, and bury those that have shown none for too long."""
        counts = await self._store.beat(self.id)
        self._seen = {w: self._look(w, count) for w, count in counts.items() if w != self.id}
        for other, (count, still) in self._seen.items():
            if (still >= STILL or _gone(other)) and await self._store.bury(other, count):
                log.warning("process %s is dead; what it was doing is free for others", other.rpartition(BETWEEN)[0])

    async def hold(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do the work while the lease is ours; wait for it before, and again after it was lost."""
        waited = False
        while True:
            if await patiently(lambda: self._store.lease(name, self.id), self._clock):
                log.info("this process has %s now", name)
                if await self._worked(name, work):
                    return
            elif not waited:
                log.info("another process has %s; this one waits for it", name)
                waited = True
            await self._clock.sleep(BEAT)

    async def hold_all(self, names: Sequence[str], work: Callable[[], Coroutine[None, None, None]]) -> None:
        """As `hold`, while all of them are ours; they are taken in the order given, the same for everybody."""
        for name in reversed(names):
            work = partial(self.hold, name, work)
        await work()

    async def _worked(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> bool:
        """Whether the work came to its own end; False when the lease was lost to another process."""
        task, watch = asyncio.create_task(work()), asyncio.create_task(self._lost(name))
        try:
            await asyncio.wait([task, watch], return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                log.warning("another process has taken %s over", name)
                return False
            await task
            return True
        finally:
            for each in (task, watch):
                each.cancel()
            await asyncio.gather(task, watch, return_exceptions=True)
            with suppress(StoreAway):
                await self._store.end_lease(name, self.id)

    async def _lost(self, name: str) -> None:
        """Return once the lease is another's: this process was away for so long that it was thought dead."""
        while await patiently(lambda: self._store.lease(name, self.id), self._clock):
            await self._clock.sleep(BEAT)

    def _look(self, other: str, count: int) -> tuple[int, int]:
        before, still = self._seen.get(other, (0, 0))
        return count, still + 1 if count == before else 0


def _place() -> str:
    """Names the machine since its start, and its container: where equal, process numbers mean the same."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}{BETWEEN}{os.readlink('/proc/self/ns/pid').strip('pid:[]')}"
    except OSError:  # no Linux
        return secrets.token_hex(8) + BETWEEN


def _gone(other: str) -> bool:
    """Whether it ran here and its process number is free again; so a restart needs not wait."""
    place, _, rest = other.rpartition(BETWEEN)[0].rpartition(BETWEEN)
    if place != _place() or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
