"""What the service needs from the world; each docstring is a promise that contract tests check."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.core.audit import AuditRow
from bot.core.message import Message, MessageKey, Person, Workspace
from bot.core.proposals import Proposal
from bot.core.review import Case, Duty, HistoryEntry, Status

LONGEST_WAIT = timedelta(minutes=10)  # between two tries of what could not be told


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
    claimed_by: str = ""  # the process that does it now
    doubtful: bool = False  # another process may have done it, and died before it could say so


@dataclass(frozen=True, slots=True)
class Record:
    """How earlier flags of one misconception ended."""

    upheld: int
    decided: int


@dataclass(frozen=True, slots=True)
class Vote:
    """Whether an answer was useful to somebody."""

    platform: str
    workspace: str
    topic: str
    voter: str  # a keyed hash of person and topic: it shows that a vote is theirs, and not who they are
    useful: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Votes:
    """What those who voted said about one topic."""

    useful: int
    cast: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: cases for a decision, duties to be done, and of those the ones that failed before."""

    undecided: int
    owed: int
    failed: int


class Store(Protocol):
    """Cases, decisions and the outbox. Every change is one transaction."""

    async def open_case(self, case: Case, duties: Mapping[Duty, timedelta]) -> Case | None:
        """Save the case and outbox entries, each due that much later; None if its message has a case already."""

    async def case(self, case_id: int) -> Case | None:
        """The case with that number."""

    async def case_of(self, key: MessageKey) -> Case | None:
        """The case of that message."""

    async def cases(
        self, *, statuses: Sequence[Status] = (), limit: int = 50, offset: int = 0, of: Workspace | None = None
    ) -> list[Case]:
        """Cases, most serious first, then oldest first; all statuses and workspaces where none is named."""

    async def cases_since(
        self, since: datetime, *, limit: int, before: int | None = None, of: Workspace | None = None
    ) -> list[Case]:
        """Cases opened at that time or later, newest first, with numbers below `before`; of one workspace or all."""

    async def count(self, statuses: Sequence[Status], of: Workspace, *, most: int) -> int:
        """How many cases of the workspace have one of these statuses; counted up to `most`."""

    async def latest(self, statuses: Sequence[Status], of: Workspace, *, limit: int, offset: int = 0) -> list[Case]:
        """Cases of the workspace with these statuses, the latest decided first."""

    async def flooded(self, since: datetime, until: datetime, of: Workspace, *, beyond: int) -> Case | None:
        """The newest case of the workspace opened within that time, if there are so many or more; None otherwise."""

    async def numbers(self, of: Workspace, channel: str, messages: Iterable[str]) -> Mapping[str, int]:
        """The numbers of the cases that those messages have, by message."""

    async def backlog(self) -> Backlog:
        """What waits, counted up to 10,000 each."""

    async def channel_cases(self, platform: str, workspace: str, channel: str) -> list[Case]:
        """The cases of all messages in that channel."""

    async def cases_of_author(self, platform: str, workspace: str, author_id: str, since: datetime) -> list[Case]:
        """What that person's messages have led to since then, newest first."""

    async def case_of_notice(self, platform: str, notice_ref: str) -> Case | None:
        """The case that the notice shows."""

    async def twin(self, case: Case, since: datetime) -> Case | None:
        """The newest case since then with the same text in the same workspace: decided, or by the same author."""

    async def corrected(self, key: MessageKey, since: datetime) -> list[Case]:
        """Cases with a correction that stands in the message's channel and was decided since then, newest first."""

    async def standing(self, *, limit: int, before: int | None = None, of: Workspace | None = None) -> list[Case]:
        """Cases whose correction was told and not taken back, newest first, with numbers below `before`."""

    async def folded(self, case_id: int) -> int:
        """How many undecided cases the notice of that case counts."""

    async def repeat_of(self, key: MessageKey) -> Case | None:
        """The case into which the message was folded."""

    async def unfold(self, key: MessageKey) -> None:
        """Forget that the message repeats another."""

    async def reports(self, key: MessageKey) -> list[str]:
        """The ids of those who reported the message."""

    async def reports_by(self, key: MessageKey, reporter_id: str, since: datetime) -> int:
        """How many messages of the key's workspace that person has reported since then."""

    async def report(self, key: MessageKey, reporter_id: str, at: datetime) -> None:
        """Remember a report that opens no case yet."""

    async def reporter_record(self, platform: str, workspace: str, reporter_id: str) -> Record:
        """How the cases ended that the person reported."""

    async def active(self, since: datetime, of: Workspace) -> list[Person]:
        """Who has done something with a case of the workspace since then, the most recent first."""

    async def save(
        self,
        after: Case,
        entry: HistoryEntry,
        duties: Mapping[Duty, timedelta],
        *,
        repeat: MessageKey | None = None,
        report: MessageKey | None = None,
        proposal: Proposal | None = None,
        settled: int | None = None,
    ) -> bool:
        """Save a changed case, its history row and outbox entries, each due that much later.

        `repeat` is remembered as a message with the case's text, `report` as reported by the entry's person, `proposal`
        as an example that waits (one for each claim of a case), and the proposal numbered `settled` is forgotten.
        Proposals that the change leaves no ground for (see bot.core.proposals.outlive) are forgotten, too.
        False, and nothing saved, if someone was faster (by version).
        """

    async def owe(self, case: Case, duty: Duty, at: datetime) -> None:
        """Add one outbox entry, due at that time."""

    async def history(self, case_id: int) -> list[HistoryEntry]:
        """What happened to the case, oldest first."""

    async def proposals(self, *, limit: int) -> list[Proposal]:
        """Examples that wait for an admin, oldest first."""

    async def proposals_from(self, case_id: int) -> list[Proposal]:
        """Those that come from the case."""

    async def proposal(self, number: int) -> Proposal | None:
        """The proposal with that number."""

    async def proposals_about(self, platform: str, person_id: str) -> list[Proposal]:
        """Those from a message of that person, and those that the person made."""

    async def records(self) -> Mapping[str, Record]:
        """How earlier flags ended, by misconception."""

    async def due(self, now: datetime, limit: int = 20) -> list[OutboxEntry]:
        """Outbox entries whose time has come: urgent texts first, then oldest first."""

    async def claim(
        self, worker: str, now: datetime, *, platforms: Sequence[str] = (), limit: int = 20
    ) -> list[OutboxEntry]:
        """What is due, for that process alone: no other gets these entries, or others of the same cases.

        That ends with `done` or `retry`, or when the process leaves or is buried. `platforms` narrows the choice to
        cases of these.
        """

    def trouble(self) -> str | None:
        """Why the store can't be used now, for the health check; None when all is well."""

    async def wait_for_work(self) -> None:
        """Return when another process may have put something into the outbox; may never return."""

    async def done(
        self,
        entry: OutboxEntry,
        *,
        notice_ref: str | None = None,
        correction_ref: str | None = None,
        correction_link: str | None = None,
    ) -> None:
        """Forget the entry and remember what it made; the case's version stays. Nothing if another has claimed it."""

    async def retry(self, entry: OutboxEntry, due_at: datetime) -> None:
        """Count a failed attempt, give up the claim and wait until `due_at`. Nothing if another has claimed it."""

    async def lapsed(self, now: datetime) -> list[Case]:
        """Cases whose lease or snooze has run out."""

    async def closed_before(self, at: datetime, limit: int = 100) -> list[Case]:
        """Cases closed before then whose words are still kept, the oldest first."""

    async def cases_with(self, platform: str, person_id: str) -> list[Case]:
        """Every case in which that person stands, in whatever role, oldest first."""

    async def acts_of(self, platform: str, person_id: str) -> list[HistoryEntry]:
        """Everything that person did to cases of the platform, oldest first."""

    async def forget(self, platform: str, person_id: str, pseudonym: str) -> None:
        """Put the pseudonym in the person's place wherever it stands outside cases; the audit chain still holds."""

    def audit_rows(self) -> AsyncIterator[AuditRow]:
        """Every link of the audit chain, oldest first."""

    async def audit_key(self) -> bytes:
        """The secret of the audit chain."""

    async def cursor(self, platform: str, channel: str) -> str | None:
        """The last message of the channel that was screened."""

    async def advance(self, platform: str, channel: str, message: str) -> None:
        """Remember that everything up to `message` was screened; never moves backwards."""

    async def vote(self, vote: Vote) -> bool | None:
        """Keep the voter's only vote on the topic; return what an earlier one that it replaces said."""

    async def votes(self, platform: str, workspace: str) -> Mapping[str, Votes]:
        """The votes of that workspace by topic."""

    async def claim_offer(self, platform: str, channel: str, topic: str, now: datetime, quiet: timedelta) -> bool:
        """True, and kept, unless the topic was offered in that channel less than `quiet` before now.

        Of several callers at once, one hears True.
        """

    async def workspace_settings(self, platform: str, since: datetime) -> Mapping[str, str]:
        """What was chosen in chat for workspaces, as JSON, where that was changed at that time or later."""

    async def keep_workspace_settings(self, platform: str, workspace: str, body: str, at: datetime) -> None:
        """Keep what was chosen for the workspace, in place of what was chosen before."""

    async def recall(self, key: str) -> str | None:
        """What was remembered under the key."""

    async def remember(self, key: str, value: str) -> None:
        """Keep the value under the key until it is replaced."""

    async def settle(self, key: str, value: str) -> str:
        """Keep the value unless there is one already; return the one that is kept, the same for all who ask."""

    async def beat(self, worker: str) -> Mapping[str, int]:
        """Show that the process lives, by a count that goes up; return the counts of all that share the store."""

    async def bury(self, worker: str, beat: int) -> bool:
        """Free what that process had claimed and leased, unless it has shown life since that count."""

    async def leave(self, worker: str) -> None:
        """Give back everything that the process had claimed and leased."""

    async def lease(self, name: str, worker: str) -> bool:
        """Whether the process, which must have shown life, has what only one may have; it takes it if it is free."""

    async def end_lease(self, name: str, worker: str) -> None:
        """Let others have it, if the process has it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What names a correction on its platform, and where it can be seen (empty: by the author alone)."""

    ref: str
    link: str = ""


