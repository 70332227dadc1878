"""Whether a message can have to do with the pack at all: a few microseconds for ordinary chat."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from operator import itemgetter

from bot.core.concepts import GAP_SIGN, Lexicon, parse
from bot.core.text import Sentence, fold, sentences

_CODES = bytes(
    ord(chr(b).lower().translate(str.maketrans("013457", "oieast"))) if chr(b).isalnum() and b < 128 else 32
    for b in range(256)
)
_DELETED = b"*~`|'"
_MASKED = re.compile(r"[A-Za-z][!@$][A-Za-z]")
_HEAD = 5  # letters; what a first glance looks at
_RUN = re.compile(rb"(.)\1+")
_BEGINNING = 2  # letters; of the words beside, so that a slip further on does no harm
_TELLING = "telling"
_MOST = 1 << 14  # words remembered, about 2 MB; only those that begin like a phrase's
_LONGEST = 100  # characters; longer words are looked at each time, so that nobody fills the memory with them
_beginning = itemgetter(slice(_BEGINNING))
Others = frozenset[bytes]


class Gate:
    """Knows the phrases that the subject needs. Four looks, each at what the one before let through:

    how the words begin, whether a phrase turns on one of them, whether each of a phrase's other words has one here that
    begins like it, and the phrases themselves.

    What the second look found of a word is remembered, because chat uses the same ones again and again. Only that
    memory ever changes, and it may be lost at any time, so threads may share a gate.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        phrases = tuple(phrases)
        words: dict[bytes, set[Others]] = defaultdict(set)
        stems: dict[bytes, set[Others]] = defaultdict(set)
        keys, shortest = set(), _HEAD
        for key, others in _keys(phrases):
            coded = _coded(key.rstrip("*"))
            shortest = min(shortest, len(coded) if key.endswith("*") else _HEAD)
            keys.add(coded)
            (stems if key.endswith("*") else words)[_single(coded)].add(_beginnings(others))
        self._words, self._stems = dict(words), dict(stems)
        self._lengths = tuple(sorted({len(stem) for stem in stems}))
        self._head = itemgetter(slice(shortest))
        self._heads = frozenset(self._head(way) for key in keys for way in _drawn_out(key))
        self._lexicon = Lexicon({_TELLING: phrases})
        self._known: dict[bytes, tuple[Others, ...]] = {}

    def admits(self, text: str) -> bool:
        """Whether the text says any of the phrases."""
        return bool(self.admitted(text))

    def admitted(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a text that says any of the phrases; of any other none, without cutting it up."""
        head, heads = self._head, self._heads
        words = _plain(text)
        if heads.isdisjoint(map(head, words)):
            return ()
        ways = {way for word in words if head(word) in heads for way in self._ways(word)}
        return self._turning(text, words, ways) if ways else ()

    @property
    def remembered(self) -> int:
        """How many words it remembers; bounded."""
        return len(self._known)

    def _turning(self, text: str, words: Iterable[bytes], ways: Collection[Others]) -> tuple[Sentence, ...]:
        """The sentences, if any of the phrases that can turn on a word of the text is there."""
        beginnings = frozenset(map(_beginning, words))
        if not any(others <= beginnings for others in ways):
            return ()
        read = sentences(text)
        return read if any(self._lexicon.mentions(sentence.words) for sentence in read) else ()

    def _ways(self, word: bytes) -> tuple[Others, ...]:
        """For each phrase that turns on the word, how its other words begin."""
        known = self._known.get(word)
        if known is None:
            known = tuple(self._others(word))
            if len(word) <= _LONGEST:
                self._remember(word, known)
        return known

    def _remember(self, word: bytes, known: tuple[Others, ...]) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[word] = known

    def _others(self, word: bytes) -> Iterator[Others]:
        word = _single(word)
        yield from self._words.get(word, ())
        if word.endswith(b"s"):
            yield from self._words.get(word[:-1], ())
        for length in self._lengths:
            yield from self._stems.get(word[:length], ())


def _plain(text: str) -> list[bytes]:
    """The words in plain small letters."""
    if not text.isascii():
        plain = fold(text).text.encode("ascii", "replace")
    elif ("!" in text or "@" in text or "$" in text) and _MASKED.search(text):
        plain = fold(text).text.encode()
    else:
        plain = text.encode()
    return plain.translate(_CODES, _DELETED).split()


def _keys(phrases: Iterable[str]) -> Iterator[tuple[str, Collection[str]]]:
    """For each phrase a word without which it can't be said (a phrase of its own, or else its longest word), and the
    phrase's other words.

    A letter before a number may be written as one word with it, so both ways count.
    """
    parsed = [[word for word in parse(phrase).words if word != GAP_SIGN] for phrase in phrases]
    alone = {words[0] for words in parsed if len(words) == 1}
    for words in parsed:
        key = max(reversed(words), key=lambda word: (word in alone, word[0].isalpha(), len(word)), default="")
        yield key, [word for word in words if word != key]
        yield from (
            (key + number, [word for word in words if word not in (before, number)])
            for before, number in pairwise(words)
            if before == key and number.isdecimal()
        )


def _beginnings(words: Iterable[str]) -> Others:
    """How words must begin that can be these. A letter could be anything's beginning; a number stands by itself."""
    kept = (word for word in words if word.isdecimal() or len(_coded(word.rstrip("*"))) >= _BEGINNING)
    return frozenset(_beginning(_coded(word.rstrip("*"))) for word in kept)


def _drawn_out(key: bytes) -> Iterator[bytes]:
    """The word, and with each of its first letters written up to _HEAD times."""
    yield key
    for i in range(min(_HEAD, len(key))):
        yield from (key[:i] + key[i : i + 1] * times + key[i + 1 :] for times in range(2, _HEAD + 1))


def _single(word: bytes) -> bytes:
    """The word with every letter once where it stands several times in a row."""
    return _RUN.sub(rb"\1", word)


def _coded(word: str) -> bytes:
    return word.encode("ascii", "ignore").translate(_CODES, _DELETED).replace(b" ", b"")
