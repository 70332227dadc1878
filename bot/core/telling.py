"""What the examples of a misconception have in common: how a new one is known before anybody has trained on it."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

BEGINNING = 6  # letters by which forms of one word are taken for the same
OFTEN = 0.5  # share of the examples that mention a concept, from which on it belongs to the claim
TWICE = 2  # examples that use a word, from which on it belongs to the claim
FIRST = 5  # of the most telling words count; more would ask for the examples' very wording


class Said(NamedTuple):
    """The concepts that a text mentions, and its words."""

    concepts: AbstractSet[str]
    words: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Telling:
    """Weights of the concepts and words that tell a misconception, all above 0."""

    concepts: Mapping[str, float]
    words: Mapping[str, float]

    def concepts_said(self, said: Said) -> float:
        """How much of what the examples speak of the text speaks of as well: 0..1."""
        whole = sum(self.concepts.values())
        return sum(w for concept, w in self.concepts.items() if concept in said.concepts) / whole if whole else 0.0

    def words_said(self, said: Said) -> float:
        """How many of the examples' most telling words the text uses: 0..1."""
        whole = sum(sorted(self.words.values(), reverse=True)[:FIRST])
        found = sorted((w for word, w in self.words.items() if word in said.words), reverse=True)[:FIRST]
        return sum(found) / whole if whole else 0.0


def shortened(words: Iterable[str]) -> frozenset[str]:
    """The words without their endings."""
    return frozenset(word[:BEGINNING] for word in words if len(word) > 1)


def telling(flags: Sequence[Said], others: Sequence[Said]) -> Telling:
    """What tells the examples to flag, by how often they have it and how seldom the others do.

    Weighed by inverse document frequency (Spärck Jones 1972).
    """
    return Telling(
        concepts=_weighed([said.concepts for said in flags], [said.concepts for said in others], OFTEN * len(flags)),
        words=_weighed([said.words for said in flags], [said.words for said in others], min(TWICE, len(flags))),
    )


def _weighed(
    flags: Sequence[AbstractSet[str]], others: Sequence[AbstractSet[str]], least: float
) -> Mapping[str, float]:
    here, elsewhere = Counter(x for said in flags for x in said), Counter(x for said in others for x in said)
    everywhere = len(flags) + len(others) + 1
    return {
        item: count / len(flags) * math.log(everywhere / (elsewhere[item] + 1))
        for item, count in here.items()
        if count >= least and elsewhere[item] + 1 < everywhere
    }