class Notifier(Protocol):
    """One platform's way to tell people things. Repeating a call with the same case changes nothing more."""

    async def show(self, case: Case, record: Mapping[str, Record], *, folded: int = 0) -> str:
        """Post the notice, or edit it if it stands already; return its id on the platform.

        `folded` counts the cases of a flood that have no notice of their own. Raises Unwritable where moderators
        can't be reached at all.
        """

    async def post_urgent(self, case: Case, words: str) -> None:
        """Answer the message of the case with these words at once, for all to see; the same words only once.

        Raises Impossible where that can never be.
        """

    async def post_correction(self, case: Case) -> Told:
        """Tell `case.correction` once, as a reply or to the author alone (`case.way`).

        Raises Impossible where it can never be told.
        """

    async def tell_author(self, case: Case, words: str) -> None:
        """Say something to the author of the message alone, once. Raises Impossible where that can never be."""

    async def escalate(self, case: Case) -> None:
        """Call those to whom hard cases go, once, where the settings name any."""

    async def remind(self, case: Case, people: Sequence[Person]) -> None:
        """Tell moderators once that the case still waits, and these people in particular."""

    async def alert_admin(self, words: str) -> None:
        """Tell an admin that moderators can't be reached. Raises Undeliverable."""

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        """Post a summary for moderators, once for each name, with a PNG picture."""

    async def amend_correction(self, case: Case) -> None:
        """Make what `post_correction` told say `case.correction` now, where it stands.

        Raises Impossible where it is gone.
        """

    async def remove_correction(self, case: Case) -> None:
        """Take back what `post_correction` told, if it still stands; who was told alone hears of it."""

    async def delete_message(self, case: Case) -> None:
        """Delete the message of the case, if it is still there. Raises Impossible where it may not be deleted."""


