"""What topics are called, and which one somebody means who types a name, the start of one, or a misspelt one."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.core.pack import Topic
from bot.core.plain_words import FILLERS, NEUTRAL
from bot.core.spelling import Speller

CLOSE = 0.74  # similarity above which a typed word counts as a misspelt name; found on the pack's own aliases
EXACT, GIST, START = 1.0, 0.95, 0.9  # what a name scores; in short, "what is …?" and the start of a name


class TopicNames:
    """The names of all topics, found by what was typed; compiled once, safe to share between threads."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._named: dict[str, list[str]] = defaultdict(list)
        self._gists: dict[str, list[str]] = defaultdict(list)
        for topic in topics:
            for name in names_of(topic):
                self._named[name].append(topic.id)
                self._gists[gist(name)].append(topic.id)
        self._gists.pop("", None)
        self._sorted = sorted(self._named)
        long: Mapping[int, list[str]] = defaultdict(list)
        for name in self._sorted:
            long[len(name.split())].append(name)
        self._spellers = {words: Speller(names, least=CLOSE) for words, names in long.items()}
        self._beginnings: dict[str, list[str]] = defaultdict(list)  # names that speak for themselves, by first word
        self.speaking = tuple(filter(_speaks, self._sorted))
        for name in self.speaking:
            self._beginnings[name.split()[0]].append(f" {name} ")

    def scores(self, typed: str) -> dict[str, float]:
        """How well what was typed, folded, fits the names of each topic that it fits at all."""
        found: dict[str, float] = {}
        speller = self._spellers.get(typed.count(" ") + 1)
        for similarity, name in speller.near(typed) if speller else ():
            for topic in self._named[name]:
                found[topic] = max(found.get(topic, 0.0), similarity)
        found |= {topic: START for name in self._starting(typed) for topic in self._named[name]}
        found |= dict.fromkeys(self._gists.get(gist(typed), ()), GIST)
        return found | dict.fromkeys(self._named.get(typed, ()), EXACT)

    def said_in(self, words: str) -> bool:
        """Whether a name that speaks for itself stands in the folded words."""
        padded, said = f" {words} ", self._beginnings.keys() & words.split()
        return any(name in padded for first in said for name in self._beginnings[first])

    def _starting(self, typed: str) -> Iterator[str]:
        for at in range(bisect_left(self._sorted, typed), len(self._sorted)):
            if not self._sorted[at].startswith(typed):
                return
            yield self._sorted[at]


def fold(text: str) -> str:
    """Lower case without accents or punctuation, so that "Vitamín-D" and "vitamin d" are one."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def _speaks(name: str) -> bool:
    """Whether a name tells the topic to whoever reads it alone: "red flags", not "what is" or "tests"."""
    return " " in gist(name)


def gist(typed: str) -> str:
    """The words that say something, of text that is folded."""
    return " ".join(w for w in typed.split() if w not in FILLERS and w not in NEUTRAL)


def names_of(topic: Topic) -> frozenset[str]:
    """What the topic is called, folded."""
    return _folded(topic.id, topic.title, *topic.aliases)


@lru_cache(maxsize=1000)
def _folded(*names: str) -> frozenset[str]:
    return frozenset(fold(name) for name in names)
