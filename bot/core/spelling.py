"""Known words, and which of them a typed one comes near, found without comparing it with every one of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

_BITS = 64  # of the set of letters that a word has; letters that share a bit only let more words through
_ROUNDING = 1e-9


class Speller:
    """Finds words by how much of their letters stands in the same order (Ratcliff/Obershelp, as in difflib).

    What can't be near is ruled out by its length and its set of letters: no word shares more letters than it has.
    """

    def __init__(self, words: Iterable[str], *, least: float) -> None:
        self._least = least  # similarity from which on a word is near, 0..1
        self._by_length: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for word in sorted(set(words)):
            self._by_length[len(word)].append((word, _letters(word)))

    def near(self, typed: str) -> Iterator[tuple[float, str]]:
        """Each known word that is near, with its similarity."""
        matcher: SequenceMatcher[str] = SequenceMatcher(None, "", typed)
        for word in self._possible(typed):
            matcher.set_seq1(word)
            if matcher.quick_ratio() >= self._least and (similarity := matcher.ratio()) >= self._least:
                yield similarity, word

    def _possible(self, typed: str) -> Iterator[str]:
        letters = _letters(typed)
        for length, words in self._by_length.items():
            shared = self._least * (len(typed) + length) / 2 - _ROUNDING  # letters, at the least
            ours, theirs = len(typed) - shared, length - shared  # letters that the other may lack
            if ours < 0 or theirs < 0:
                continue
            yield from (
                word
                for word, has in words
                if (letters & ~has).bit_count() <= ours and (has & ~letters).bit_count() <= theirs
            )


def _letters(word: str) -> int:
    """The set of the word's letters, a bit for each."""
    found = 0
    for letter in word:
        found |= 1 << ord(letter) % _BITS
    return found
