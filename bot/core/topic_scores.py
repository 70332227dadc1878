"""How well topics fit the terms of what somebody typed: by their words, and by their example questions.

What a term adds to a score is worked out when the content is loaded, so that a search only adds up.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import log, sqrt

SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b
FEW = 3  # a word that so few topics use tells of them


class Words:
    """Which topics use which words, by BM25; what a word adds to a topic's score is worked out beforehand."""

    def __init__(self, counts: Sequence[Mapping[str, float]]) -> None:
        used = Counter(term for each in counts for term in each)
        self.telling = frozenset(term for term, n in used.items() if n <= FEW)
        self.known = frozenset(term for term in used if " " not in term and not term.startswith("="))
        self._topics = len(counts)
        self._adds: Mapping[str, list[tuple[int, float]]] = defaultdict(list)
        sizes = [sum(each.values()) for each in counts]
        usual = sum(sizes) / max(1, len(sizes))
        for number, each in enumerate(counts):
            long = SATURATION * (1 - LENGTH + LENGTH * sizes[number] / usual) if usual else 0.0
            for term, count in each.items():
                rare = log(1 + (self._topics - used[term] + 0.5) / (used[term] + 0.5))
                self._adds[term].append((number, rare * count * (SATURATION + 1) / (count + long)))
        self._adds = dict(self._adds)

    def scores(self, terms: Iterable[str]) -> list[float]:
        """For each topic, how well it fits the terms, 0 or more."""
        found = [0.0] * self._topics
        for term in terms:
            for number, adds in self._adds.get(term, ()):
                found[number] += adds
        return found

    def covered(self, words: Collection[str]) -> list[float]:
        """For each topic, the share of the words that it uses."""
        if not words:
            return [0.5] * self._topics
        found = [0] * self._topics
        for word in words:
            for number, _ in self._adds.get(word, ()):
                found[number] += 1
        return [n / len(words) for n in found]


class Questions:
    """The topics' example questions, each as a vector of terms of length 1."""

    def __init__(self, questions: Sequence[Sequence[frozenset[str]]]) -> None:
        """`questions` are the terms of each topic's questions."""
        examples = [terms for each in questions for terms in each]
        used = Counter(term for terms in examples for term in terms)
        self._squares = {term: log(1 + len(examples) / (1 + n)) ** 2 for term, n in used.items()}
        self._unknown = log(1 + max(1, len(examples))) ** 2
        self._adds: Mapping[str, list[tuple[int, float]]] = {term: [] for term in used}
        for number, terms in enumerate(examples):
            length = self._length(terms)
            for term in terms:
                self._adds[term].append((number, self._squares[term] / length))
        ends = [0, *accumulate(map(len, questions))]
        self._of = [slice(first, last) for first, last in pairwise(ends)]  # which examples each topic has
        self._none = [0.0] * len(examples)

    def scores(self, terms: Collection[str]) -> list[float]:
        """For each topic, the most that one of its questions has in common with the terms, 0..1."""
        shared = self._none.copy()
        for term in terms:
            for number, adds in self._adds.get(term, ()):
                shared[number] += adds
        length = self._length(terms)
        return [max(shared[its], default=0.0) / length for its in self._of]

    def _length(self, terms: Iterable[str]) -> float:
        return sqrt(sum(self._squares.get(term, self._unknown) for term in terms)) or 1.0
