"""How both readers are combined into one probability, fitted on messages that neither was made with.

How sure the second reader must be for a notice depends on what the rules say. These points were chosen so that of the
articles' 1,233 sentences no more than two are flagged, and F1 is highest on `unseen3.jsonl` and the development set.
What is fitted is how much surer each step makes (Platt 1999, with the point where a notice is due held fast).
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.core.combine import CERTAIN, Weights, log_odds
from bot.core.pack import Pack
from bot.core.reader import RuleReading, Screener

from .examples import Example

NOTICE = math.log(0.75 / 0.25)  # the log-odds at which a notice is due
ASSERTED = -1.0  # log-odds that the second reader must reach where a rule matched and nothing stopped it
STOPPED = 2.0  # the same, where a cue stopped the rules
SCANTY = 3.5  # the same, where no rule matched and two thirds of the claim are in words
STEEP = 3.0  # for the whole of the claim: so much more where less of it is in words
MOST = 2 / 3
ROUNDS = 30  # Newton's method settles in about ten


def fit(
    pack: Pack, messages: Sequence[Example], said: Mapping[str, Mapping[str, float]], say: Callable[[str], None]
) -> Weights:
    """The weights; `said` is what the second reader makes of each message, by its id, 0 where nothing is said."""
    rules = Screener(pack)
    beyond: list[float] = []
    right: list[bool] = []
    for message in messages:
        readings, covered = rules.rule_scores(message.text), rules.coverage(message.text)
        for name in pack.misconceptions:
            learned = said[message.id].get(name, 0.0)
            beyond.append(log_odds(learned) - _needed(readings.get(name), covered[name]))
            right.append(name in message.labels)
    weights = _weights(_slope(np.array(beyond), np.array(right, np.float64)))
    say(f"{len(messages)} messages: {weights}")
    return weights


def _needed(rule: RuleReading | None, covered: float) -> float:
    """The second reader's log-odds from which on a notice is due."""
    if rule is not None:
        return ASSERTED if rule.probability >= CERTAIN else STOPPED
    return 0.0 if covered >= 1 else SCANTY + STEEP * (MOST - covered)


def _weights(slope: float) -> Weights:
    """What `bot.core.combine.combined` weighs, so that each point above is where a notice is due."""
    covered = STEEP * slope
    return Weights(
        bias=round(NOTICE - covered, 4),
        learned=round(slope, 4),
        asserted=round(-ASSERTED * slope, 4),
        stopped=round(-STOPPED * slope, 4),
        learned_asserted=0.0,
        learned_stopped=0.0,
        covered=round(covered, 4),
        uncovered=round(covered * (1 - MOST) - SCANTY * slope, 4),
    )


def _slope(beyond: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    slope = 0.5
    for _ in range(ROUNDS):
        guess = 1 / (1 + np.exp(-np.clip(slope * beyond + NOTICE, -30, 30)))
        slope -= float((beyond @ (guess - right)) / (beyond**2 @ (guess * (1 - guess))))
    return slope
