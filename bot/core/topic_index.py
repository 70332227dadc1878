"""A pack's topics by their words, so that the one that somebody means is found.

A topic is found by its names, by its words, and by its example questions. Words count by how few topics use them
(Okapi BM25, Robertson & Zaragoza 2009), questions by the words and pairs of words that they share with what was typed
(cosine of inverse document frequencies). Concepts of the vocabulary count as words, so that "water pill" and
"diuretic" are one. Words that the pack has never seen speak against every topic, so that a question about something
else finds nothing.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

from bot.core.concepts import VAGUE, Lexicon
from bot.core.gate import Gate
from bot.core.pack import Pack, Topic
from bot.core.plain_words import FILLERS, NEUTRAL
from bot.core.stance import Cues
from bot.core.text import sentences

CLOSE = 0.74  # similarity above which a typed word counts as a misspelt name; found on the pack's own aliases
LEAST = 0.34  # what scores less is no match at all
QUESTIONS, NAMES, SUMMARY, FACTS = 2.0, 3.0, 1.0, 0.5  # what a word counts by where it stands
SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b
REMEMBERED = 20_000  # words for which it is known what they are likely to be; looking takes milliseconds
LONG, FEW = 11, 3  # a word of so many letters that so few topics use is on the subject, such as "nephrocalcinosis"


@dataclass(frozen=True, slots=True)
class Match:
    """A topic and how well it fits, 0..1."""

    topic: str
    score: float


def fold(text: str) -> str:
    """Lower case without accents or punctuation, so that "Vitamín-D" and "vitamin d" are one."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: its words as the index knows them, and what there is to say of them."""

    terms: frozenset[str]
    words: tuple[str, ...]  # stems of the words that say something
    foreign: int  # how many of them the pack has never seen
    on_subject: bool  # names a thing of the vocabulary, or says a long word that is the pack's own

    @property
    def strange(self) -> float:
        return self.foreign / len(self.words) if self.foreign else 0.0


class TopicIndex:
    """A pack's topics by their words; compiled once, safe to share between threads."""

    def __init__(self, pack: Pack) -> None:
        self._topics = pack.topics
        vocabulary = pack.vocabulary
        self._things = frozenset(vocabulary.things)
        self._lexicon = Lexicon(vocabulary.concepts, self._things)
        self.cues = Cues(vocabulary.cues)
        phrases = (phrase for said in vocabulary.concepts.values() for phrase in said)
        self._common = frozenset(_stem(word) for phrase in phrases for word in fold(phrase).split())
        self._counts = {t.id: self._count(t) for t in pack.topics.values()}
        self._sizes = {topic: sum(counts.values()) for topic, counts in self._counts.items()}
        self._size = sum(self._sizes.values()) / max(1, len(self._sizes))
        used = Counter(term for counts in self._counts.values() for term in counts)
        topics = len(self._counts)
        self._rare = {term: log(1 + (topics - n + 0.5) / (n + 0.5)) for term, n in used.items()}
        self._telling = frozenset(term for term, n in used.items() if n <= FEW)
        self._named_things = frozenset(f"={thing}" for thing in self._things)
        self._words = frozenset(term for term in used if " " not in term and not term.startswith("="))
        examples = [(t.id, frozenset(self._terms(q))) for t in pack.topics.values() for q in (*t.questions, t.title)]
        self._weight = _weights([terms for _, terms in examples])
        self._most = log(1 + max(1, len(examples)))
        said = (phrase for thing in sorted(self._things) for phrase in vocabulary.concepts.get(thing, ()))
        self._gate = Gate(phrase for phrase in said if not phrase.startswith(VAGUE))
        self._meant: dict[str, str] = {}
        self._names = tuple(f" {n} " for t in pack.topics.values() for n in sorted(names_of(t)) if " " in n)
        self._examples = [(topic, terms, self._norm(terms)) for topic, terms in examples]
        self._by_term: dict[str, list[int]] = defaultdict(list)
        for number, (_, terms, _) in enumerate(self._examples):
            for term in terms:
                self._by_term[term].append(number)

    def search(self, text: str, asked: Asked | None = None) -> tuple[Match, ...]:
        """Every topic that comes near, best first; `asked` is what `asked` said of the text, if it is known."""
        typed = fold(text)
        if not typed:
            return ()
        asked = asked or self.asked(text)
        by_words, by_questions = self._by_words(asked.terms), self._by_questions(asked.terms)
        best = max(by_words.values(), default=0.0) or 1.0
        near = {t: (by_words.get(t, 0.0) / best, by_questions.get(t, 0.0)) for t in self._topics}
        scores = {t: _score(asked, *both, covered=self._covered(asked, t), strength=best) for t, both in near.items()}
        named = {t.id: _named(t, typed) for t in self._topics.values()}
        ranked = sorted(scores.values(), reverse=True)
        apart = {t: _apart(s, ranked) for t, s in scores.items()}
        found = (Match(t, round(max(apart[t], named[t]), 4)) for t in self._topics)
        return tuple(sorted((m for m in found if m.score >= LEAST), key=lambda m: -m.score))

    def _count(self, topic: Topic) -> Counter[str]:
        counts: Counter[str] = Counter()
        parts: tuple[tuple[float, Iterable[str]], ...] = (
            (NAMES, (topic.title, topic.id, *topic.aliases)),
            (QUESTIONS, topic.questions),
            (SUMMARY, (topic.summary,)),
            (FACTS, (fact.text for fact in topic.facts)),
        )
        for weight, texts in parts:
            for text in texts:
                for term in set(self._terms(text)):
                    counts[term] += weight  # type: ignore[assignment]
        return counts

    def _terms(self, text: str) -> Iterator[str]:
        """The stems, pairs of neighbours, and concepts of a text."""
        for sentence in sentences(text):
            yield from (_stem(w) for w in sentence.words if w not in FILLERS)
            yield from (f"{a} {b}" for a, b in pairwise(sentence.words))
            mentions = self._lexicon.mentions(sentence.words, sentence.pauses)
            yield from (f"={m.concept}" for m in mentions if m.concept != "it")

    def asked(self, text: str) -> Asked:
        """What a text asks, in the index's terms."""
        terms = set(self._terms(text))
        words = [w for s in sentences(text) for w in s.words if w not in FILLERS and w not in NEUTRAL and w.isalpha()]
        stems = [_stem(word) for word in words]
        for at, stem in enumerate(stems):
            if stem not in self._words and stem not in self._common and len(stem) >= 5:
                stems[at] = self._nearest(stem)
        foreign = sum(stem not in self._words and stem not in self._common for stem in stems)
        terms.update(stems)
        about = not self._named_things.isdisjoint(terms) or any(
            len(word) >= LONG and stem in self._telling for word, stem in zip(words, stems, strict=True)
        )
        return Asked(frozenset(terms), tuple(stems), foreign, about)

    def _nearest(self, stem: str) -> str:
        """The pack's word that a misspelt one is likely to be, or else the word itself; looked for once."""
        known = self._meant.get(stem)
        if known is None:
            known = next(iter(get_close_matches(stem, self._words, n=1, cutoff=0.82)), stem)
            if len(self._meant) < REMEMBERED:
                self._meant[stem] = known
        return known

    def tells(self, text: str) -> bool:
        """Whether words of the text show that it can be about a topic: a thing, a topic's name, or a long word."""
        if self._gate.admits(text):
            return True
        words = fold(text)
        padded = f" {words} "
        return any(name in padded for name in self._names) or any(
            len(word) >= LONG and _stem(word) in self._telling for word in words.split()
        )

    def _covered(self, asked: Asked, topic: str) -> float:
        """The share of the words that the topic uses."""
        counts = self._counts[topic]
        return sum(stem in counts for stem in asked.words) / len(asked.words) if asked.words else 0.5

    def _by_words(self, terms: Collection[str]) -> dict[str, float]:
        found = {}
        for topic, counts in self._counts.items():
            long = SATURATION * (1 - LENGTH + LENGTH * self._sizes[topic] / self._size)
            found[topic] = sum(
                self._rare[term] * counts[term] * (SATURATION + 1) / (counts[term] + long)
                for term in terms
                if term in counts
            )
        return found

    def _by_questions(self, terms: frozenset[str]) -> dict[str, float]:
        """The most that one of a topic's example questions has in common with what was typed, 0..1."""
        norm = self._norm(terms)
        best: dict[str, float] = {}
        for number in {n for term in terms for n in self._by_term.get(term, ())}:
            topic, example, length = self._examples[number]
            shared = sum(self._weight[term] ** 2 for term in terms & example)
            best[topic] = max(best.get(topic, 0.0), shared / (norm * length))
        return best

    def _norm(self, terms: Iterable[str]) -> float:
        return sqrt(sum(self._weight.get(term, self._most) ** 2 for term in terms)) or 1.0


