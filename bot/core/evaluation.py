"""How well messages were screened, against labels: precision, recall, near misses flagged, calibration.

Counts are micro-averaged over message x misconception unless a name says otherwise. Intervals are percentile
bootstraps over messages (Efron & Tibshirani 1993), seeded, so that the same data gives the same numbers.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RESAMPLES = 1000
SEED = 7
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled message with the probability that screening gave to each misconception."""

    id: str
    text: str
    labels: frozenset[str]
    kind: str
    probabilities: Mapping[str, float]
    reply_to: str = ""

    def flagged(self, threshold: float) -> frozenset[str]:
        """The misconceptions at or above the threshold."""
        return frozenset(m for m, p in self.probabilities.items() if p >= threshold)


@dataclass(frozen=True, slots=True)
class Counts:
    """Right flags, wrong flags and misses; and of the near misses (no label), how many were flagged at all."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    near_misses: int = 0
    near_misses_flagged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.near_misses + other.near_misses,
            self.near_misses_flagged + other.near_misses_flagged,
        )

    @property
    def precision(self) -> float:
        """1 where nothing was flagged: no flag was wrong."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """1 where there was nothing to find."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else 1.0

    @property
    def near_miss_share(self) -> float:
        """Share of near-miss messages with any flag; 0 where there was none to flag."""
        return self.near_misses_flagged / self.near_misses if self.near_misses else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95% bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Findings of similar probability: what was said on average, and how often it was right."""

    said: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told about one evaluation."""

    messages: int
    threshold: float
    counts: Counts
    precision: Interval
    recall: Interval
    f1: Interval
    near_miss_share: Interval
    macro_f1: float
    by_kind: Mapping[str, Counts]
    by_misconception: Mapping[str, Counts]
    curve: tuple[tuple[float, float, float], ...]  # threshold, precision, recall
    reliability: tuple[Bin, ...]
    wrong: tuple[tuple[Judged, str], ...]  # flagged without the label
    missed: tuple[tuple[Judged, str], ...]  # labelled without a flag


def counts_of(judged: Judged, threshold: float) -> Counts:
    """What one message adds to the counts."""
    flagged = judged.flagged(threshold)
    near = not judged.labels
    return Counts(
        right=len(flagged & judged.labels),
        wrong=len(flagged - judged.labels),
        missed=len(judged.labels - flagged),
        near_misses=int(near),
        near_misses_flagged=int(near and bool(flagged)),
    )


def evaluate(judged: Sequence[Judged], *, threshold: float) -> Report:
    """The report on messages that were screened; `threshold` is the live one, 0..1."""
    each = [counts_of(j, threshold) for j in judged]
    kinds: dict[str, Counts] = defaultdict(Counts)
    for message, counts in zip(judged, each, strict=True):
        kinds[message.kind] += counts
    per_claim = _by_misconception(judged, threshold)
    precision, recall, f1, near = _intervals(each)
    return Report(
        messages=len(judged),
        threshold=threshold,
        counts=_total(each),
        precision=precision,
        recall=recall,
        f1=f1,
        near_miss_share=near,
        macro_f1=sum(c.f1 for c in per_claim.values()) / len(per_claim) if per_claim else 1.0,
        by_kind=dict(sorted(kinds.items())),
        by_misconception=per_claim,
        curve=tuple(_at(judged, n / 50) for n in range(1, 50)),
        reliability=reliability(judged),
        wrong=tuple((j, m) for j in judged for m in sorted(j.flagged(threshold) - j.labels)),
        missed=tuple((j, m) for j in judged for m in sorted(j.labels - j.flagged(threshold))),
    )


def reliability(judged: Sequence[Judged], bins: int = BINS) -> tuple[Bin, ...]:
    """What was said against how often it was right, for findings of at least 0.02; empty bins are left out."""
    sorted_in: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for message in judged:
        for name, probability in message.probabilities.items():
            if probability >= 0.02:
                sorted_in[min(bins - 1, int(probability * bins))].append((probability, name in message.labels))
    return tuple(
        Bin(sum(p for p, _ in held) / len(held), sum(right for _, right in held) / len(held), len(held))
        for _, held in sorted(sorted_in.items())
    )


def _total(each: Sequence[Counts]) -> Counts:
    return sum(each, start=Counts())


def _at(judged: Sequence[Judged], threshold: float) -> tuple[float, float, float]:
    counts = _total([counts_of(j, threshold) for j in judged])
    return threshold, counts.precision, counts.recall


def _by_misconception(judged: Sequence[Judged], threshold: float) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(Counts)
    for message in judged:
        flagged = message.flagged(threshold)
        for name in flagged | message.labels:
            found[name] += Counts(
                right=int(name in flagged & message.labels),
                wrong=int(name in flagged - message.labels),
                missed=int(name in message.labels - flagged),
            )
    return dict(sorted(found.items(), key=lambda item: (item[1].f1, item[0])))


def _intervals(each: Sequence[Counts]) -> tuple[Interval, Interval, Interval, Interval]:
    """Precision, recall, F1 and the share of near misses flagged, with their intervals."""
    total = _total(each)
    rows = [(c.right, c.wrong, c.missed, c.near_misses, c.near_misses_flagged) for c in each]
    dice = random.Random(SEED)
    drawn = (
        [Counts(*map(sum, zip(*dice.choices(rows, k=len(rows)), strict=True))) for _ in range(RESAMPLES)]
        if rows
        else []
    )
    return (
        _interval(total.precision, [c.precision for c in drawn]),
        _interval(total.recall, [c.recall for c in drawn]),
        _interval(total.f1, [c.f1 for c in drawn]),
        _interval(total.near_miss_share, [c.near_miss_share for c in drawn]),
    )


def _interval(value: float, drawn: list[float]) -> Interval:
    if not drawn:
        return Interval(value, value, value)
    drawn.sort()
    return Interval(value, drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn)) - 1])
