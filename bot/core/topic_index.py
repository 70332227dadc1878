"""A pack's topics by their words, so that the one that somebody means is found.

A topic is found by its names, by its words, and by its example questions. Words count by how few topics use them
(Okapi BM25, Robertson & Zaragoza 2009), questions by the words and pairs of words that they share with what was typed
(cosine of inverse document frequencies). Concepts of the vocabulary count as words, so that "water pill" and
"diuretic" are one. Words that the pack has never seen speak against every topic, so that a question about something
else finds nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log

from bot.core.concepts import VAGUE, Lexicon
from bot.core.gate import Gate
from bot.core.pack import Pack, Topic
from bot.core.plain_words import FILLERS, NEUTRAL, ORDINARY
from bot.core.spelling import Speller
from bot.core.stance import Cues
from bot.core.text import Sentence, sentences
from bot.core.topic_names import TopicNames, fold
from bot.core.topic_scores import Questions, Words

LEAST = 0.34  # what scores less is no match at all
QUESTIONS, NAMES, SUMMARY, FACTS = 2.0, 3.0, 1.0, 0.5  # what a word counts by where it stands
# What speaks for a question about the subject: the best topic's score, whether it names a thing, how strong its words
# are, the most likeness to a question, the most of its words that one topic uses, no telling word at all, "it" among
# words that are all known; and a constant.
SUBJECT = (3.67, 2.21, 2.75, -0.79, 4.38, 4.35, 2.83, -8.45)  # fitted by bench/fit_answers.py
DOUBTED = 0.15  # a question that is less likely about the subject finds nothing
DOUBTED_NAMED = 0.08  # … where it names a thing of the vocabulary
MANY = 10  # topics, from which on there are enough words to tell the subject by
POINTING = frozenset({"it", "its", "this", "these", "they", "them", "those"})
STRONG = 6.3  # times the logarithm of the number of topics: what a question's words weigh, usually at most
LIKELY = 0.82  # similarity above which an unknown word counts as a misspelt one of the pack's
REMEMBERED = 20_000  # words for which it is known what they are likely to be
LONG = 11  # a word of so many letters that few topics use is on the subject, such as "nephrocalcinosis"


@dataclass(frozen=True, slots=True)
class Match:
    """A topic and how well it fits, 0..1."""

    topic: str
    score: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed: its words as the index knows them, and what there is to say of them."""

    terms: frozenset[str]
    words: tuple[str, ...]  # stems of the words that say something
    foreign: int  # how many of them the pack has never seen
    points: bool  # says "it", "this" or the like: what is meant is clear to whoever asks
    on_subject: bool  # names a thing of the vocabulary, or says a long word that is the pack's own

    @property
    def strange(self) -> float:
        return self.foreign / len(self.words) if self.foreign else 0.0


@dataclass(frozen=True, slots=True)
class _Parts:
    """For each topic: how well its words fit, how like its questions it is, and the share of the words that it uses."""

    words: list[float]
    questions: list[float]
    covered: list[float]


