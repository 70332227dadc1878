"""How well scores agree with labels: micro over message × misconception, and near misses flagged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .examples import Example


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts that matter, at one threshold."""

    threshold: float
    precision: float
    recall: float
    near_misses: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    def __str__(self) -> str:
        return (
            f"F1 {self.f1:.3f}  precision {self.precision:.3f}  recall {self.recall:.3f}  "
            f"near misses flagged {self.near_misses:.1%}  threshold {self.threshold:.2f}"
        )


def wanted(examples: Sequence[Example], labels: Sequence[str]) -> NDArray[np.bool_]:
    """The labels as a table, messages × misconceptions."""
    return np.array([[label in e.labels for label in labels] for e in examples])


def at(scores: NDArray[np.float32], truth: NDArray[np.bool_], threshold: float) -> Quality:
    """The quality when everything from `threshold` up is flagged."""
    flagged = scores >= threshold
    hits = int((flagged & truth).sum())
    passing = ~truth.any(1)
    near = float(flagged[passing].any(1).mean()) if passing.any() else 0.0
    return Quality(threshold, hits / max(1, int(flagged.sum())), hits / max(1, int(truth.sum())), near)


def best(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> Quality:
    """The quality at the threshold with the highest F1."""
    return max((at(scores, truth, t) for t in np.arange(0.05, 0.96, 0.01).round(2)), key=lambda q: q.f1)
