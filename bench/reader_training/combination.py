"""Fits how both readers are combined into one probability, on messages that neither was made with."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.core.combine import CERTAIN, Weights, log_odds
from bot.core.pack import Pack
from bot.core.reader import RuleReading, Screener
from bot.second_reader.reader import SecondReader

from .examples import Example

PULL = 1.0  # towards small weights; a few hundred messages hold few surprises
ROUNDS = 30  # Newton's method settles in about ten
NAMES = (
    "bias",
    "learned",
    "asserted",
    "stopped",
    "learned_asserted",
    "learned_stopped",
    "covered",
    "denied",
    "uncovered",
)

Row = tuple[float, ...]


def fit(pack: Pack, reader: SecondReader, messages: Sequence[Example], say: Callable[[str], None]) -> Weights:
    """The weights with the highest likelihood on the messages, pulled a little towards zero."""
    rules = Screener(pack)
    rows: list[Row] = []
    right: list[bool] = []
    for message in messages:
        readings, covered = rules.rule_scores(message.text), rules.coverage(message.text)
        denies = rules.denies(message.text)
        for name, learned in reader.score(message.text).items():
            rows.append(_row(readings.get(name), learned, covered[name], denies))
            right.append(name in message.labels)
    solution = _newton(np.array(rows), np.array(right, np.float64))
    weights = Weights(**dict(zip(NAMES, (round(float(w), 4) for w in solution), strict=True)))
    say(f"{len(messages)} messages: {weights}")
    return weights


def _row(rule: RuleReading | None, learned: float, covered: float, denies: bool) -> Row:
    """The same features as `bot.core.combine.combined` weighs."""
    odds = log_odds(learned)
    asserted = float(rule is not None and rule.probability >= CERTAIN)
    stopped = float(rule is not None) - asserted
    alone = float(rule is None)
    uncovered = alone * (covered < 1)
    return 1.0, odds, asserted, stopped, odds * asserted, odds * stopped, covered, alone * denies, uncovered


def _newton(rows: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    solution = np.zeros(rows.shape[1])
    pull = np.full(rows.shape[1], PULL)
    pull[0] = 1e-6  # the bias is free
    for _ in range(ROUNDS):
        guess = 1 / (1 + np.exp(-np.clip(rows @ solution, -30, 30)))
        slope = rows.T @ (guess - right) + pull * solution
        bend = (rows * (guess * (1 - guess))[:, None]).T @ rows + np.diag(pull)
        solution = solution - np.linalg.solve(bend, slope)
    return solution
