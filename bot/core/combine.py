"""How what was read becomes one probability."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.pack import CueKind
from bot.core.stance import Stance

ASSERTED = 0.92
CERTAIN = 0.5  # a rule's probability below this means that a cue stopped it
EDGE = 1e-4
ANSWERED = 0.88  # a question whose answer says yes

# What is left of the probability when a cue of the kind governs the claim.
_KEPT: Mapping[CueKind, float] = {
    CueKind.DENIAL: 0.1,
    CueKind.DEBUNK: 0.05,
    CueKind.IRONY: 0.1,
    CueKind.CONDITION: 0.2,
    CueKind.QUESTION: 0.1,
    CueKind.QUOTATION: 0.4,
    CueKind.CLINICIAN: 0.25,
    CueKind.REFUSE: 0.1,  # "It isn't." right after the claim
}
_SET_ASIDE_BY_RHETORIC = frozenset({CueKind.DENIAL, CueKind.QUESTION})


def rule_probability(stance: Stance, *, answered: bool = False) -> float:
    """How likely the writer asserts a claim that a rule found, by the cues that govern it."""
    rhetorical = stance.has(CueKind.RHETORICAL)
    probability = ANSWERED if answered else ASSERTED
    for kind in {cue.kind for cue in stance.cues} & _KEPT.keys():
        if not (rhetorical and kind in _SET_ASIDE_BY_RHETORIC) and not (answered and kind is CueKind.QUESTION):
            probability *= _KEPT[kind]
    if ((stance.asked and not rhetorical) or stance.quoted) and not answered:
        probability *= _KEPT[CueKind.QUESTION]
    return probability


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over both readers, fitted on messages that neither was made with (after Platt 1999)."""

    bias: float
    learned: float  # of the second reader's log-odds
    asserted: float  # where a rule matched and nothing stopped it
    stopped: float  # where a rule matched and a cue stopped it
    learned_asserted: float  # of the log-odds, in addition, where a rule matched
    learned_stopped: float
    covered: float  # of the share of the claim that the message puts into words at all
    denied: float = 0.0  # where no rule matched, and the message denies something
    uncovered: float = 0.0  # where no rule matched, and the message does not put the whole claim into words


def combined(
    rule: float | None, learned: float | None, covered: float, weights: Weights | None, *, denies: bool = False
) -> float:
    """One probability from the rule reader (None: no rule matched) and the second reader, which may be absent.

    `denies` says that the message denies something, if only the second reader can tell what.
    """
    if learned is None or weights is None:
        return rule or 0.0
    odds = log_odds(learned)
    total = weights.bias + weights.learned * odds + weights.covered * covered
    if rule is not None and rule >= CERTAIN:
        total += weights.asserted + weights.learned_asserted * odds
    elif rule is not None:
        total += weights.stopped + weights.learned_stopped * odds
    else:
        total += weights.denied * denies + weights.uncovered * (covered < 1)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def log_odds(probability: float) -> float:
    """Of a probability kept away from 0 and 1, where log-odds would be infinite."""
    kept = max(EDGE, min(1 - EDGE, probability))
    return math.log(kept / (1 - kept))


@dataclass(frozen=True, slots=True)
class NewWeights:
    """The same for a misconception that the second reader knows only from the examples in its file.

    Fitted on misconceptions that were held back from the training (`bench/held_back.py`), and moved so that F1 is best
    where a notice is due at 0.75.
    """

    bias: float = -7.18
    learned: float = 0.89
    words: float = 5.07  # how many of the examples' telling words the message uses
    concepts: float = 4.95  # how much of what the examples speak of it speaks of
    rival: float = -0.35  # the log-odds of the likeliest misconception that the reader was trained on


def newly(learned: float, words: float, concepts: float, rival: float, weights: NewWeights = NewWeights()) -> float:
    """The probability of a misconception that nobody has trained on; `learned` and `rival` are log-odds."""
    total = weights.bias + weights.learned * learned + weights.words * words + weights.concepts * concepts
    return 1 / (1 + math.exp(-(total + weights.rival * rival)))
