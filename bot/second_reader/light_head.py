"""A light head: what six examples for and six against teach about a misconception that no training has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy is loaded with the model only, so that a bot without it starts as fast as before
    import numpy as np
    from numpy.typing import NDArray

    Table = NDArray[np.float32]
    Wide = NDArray[np.float64]

SCALE = 6.0  # unit vectors are close together; this makes `STRENGTH` a number near one
STRENGTH = 2.0  # of the pull towards small weights
ROUNDS = 12  # Newton's method settles in about six
BACKGROUND = 8.0  # what all shipped examples together weigh, against 6 for the flags and 6 for the passes


@dataclass(frozen=True, slots=True)
class LightHead:
    """A regularised logistic regression on the network's vector of a message."""

    centre: Table
    weights: Table
    bias: float

    def score(self, vectors: Table) -> Table:
        """The probability for each vector (one row each)."""
        import numpy as np

        logits = (_unit(vectors) - self.centre) @ self.weights + self.bias
        scored: Table = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        return scored


def fit(flags: Table, passes: Table, background: Table) -> LightHead:
    """The head that tells the flags from the passes and from everything that the model shipped with."""
    import numpy as np

    rows = _unit(np.concatenate([flags, passes, background]))
    centre = rows[len(flags) + len(passes) :].mean(0)
    table = np.concatenate([(rows - centre) * SCALE, np.ones((len(rows), 1))], 1).astype(np.float64)
    wanted = np.zeros(len(rows))
    wanted[: len(flags)] = 1.0
    shares = np.concatenate([np.ones(len(flags) + len(passes)), np.full(len(background), BACKGROUND / len(background))])
    solution = _newton(table, wanted, shares)
    return LightHead(centre, (solution[:-1] * SCALE).astype(np.float32), float(solution[-1]))


def _newton(
    table: NDArray[np.float64], wanted: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    import numpy as np

    solution = np.zeros(table.shape[1])
    pull = np.full(table.shape[1], STRENGTH)
    pull[-1] = 1e-3  # the bias is free
    for _ in range(ROUNDS):
        guess = 1.0 / (1.0 + np.exp(-np.clip(table @ solution, -30, 30)))
        slope = table.T @ (shares * (guess - wanted)) + pull * solution
        bend = (table * (shares * guess * (1 - guess))[:, None]).T @ table + np.diag(pull)
        solution = solution - np.linalg.solve(bend, slope)
    return solution


def _unit(vectors: Table) -> Table:
    import numpy as np

    scaled: Table = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return scaled