def _weights(examples: Collection[frozenset[str]]) -> Mapping[str, float]:
    used = Counter(term for terms in examples for term in terms)
    return {term: log(1 + len(examples) / (1 + n)) for term, n in used.items()}


def _score(asked: Asked, words: float, questions: float, *, covered: float, strength: float) -> float:
    """How well a topic fits, before it is held against the others; fitted by hand on bench/answers.jsonl."""
    fit = 0.5 * words + questions
    doubt = asked.strange * (0.4 if asked.on_subject else 1.1)
    faint = 1.0 if asked.on_subject else min(1.0, 0.4 + strength / 20)
    return max(0.0, fit * (0.55 + 0.45 * covered) * (1 - doubt) * faint)


def _apart(score: float, ranked: Sequence[float]) -> float:
    """The score, raised by how far the topic stands above the next one, and kept below what a name scores.

    `ranked` are the scores of all topics, this one's too, the highest first.
    """
    others = (ranked[1] if score == ranked[0] else ranked[0]) if len(ranked) > 1 else 0.0
    return min(0.97, max(0.0, score * 0.75 + max(score - others, -0.2) * 0.5))


def _named(topic: Topic, typed: str) -> float:
    """How well what was typed fits the topic's names, for whoever types a name or the start of one."""
    names = names_of(topic)
    if typed in names:
        return 1.0
    if gist(typed) in _gists(names):
        return 0.95  # "what is …?"
    if any(n.startswith(typed) for n in names):
        return 0.9
    alike = (n for n in names if len(n.split()) == len(typed.split()))
    spelling = max((SequenceMatcher(None, typed, n).ratio() for n in alike), default=0.0)
    return spelling if spelling >= CLOSE else 0.0


def gist(typed: str) -> str:
    """The words that say something, of text that is folded."""
    return " ".join(w for w in typed.split() if w not in FILLERS and w not in NEUTRAL)


@lru_cache(maxsize=1000)
def _gists(names: frozenset[str]) -> frozenset[str]:
    return frozenset(filter(None, map(gist, names)))


def names_of(topic: Topic) -> frozenset[str]:
    """What the topic is called, folded."""
    return _folded(topic.id, topic.title, *topic.aliases)


@lru_cache(maxsize=1000)
def _folded(*names: str) -> frozenset[str]:
    return frozenset(fold(name) for name in names)


def _stem(word: str) -> str:
    """The word without the usual endings; rough, because both sides are cut alike."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word.rstrip("e")[:8] if len(word) > 4 else word


_ENDINGS = ("ments", "ment", "ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "ly", "s")
