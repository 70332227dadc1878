"""Whether a message can have to do with the pack at all: a few microseconds for ordinary chat."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.core.concepts import GAP_SIGN, Lexicon, parse
from bot.core.text import fold, sentences

_CODES = bytes(
    ord(chr(b).lower().translate(str.maketrans("013457", "oieast"))) if chr(b).isalnum() and b < 128 else 32
    for b in range(256)
)
_DELETED = b"*~`|'"
_MASKED = re.compile(r"[A-Za-z][!@$][A-Za-z]")
_HEAD = 5  # letters; what a first glance looks at
_TELLING = "telling"


class Gate:
    """Knows the phrases that the subject needs. Three looks, each at what the one before let through:

    the first letters of the words, the words on which the phrases turn, and the phrases themselves.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        phrases = tuple(phrases)
        keys = frozenset(_keys(phrases))
        stems = frozenset(_coded(key[:-1]) for key in keys if key.endswith("*"))
        self._words = frozenset(_coded(key) for key in keys if not key.endswith("*"))
        self._stems = stems
        self._lengths = tuple(sorted({len(stem) for stem in stems}))
        self._head = min([_HEAD, *self._lengths])
        self._heads = frozenset(key[: self._head] for key in (*stems, *self._words))
        self._lexicon = Lexicon({_TELLING: phrases})

    def admits(self, text: str) -> bool:
        """Whether the text says any of the phrases."""
        if not text.isascii():
            plain = fold(text).text.encode("ascii", "replace")
        elif ("!" in text or "@" in text or "$" in text) and _MASKED.search(text):
            plain = fold(text).text.encode()
        else:
            plain = text.encode()
        head, heads = self._head, self._heads
        alike = [word for word in plain.translate(_CODES, _DELETED).split() if word[:head] in heads]
        if not alike or not any(map(self._turns, alike)):
            return False
        return any(self._lexicon.mentions(sentence.words) for sentence in sentences(text))

    def _turns(self, word: bytes) -> bool:
        """Whether a phrase can turn on this word."""
        if word in self._words or (word.endswith(b"s") and word[:-1] in self._words):
            return True
        return any(word[:length] in self._stems for length in self._lengths)


def _keys(phrases: Iterable[str]) -> Iterator[str]:
    """For each phrase a word without which it can't be said: a phrase of its own, or else its longest word.

    A letter before a number may be written as one word with it, so both ways count.
    """
    parsed = [[word for word in parse(phrase).words if word != GAP_SIGN] for phrase in phrases]
    alone = {words[0] for words in parsed if len(words) == 1}
    for words in parsed:
        key = max(reversed(words), key=lambda word: (word in alone, word[0].isalpha(), len(word)), default="")
        yield key
        yield from (key + number for before, number in pairwise(words) if before == key and number.isdecimal())


def _coded(word: str) -> bytes:
    return word.encode("ascii", "ignore").translate(_CODES, _DELETED).replace(b" ", b"")
