"""What moderators' work looks like in numbers: how much waits, how long decisions take, how flags end."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.core.review import Case, Outcome, Status

Z = 1.96  # normal quantile of a 95% interval


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one misconception was upheld, with the 95% interval of Wilson (1927)."""

    misconception: str
    upheld: int
    decided: int
    pending: int = 0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.upheld, self.decided)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the cases opened in some span of time."""

    cases: int
    undecided: int
    oldest: timedelta | None  # how long the oldest undecided case has waited
    waits: tuple[timedelta, ...]  # from a case's notice to its decision, sorted
    rates: tuple[Rate, ...]  # most flagged first
    deciders: tuple[tuple[str, int], ...]  # who decided how many, most first

    @property
    def median_wait(self) -> timedelta | None:
        return timedelta(seconds=median(w.total_seconds() for w in self.waits)) if self.waits else None


def summarise(cases: Sequence[Case], now: datetime) -> Statistics:
    """The numbers of these cases."""
    waiting = [c for c in cases if c.status.undecided]
    decided = [c for c in cases if c.decided_at is not None and c.status in (Status.UPHELD, Status.DISMISSED)]
    return Statistics(
        cases=len(cases),
        undecided=len(waiting),
        oldest=max((now - c.opened_at for c in waiting), default=None),
        waits=tuple(sorted(c.decided_at - c.opened_at for c in decided if c.decided_at is not None)),
        rates=tuple(_rates(cases)),
        deciders=tuple(Counter(c.decided_by.name for c in decided if c.decided_by).most_common()),
    )


def wilson(successes: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share; (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share, spread = successes / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _rates(cases: Iterable[Case]) -> list[Rate]:
    ends: dict[str, Counter[Outcome]] = {}
    for case in cases:
        for flag in case.flags:
            ends.setdefault(flag.misconception, Counter())[flag.outcome] += 1
    rates = [
        Rate(name, e[Outcome.UPHELD], e[Outcome.UPHELD] + e[Outcome.DISMISSED], e[Outcome.PENDING])
        for name, e in ends.items()
    ]
    return sorted(rates, key=lambda r: (-(r.decided + r.pending), r.misconception))