class TopicIndex:
    """A pack's topics by their words; compiled once, safe to share between threads."""

    def __init__(self, pack: Pack) -> None:
        vocabulary, topics = pack.vocabulary, tuple(pack.topics.values())
        self._topics = tuple(t.id for t in topics)
        self.names = TopicNames(topics)
        things = frozenset(vocabulary.things)
        self._lexicon = Lexicon(vocabulary.concepts, things)
        self.cues = Cues(vocabulary.cues)
        phrases = (phrase for said in vocabulary.concepts.values() for phrase in said)
        self._common = frozenset(_stem(word) for phrase in phrases for word in fold(phrase).split())
        self._words = Words([self._count(t) for t in topics])
        self._questions = Questions([[frozenset(self._terms(q)) for q in (*t.questions, t.title)] for t in topics])
        self._named_things = frozenset(f"={thing}" for thing in things)
        said = (phrase for thing in sorted(things) for phrase in vocabulary.concepts.get(thing, ()))
        self._gate = Gate(phrase for phrase in said if not phrase.startswith(VAGUE))
        self._opening = tuple(dict.fromkeys(n.split()[0] for n in self.names.speaking if not self._gate.admits(n)))
        self._speller = Speller(self._words.known, least=LIKELY)
        self._meant: dict[str, str] = {}

    def search(self, text: str) -> tuple[Match, ...]:
        """Every topic that comes near, best first."""
        typed = fold(text)
        if not typed:
            return ()
        asked = self._asked(text)
        parts = self._parts(asked)
        scores = self._scores(asked, parts)
        ranked = sorted(scores, reverse=True)
        found = {t: _apart(s, ranked) for t, s in zip(self._topics, scores, strict=True)}
        doubted = DOUBTED_NAMED if asked.on_subject else DOUBTED
        if len(found) >= MANY and _about(self._evidence(asked, parts, max(found.values()))) < doubted:
            found = dict.fromkeys(self._topics, 0.0)
        for topic, score in self.names.scores(typed).items():
            found[topic] = max(found[topic], score)
        near = (Match(topic, round(score, 4)) for topic, score in found.items() if score >= LEAST - 0.001)
        return tuple(sorted((m for m in near if m.score >= LEAST), key=lambda m: -m.score))

    def evidence(self, text: str) -> tuple[float, ...]:
        """What speaks for and against that the text is about the subject at all; see `SUBJECT`."""
        asked = self._asked(text)
        parts = self._parts(asked)
        scores = self._scores(asked, parts)
        ranked = sorted(scores, reverse=True)
        return self._evidence(asked, parts, max((_apart(s, ranked) for s in scores), default=0.0))

    def _evidence(self, asked: _Asked, parts: "_Parts", best: float) -> tuple[float, ...]:
        strength = max(parts.words, default=0.0) / (STRONG * log(1 + len(self._topics)))
        likeness, covered = max(parts.questions, default=0.0), max(parts.covered, default=0.0)
        named, wordless = float(asked.on_subject), float(not asked.words)
        points = float(asked.points and not asked.foreign)
        return (best, named, strength, likeness, covered, wordless, points)

    def _parts(self, asked: _Asked) -> "_Parts":
        words = self._words.scores(asked.terms)
        return _Parts(words, self._questions.scores(asked.terms), self._words.covered(asked.words))

    def _scores(self, asked: _Asked, parts: "_Parts") -> list[float]:
        best = max(parts.words, default=0.0) or 1.0
        trust = _trust(asked, strength=best)
        each = zip(parts.words, parts.questions, parts.covered, strict=True)
        return [(0.5 * word / best + question) * (0.55 + 0.45 * covered) * trust for word, question, covered in each]

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
        return self._terms_of(sentences(text))

    def _terms_of(self, said: Iterable[Sentence]) -> Iterator[str]:
        """The stems, pairs of neighbours, and concepts of sentences."""
        for sentence in said:
            yield from (_stem(w) for w in sentence.words if w not in FILLERS)
            yield from (f"{a} {b}" for a, b in pairwise(sentence.words))
            mentions = self._lexicon.mentions(sentence.words, sentence.pauses)
            yield from (f"={m.concept}" for m in mentions if m.concept != "it")

    def _asked(self, text: str) -> _Asked:
        """What a text asks, in the index's terms."""
        said = sentences(text)
        terms = set(self._terms_of(said))
        words = [w for s in said for w in s.words if w not in FILLERS and w not in NEUTRAL and w.isalpha()]
        stems = [_stem(word) for word in words]
        for at, stem in enumerate(stems):
            if len(stem) >= 5 and not self._knows(stem):
                stems[at] = self._nearest(stem)
        foreign = sum(not self._knows(stem) for stem in stems)
        terms.update(stems)
        about = not self._named_things.isdisjoint(terms) or any(map(self._is_own, words, stems))
        points = any(word in POINTING for sentence in said for word in sentence.words)
        return _Asked(frozenset(terms), tuple(stems), foreign, points, about)

    def _knows(self, stem: str) -> bool:
        return stem in self._words.known or stem in self._common

    def _nearest(self, stem: str) -> str:
        """The pack's word that a misspelt one is likely to be, or else the word itself; looked for once."""
        known = self._meant.get(stem)
        if known is None:
            known = max(self._speller.near(stem), default=(0.0, stem))[1]
            if len(self._meant) < REMEMBERED:
                self._meant[stem] = known
        return known

    def tells(self, text: str) -> bool:
        """Whether words of the text show that it can be about a topic: a thing, a topic's name, or a long word."""
        if self._gate.admits(text):
            return True
        lower = text.lower()
        if max(map(len, lower.split()), default=0) < LONG and not any(word in lower for word in self._opening):
            return False
        words = fold(text)
        return self.names.said_in(words) or any(self._is_own(word, _stem(word)) for word in words.split())

    def _is_own(self, word: str, stem: str) -> bool:
        """Whether the word is a long one that few topics use."""
        return len(word) >= LONG and stem in self._words.telling and word not in ORDINARY


def _about(evidence: tuple[float, ...]) -> float:
    """How likely the text is about the subject at all, 0..1."""
    *weights, rest = SUBJECT
    return 1 / (1 + exp(-sum(w * e for w, e in zip(weights, evidence, strict=True)) - rest))


def _trust(asked: _Asked, *, strength: float) -> float:
    """By what a topic's score is lowered where the text may be about something else; fitted by hand on
    bench/answers.jsonl. `strength` is the highest score by words, 0 or more.
    """
    doubt = asked.strange * (0.4 if asked.on_subject else 1.1)
    faint = 1.0 if asked.on_subject else min(1.0, 0.4 + strength / 20)
    return max(0.0, 1 - doubt) * faint


def _apart(score: float, ranked: Sequence[float]) -> float:
    """The score, raised by how far the topic stands above the next one, and kept below what a name scores.

    `ranked` are the scores of all topics, this one's too, the highest first.
    """
    others = (ranked[1] if score == ranked[0] else ranked[0]) if len(ranked) > 1 else 0.0
    return min(0.97, max(0.0, score * 0.75 + max(score - others, -0.2) * 0.5))


@lru_cache(maxsize=REMEMBERED)
def _stem(word: str) -> str:
    """The word without the usual endings; rough, because both sides are cut alike."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word.rstrip("e")[:8] if len(word) > 4 else word


_ENDINGS = ("ments", "ment", "ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "ly", "s")