@runtime_checkable
class Doubting(Protocol):
    """A Notifier that looks for what it may have told already only where it was told to doubt."""

    def doubt(self, case: Case) -> None:
        """Another process may have told things about the case and died before it could say so."""


@runtime_checkable
class ManyWorkspaces(Protocol):
    """A Notifier that serves several communities, which must not hear of each other."""

    def workspaces(self) -> Sequence[str]:
        """Those whose moderators can be told things."""

    async def alert_admin_of(self, workspace: str, words: str) -> None:
        """As `Notifier.alert_admin`, for one workspace."""

    async def digest_of(self, workspace: str, name: str, words: str, picture: bytes | None) -> None:
        """As `Notifier.digest`, for one workspace."""


class Scorer(Protocol):
    """The second reader: how likely each misconception is asserted."""

    def score(self, text: str) -> Mapping[str, float]:
        """Probability by misconception, 0..1, for those the scorer knows."""


class Meter(Protocol):
    """Counts what happens, for whoever watches over the bot."""

    def message(self, platform: str, count: int = 1) -> None:
        """So many messages were looked at."""

    def finding(self, misconception: str, *, shadow: bool) -> None:
        """A misconception was found in a message."""

    def noticed(self, wait: timedelta) -> None:
        """A case got its notice that long after it was opened."""

    def failed(self, what: str, kind: str) -> None:
        """Something could not be done; `kind` names the error."""


class Unmetered:
    """A meter that counts nothing."""

    def message(self, platform: str, count: int = 1) -> None: ...

    def finding(self, misconception: str, *, shadow: bool) -> None: ...

    def noticed(self, wait: timedelta) -> None: ...

    def failed(self, what: str, kind: str) -> None: ...


class StoreAway(Exception):
    """The store can't be read or written now, and goes on by itself later; the message tells the operator why.

    Whether the change that was under way is saved is open, if the answer to it was lost; repeating it is harmless.
    """


class Impossible(Exception):
    """What a case owes can never be told, whatever is tried; the message says why, for moderators."""


class Undeliverable(Exception):
    """The platform can't be told this now; it is tried again later. The message is for the operator."""


class NotHere(Undeliverable):
    """Nothing is wrong with the place: this process is not connected yet, or it is another's to reach."""


class Unwritable(Undeliverable):
    """The moderators' channel is gone or closed to the bot; the message is for an admin."""


MessageStream = AsyncIterator[Message]
StoreContext = AbstractAsyncContextManager[Store]
