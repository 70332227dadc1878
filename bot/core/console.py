"""What `/moderation` says, as plain lines that every platform can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from bot.core import wording
from bot.core.cards import SEVERITY_WORDS, shorten
from bot.core.pack import Pack
from bot.core.review import UNDECIDED, Case, Outcome, Status, describe
from bot.core.statistics import Statistics

MOST_RATES = 10


class Show(StrEnum):
    """Which cases of the queue somebody wants to see."""

    WAITING = "waiting"
    ESCALATED = "escalated"
    SECOND = "second"
    SNOOZED = "snoozed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    ALL = "all"


SHOWN: Mapping[Show, tuple[Status, ...]] = MappingProxyType(
    {
        Show.WAITING: tuple(sorted(UNDECIDED)),
        Show.ESCALATED: (Status.ESCALATED,),
        Show.SECOND: (Status.PROPOSED, Status.APPEALED),  # what another moderator than before must decide
        Show.SNOOZED: (Status.SNOOZED,),
        Show.UPHELD: (Status.UPHELD,),
        Show.DISMISSED: (Status.DISMISSED,),
        Show.ALL: tuple(Status),
    }
)
SHOW_WORDS: Mapping[Show, str] = MappingProxyType(
    {
        Show.WAITING: "Waiting",
        Show.ESCALATED: "Escalated",
        Show.SECOND: "For a second person",
        Show.SNOOZED: "Snoozed",
        Show.UPHELD: "Upheld",
        Show.DISMISSED: "Not a misconception",
        Show.ALL: "All",
    }
)


def is_shared(case: Case) -> bool:
    """Whether moderators of every platform may handle the case: all but those of the sandbox, which are practice."""
    return case.key.platform != "sandbox"


def queue_line(case: Case, now: datetime) -> str:
    """One case of the queue."""
    flags = ", ".join(f.misconception for f in case.flags) or "reported by a member"
    return (
        f"Case {case.id} · {SEVERITY_WORDS[case.severity]} · {case.probability:.0%} · {describe(case)}"
        f" · {age(now - case.opened_at)} · {shorten(flags, 90)}"
    )


def person_lines(cases: Sequence[Case], span: timedelta) -> list[str]:
    """What one person's messages have led to: counts, never texts."""
    if not cases:
        return [f"No message of this person has a case in the last {age(span)}."]
    ended = {s: sum(c.status is s for c in cases) for s in Status}
    lines = [f"{_count(len(cases), 'case')} in the last {age(span)}."]
    lines += [f"{words}: {ended[status]}" for status, words in _ENDS.items() if ended[status]]
    waiting = sum(c.status.undecided for c in cases)
    lines += [f"Waiting for a decision: {waiting}"] if waiting else []
    upheld = {f.misconception for c in cases for f in c.flags if f.outcome is Outcome.UPHELD}
    lines += [f"Upheld claims: {shorten(', '.join(sorted(upheld)), 400)}"] if upheld else []
    return lines


def statistics_lines(numbers: Statistics, span: timedelta, *, people: bool) -> list[str]:
    """The numbers in words; single moderators only where `people` says so."""
    lines = [
        f"{_count(numbers.cases, 'case')} in the last {age(span)}; {numbers.undecided} waiting"
        + (f", the oldest for {age(numbers.oldest)}." if numbers.oldest else ".")
    ]
    if numbers.median_wait is not None:
        lines.append(f"Half of the decisions took less than {age(numbers.median_wait)}.")
    for rate in numbers.rates[:MOST_RATES]:
        if rate.decided:
            low, high = rate.interval
            lines.append(
                f"{rate.misconception}: {rate.upheld} of {rate.decided} upheld (95% interval {low:.0%} to {high:.0%})"
            )
    if people:
        lines += [f"{name}: {_count(count, 'decision')}" for name, count in numbers.deciders]
    return lines


class Liked(Protocol):
    """What those who voted said about one topic."""

    @property
    def useful(self) -> int: ...
    @property
    def cast(self) -> int: ...


def vote_lines(pack: Pack, votes: Mapping[str, Liked]) -> list[str]:
    """How useful the answers were to those who voted, those that helped least first."""
    shown = sorted((t for t in votes if t in pack.topics), key=lambda t: votes[t].useful / votes[t].cast)
    lines = [
        f"{pack.topics[t].title}: useful to {votes[t].useful} of {_count(votes[t].cast, 'person', 'people')}"
        for t in shown[:MOST_RATES]
    ]
    return ["Answers, by those who voted:", *lines] if lines else []


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to say about how the bot listens."""

    watched: int  # channels and threads
    reading: tuple[int, int, int]  # channels done, channels to read back, messages read back so far
    read_at: datetime | None  # when reading back was finished; None while it goes on
    unread: tuple[str, ...]  # channels that can't be read back, each with why
    problems: tuple[str, ...]
    paused: str  # "here", "everywhere", or nothing
    urgent: bool = True  # whether emergencies are answered also in pauses


def status_lines(standing: Standing, now: datetime) -> list[str]:
    """Whether everything is heard, and what stands in the way."""
    done, channels, messages = standing.reading
    lines = [f"Listening in {_count(standing.watched, 'channel')} and threads here."]
    if standing.paused:
        lines.append(f"{wording.paused(standing.paused, urgent=standing.urgent)} /moderation resume ends that.")
    if standing.read_at is None:
        lines.append(
            f"Reading what was posted while the bot was away: {done} of {_count(channels, 'channel')} done, "
            f"{_count(messages, 'message')} so far."
        )
    elif messages:
        lines.append(
            f"What was posted while the bot was away was read {age(now - standing.read_at)} ago: "
            f"{_count(messages, 'message')} in {_count(channels, 'channel')}."
        )
    else:
        lines.append("Nothing was posted while the bot was away.")
    lines += [f"Not read back yet: {words}." for words in standing.unread]
    lines += [f"To mend: {words}" for words in standing.problems]
    return lines


def age(span: timedelta) -> str:
    """A length of time in its largest fitting unit."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _count(max(0, minutes), "minute")
    if minutes < 48 * 60:
        return _count(minutes // 60, "hour")
    return _count(minutes // (24 * 60), "day")


def _count(number: int, what: str, many: str = "") -> str:
    return f"{number} {what}" if number == 1 else f"{number} {many or what + 's'}"


_ENDS = {
    Status.UPHELD: "Upheld",
    Status.DISMISSED: "Not a misconception",
    Status.WITHDRAWN: "Edited by the author",
    Status.MESSAGE_DELETED: "Message deleted",
}
