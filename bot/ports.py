"""What the service needs from the world; each docstring is a promise that contract tests check."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.message import Message, MessageKey
from bot.core.review import Case, Duty, HistoryEntry, Status


class Clock(Protocol):
    """Time, injected so that tests decide what time it is."""

    def now(self) -> datetime:
        """The current time, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of this clock."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """Something the outside world must still be told."""

    id: int
    case_id: int
    duty: Duty
    attempts: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """How earlier flags of one misconception ended."""

    upheld: int
    decided: int


class Store(Protocol):
    """Cases, decisions and the outbox. Every change is one transaction."""

    async def open_case(self, case: Case) -> Case | None:
        """Save the case and an outbox entry for its notice; None if its message has a case already."""

    async def case(self, case_id: int) -> Case | None:
        """The case with that number."""

    async def case_of(self, key: MessageKey) -> Case | None:
        """The case of that message."""

    async def cases(self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0) -> list[Case]:
        """Cases, most serious first, then oldest first; all statuses when none is named."""

    async def save(self, after: Case, entry: HistoryEntry, duties: Sequence[Duty]) -> bool:
        """Save a changed case, its history row and outbox entries; False if someone was faster (by version)."""

    async def history(self, case_id: int) -> list[HistoryEntry]:
        """What happened to the case, oldest first."""

    async def records(self) -> Mapping[str, Record]:
        """How earlier flags ended, by misconception."""

    async def due(self, now: datetime, limit: int = 20) -> list[OutboxEntry]:
        """Outbox entries whose time has come, oldest first."""

    async def done(
        self, entry: OutboxEntry, *, notice_ref: str | None = None, correction_ref: str | None = None
    ) -> None:
        """Forget the entry and remember what it made; the case's version stays."""

    async def retry(self, entry: OutboxEntry, due_at: datetime) -> None:
        """Count a failed attempt and wait until `due_at`."""

    async def lapsed(self, now: datetime) -> list[Case]:
        """Cases whose lease or snooze has run out."""

    async def cursor(self, platform: str, channel: str) -> str | None:
        """The last message of the channel that was screened."""

    async def advance(self, platform: str, channel: str, message: str) -> None:
        """Remember that everything up to `message` was screened; never moves backwards."""

    async def recall(self, key: str) -> str | None:
        """What was remembered under the key."""

    async def remember(self, key: str, value: str) -> None:
        """Keep the value under the key until it is replaced."""


class Notifier(Protocol):
    """One platform's way to tell people things. Repeating a call with the same case changes nothing more."""

    async def show(self, case: Case, record: Mapping[str, Record]) -> str:
        """Post the notice, or edit it if it stands already; return its id on the platform."""

    async def post_correction(self, case: Case) -> str:
        """Tell `case.correction` once, as a reply or to the author alone (`case.way`); return what names it.

        Raises Impossible where it can never be told.
        """

    async def remove_correction(self, case: Case) -> None:
        """Take back what `post_correction` told, if it still stands; who was told alone hears of it."""

    async def delete_message(self, case: Case) -> None:
        """Delete the message of the case, if it is still there. Raises Impossible where it may not be deleted."""


class Scorer(Protocol):
    """The second reader: how likely each misconception is asserted."""

    def score(self, text: str) -> Mapping[str, float]:
        """Probability by misconception, 0..1, for those the scorer knows."""


class Impossible(Exception):
    """What a case owes can never be told, whatever is tried; the message says why, for moderators."""


class Undeliverable(Exception):
    """The platform can't be told this now; it is tried again later. The message is for the operator."""


MessageStream = AsyncIterator[Message]
StoreContext = AbstractAsyncContextManager[Store]
