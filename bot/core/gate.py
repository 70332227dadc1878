"""Whether a message can have to do with the pack at all: a few microseconds for ordinary chat."""

import re
from collections.abc import Iterable

from bot.core.text import fold

_LEET = str.maketrans("01345780@$", "oieastbo  ")
_BREAKS = bytes(
    ord(chr(b).lower().translate(str.maketrans("013457", "oieast"))) if chr(b).isalnum() and b < 128 else 32
    for b in range(256)
)
_DELETED = b"*~`|'"
_MASKED = re.compile(r"[A-Za-z][!@$][A-Za-z]")
_LONGEST_STEM = 6


class Gate:
    """Knows the beginnings of the words that the subject needs; its cost does not grow with their number."""

    def __init__(self, phrases: Iterable[str]) -> None:
        words = [_telling_word(phrase) for phrase in phrases]
        beginnings = [len(word) - 1 for word in words if word.endswith("*")]
        self._length = min([_LONGEST_STEM, *beginnings])
        self._stems = frozenset(_coded(word.rstrip("*"))[: self._length] for word in words if word)

    def admits(self, text: str) -> bool:
        """Whether any word of the text begins like a word of the subject."""
        if not text.isascii():
            text = fold(text).text.encode("ascii", "replace").decode()
        elif ("!" in text or "@" in text or "$" in text) and _MASKED.search(text):
            text = fold(text).text
        length = self._length
        words = text.encode().translate(_BREAKS, _DELETED).split()
        return not self._stems.isdisjoint([word[:length] for word in words])


def _telling_word(phrase: str) -> str:
    """The longest word of the phrase: where it is missing, so is the phrase."""
    return max(phrase.replace("…", " ").replace("-", " ").split(), key=len, default="")


def _coded(word: str) -> bytes:
    return word.encode("ascii", "ignore").translate(_BREAKS, _DELETED).replace(b" ", b"")
