"""Screening beside the event loop: ordinary chat leaves at once, the rest is read in a thread."""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Self

from bot.core.reader import Screener
from bot.core.screening import Screening

DEPTH = 200  # messages that may wait to be read with the second reader


@dataclass(slots=True)
class _Ticket:
    """A message that waits; `hurried` once too many stand behind it."""

    text: str
    reply_to: str
    hurried: bool = False


class ReadingRoom:
    """Reads messages one after the other in a thread, so that the event loop is never held up.

    When more than `depth` messages wait, the oldest are read by the rules alone: nothing is left unscreened.
    """

    def __init__(self, screener: Screener, *, depth: int = DEPTH) -> None:
        self._screener = screener
        self._most = depth
        self._waiting: deque[_Ticket] = deque()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self.seen = 0  # messages that came to the gate
        self.passed = 0  # of those, the ones about the subject
        self.hurried = 0  # messages read by the rules alone because too many waited

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def use(self, screener: Screener) -> None:
        """Read with another screener from now on; what is being read ends with the one before."""
        self._screener = screener

    @property
    def depth(self) -> int:
        """How many messages wait to be read."""
        return len(self._waiting)

    def concerns(self, text: str, *, reply_to: str = "") -> bool:
        """Whether the message can have to do with the subject at all; at once."""
        admitted = self._screener.concerns(text, reply_to=reply_to)
        self.seen += not admitted  # the others are counted when they come to be read
        return admitted

    async def screen(self, text: str, *, reply_to: str = "") -> Screening:
        """What the message asserts; see `Screener.screen`."""
        self.seen += 1
        if not self._screener.concerns(text, reply_to=reply_to):
            return Screening()
        self.passed += 1
        if not self._screener.has_second_reader:
            return self._screener.screen(text, reply_to=reply_to)
        ticket = _Ticket(text, reply_to)
        self._join(ticket)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, ticket)

    def _join(self, ticket: _Ticket) -> None:
        with self._lock:
            self._waiting.append(ticket)
            if len(self._waiting) > self._most:
                self._waiting.popleft().hurried = True
                self.hurried += 1

    def _read(self, ticket: _Ticket) -> Screening:
        with self._lock:
            if not ticket.hurried:
                self._waiting.popleft()  # the thread reads in the order of the line
        if ticket.hurried:
            return self._screener.by_rules_alone(ticket.text, reply_to=ticket.reply_to)
        return self._screener.screen(ticket.text, reply_to=ticket.reply_to)
