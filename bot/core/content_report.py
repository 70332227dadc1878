"""What `/moderation content` says: which content is in force, and what it needs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.console import age
from bot.core.evidence import Outdated
from bot.core.pack import Misconception, Pack, Stage, Topic
from bot.core.reviews import Due
from bot.core.trials import Trial

MOST = 8  # lines of one kind


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to say; `pack` has topics and misconceptions of every stage."""

    pack: Pack
    now: datetime
    loaded_at: datetime | None
    problems: str  # of the files on disk, while they can't be used
    changes: Sequence[str]  # against the revision before
    held_back: Mapping[str, object]
    trials: Mapping[str, Trial]
    due: Sequence[Due]
    outdated: Sequence[Outdated]


def content_lines(report: Report) -> list[str]:
    """The report in plain lines, the most urgent first."""
    return [
        *_broken(report.problems),
        _revision(report),
        *stage_lines(report.pack),
        *_held_back(report),
        *_outdated(report.outdated),
        *_resting(report),
        *_due(report),
        *_changes(report.changes),
    ]


def stage_lines(pack: Pack) -> list[str]:
    """How much of the pack is live, and how much is not."""
    return [
        _stages("Misconceptions", [m.stage for m in pack.misconceptions.values()]),
        _stages("Topics", [t.stage for t in pack.topics.values()]),
    ]


def _broken(problems: str) -> Iterator[str]:
    if problems:
        yield "The files on disk can't be used, so the last good ones stay in force:"
        yield from _some([line.strip() for line in problems.split("\n") if line.strip()])


def _revision(report: Report) -> str:
    if report.loaded_at is None:
        return f"Revision {report.pack.revision} is in force."
    since = report.now - report.loaded_at
    when = f"{age(since)} ago" if since >= timedelta(minutes=1) else "just now"
    return f"Revision {report.pack.revision} is in force, taken over {when}."


def _stages(what: str, stages: Sequence[Stage]) -> str:
    counts = [f"{stages.count(stage)} {stage}" for stage in (Stage.LIVE, *Stage) if stage in stages]
    return f"{what}: {', '.join(dict.fromkeys(counts)) or 'none'}."


def _held_back(report: Report) -> Iterator[str]:
    if report.held_back:
        yield "In shadow by themselves, because their own examples come out wrong:"
        yield from _some([f"{name}: {why}{_trial(report, name)}" for name, why in report.held_back.items()])


def _outdated(found: Sequence[Outdated]) -> Iterator[str]:
    if found:
        yield "Posted corrections that would read differently today:"
        yield from _some([stale.line for stale in found])


def _resting(report: Report) -> Iterator[str]:
    """What is not live."""
    entries: list[Topic | Misconception] = [*report.pack.misconceptions.values(), *report.pack.topics.values()]
    lines = [f"{e.id}: {e.stage}{_trial(report, e.id)}" for e in entries if e.stage is not Stage.LIVE]
    if lines:
        yield "Not live:"
        yield from _some(lines)


def _trial(report: Report, name: str) -> str:
    trial = report.trials.get(name)
    if trial is None:
        return ""
    times = "once" if trial.times == 1 else f"{trial.times} times"
    return f"; it would have shown itself {times} since {trial.since}"


def _due(report: Report) -> Iterator[str]:
    if report.due:
        yield "To be reviewed:"
        yield from _some([due.line(report.now.date()) for due in report.due])


def _changes(changes: Sequence[str]) -> Iterator[str]:
    if changes:
        yield "What changed since the revision before:"
        yield from _some(changes)


def _some(lines: Sequence[str]) -> list[str]:
    rest = [f"… and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return [f"• {line}" for line in lines[:MOST]] + rest
