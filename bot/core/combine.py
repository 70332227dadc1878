"""How what was read becomes one probability."""

from collections.abc import Mapping

from bot.core.pack import CueKind
from bot.core.stance import Stance

ASSERTED = 0.92
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


def combined(rule: float, learned: float | None) -> float:
    """One probability from the rule reader and the second reader, which may be absent."""
    return rule if learned is None else 1 - (1 - rule) * (1 - learned)
