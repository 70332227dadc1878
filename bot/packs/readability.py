"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers & Chissom 1975).

Syllables are counted with the hyphenation patterns of pyphen. A long word that the pack itself explains counts as two
syllables at most: the formula takes long words for hard ones, but who reads about osteoporosis has met that word. Such
words are those of the vocabulary, of the topics' names, and terms that a fact defines ("Calcitriol: active vitamin D").
The grade is that of the text as a whole, as the formula was made for passages rather than for single sentences.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import pyphen  # type: ignore[import-untyped]

from bot.core.content_checks import Level, Remark
from bot.core.pack import Misconception, Pack, Topic
from bot.core.wording_checks import Read

HARDEST = 9.0  # US school grade; what members read should be no harder
FAMILIAR = 2  # syllables that a word counts at most, if the pack explains it
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_TERM = re.compile(r"(?:^|[.;)] )([^.:;]{3,60}):")


def readability_remarks(pack: Pack) -> Iterator[Remark]:
    """A warning for each topic and correction that is too hard, at its hardest text."""
    familiar = familiar_words(pack)
    for wrong in pack.misconceptions.values():
        yield from _remarks([_correction(wrong)], familiar)
    for topic in pack.topics.values():
        yield from _remarks(_answer(topic), familiar)


def grade(text: str, familiar: frozenset[str] = frozenset()) -> float:
    """The US school grade that the text asks for; 0 for a text without words."""
    parts = [words for part in _SENTENCE_END.split(text) if (words := _WORD.findall(part))]
    words = [word.casefold() for part in parts for word in part]
    if not words:
        return 0.0
    syllables = sum(min(_syllables(w), FAMILIAR) if w in familiar else _syllables(w) for w in words)
    return 0.39 * len(words) / len(parts) + 11.8 * syllables / len(words) - 15.59


def familiar_words(pack: Pack) -> frozenset[str]:
    """The words that the pack explains or knows by many names."""
    names = [n for t in pack.topics.values() for n in (t.title, *t.aliases)]
    phrases = [p for concept in pack.vocabulary.concepts.values() for p in concept]
    terms = [term for t in pack.topics.values() for f in t.facts for term in _TERM.findall(f.text)]
    return frozenset(word.casefold() for text in (*names, *phrases, *terms) for word in _WORD.findall(text))


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    return len(_patterns().positions(word)) + 1


@lru_cache(maxsize=1)
def _patterns() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)


def _correction(wrong: Misconception) -> Read:
    return Read(("misconceptions", wrong.id, "correction"), "this correction", wrong.correction)


def _answer(topic: Topic) -> list[Read]:
    summary = Read(("topics", topic.id, "summary"), "the summary", topic.summary)
    return [
        summary,
        *(Read(("topics", topic.id, "facts", n, "text"), "this fact", f.text) for n, f in enumerate(topic.facts)),
    ]


def _remarks(reads: list[Read], familiar: frozenset[str]) -> Iterator[Remark]:
    whole = grade(" ".join(_ended(read.text) for read in reads), familiar)
    if whole <= HARDEST:
        return
    hardest = max(reads, key=lambda read: grade(read.text, familiar))
    what = hardest.what if len(reads) == 1 else f"the answer as a whole, and {hardest.what} most of all,"
    message = f"{what} reads at school grade {whole:.1f}; {HARDEST:.0f} is the most"
    hint, words = _advice(hardest.text, familiar)
    yield Remark(hardest.at, "reading-grade", message, hint, Level.WARNING, words=words)


def _ended(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


def _advice(text: str, familiar: frozenset[str]) -> tuple[str, str]:
    """What would help most, a shorter sentence or shorter words, and the sentence that is meant."""
    hardest = max(_SENTENCE_END.split(text), key=lambda part: grade(part, familiar))
    count = len(_WORD.findall(hardest))
    hard = [w for w in dict.fromkeys(_WORD.findall(text)) if w.casefold() not in familiar and _is_long(w)]
    split = f"Split the sentence of {count} words that begins here. " if count > 20 else ""
    swap = f"Find shorter words for: {', '.join(hard[:4])}." if hard else ""
    return f"{split}{swap}".strip() or "Write shorter sentences.", hardest


def _is_long(word: str) -> bool:
    return _syllables(word.casefold()) >= 4
