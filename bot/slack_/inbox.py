"""What arrives is taken in order, channel by channel, after Slack has had its acknowledgement."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager

from bot.ports import Clock

log = logging.getLogger(__name__)
Job = Callable[[], Awaitable[None]]
MOST_REMEMBERED = 20_000
TRIES = 3


class Work:
    """Counts what is in hand, so that nobody has to guess when it is done."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        self._count += 1
        self._idle.clear()

    def end(self) -> None:
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()

    async def done(self) -> None:
        """Return once nothing is in hand."""
        await self._idle.wait()


class Seen:
    """Remembers the newest version of what was seen, because Slack delivers some things twice or late."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._versions: OrderedDict[Hashable, float] = OrderedDict()
        self._most = most

    def is_new(self, name: Hashable, version: float = 0.0) -> bool:
        """Whether nothing as new as this was seen under that name; from now on it was."""
        if self._versions.get(name, -1.0) >= version:
            return False
        self._versions[name] = version
        self._versions.move_to_end(name)
        if len(self._versions) > self._most:
            self._versions.popitem(last=False)
        return True


class Inbox:
    """One line of jobs for each channel: an edit never overtakes its message, a busy channel holds up no other."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock
        self._lines: dict[str, asyncio.Queue[Job]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def put(self, channel: str, job: Job) -> None:
        """Do the job after those that wait for the channel already."""
        line = self._lines.get(channel)
        if line is None:
            line = self._lines[channel] = asyncio.Queue()
            self._workers.add(asyncio.get_running_loop().create_task(self._serve(channel, line)))
        self._work.begin()
        line.put_nowait(job)

    async def close(self) -> None:
        """Stop; what waits is read again by the next process."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._lines.clear()
        self._workers.clear()

    async def _serve(self, channel: str, line: "asyncio.Queue[Job]") -> None:
        while True:
            job = await line.get()
            try:
                await self._do(channel, job)
            finally:
                self._work.end()

    async def _do(self, channel: str, job: Job) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                await job()
            except Exception as error:  # one message that can't be handled must not stop the channel
                log.exception("channel %s: attempt %s failed: %s", channel, attempt, type(error).__name__)
                await self._clock.sleep(attempt)
            else:
                return
