"""Which concepts a sentence mentions: phrases of the vocabulary found by a trie over words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.core.text import sentences

LONG = 6  # letters that a word needs before it is taken for a misspelling of another
GAP = 4  # words that "…" may stand for
LONGEST_WORD = 40  # letters; what is longer is no word of any vocabulary

_Node = dict[str | None, "_Node | list[str]"]  # None holds the names that end here
GAP_SIGN = "…"
VAGUE = "~"  # before a phrase that is too common to show that a message is on the subject


class Mention(NamedTuple):
    """Words `first` to `last` of a sentence express the concept; not `tight` where others may stand between."""

    concept: str
    first: int
    last: int
    tight: bool = True

    def overlaps(self, first: int, last: int) -> bool:
        """Whether the words `first` to `last` are among those that express the concept."""
        if self.tight:
            return self.first <= last and first <= self.last
        return first <= self.first <= last or first <= self.last <= last


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; a word that ends in "*" stands for all that begin so, "…" for up to four words."""

    words: tuple[str, ...]


@lru_cache(maxsize=20_000)  # several readers are made of one vocabulary
def parse(phrase: str) -> Phrase:
    """The phrase as the reader sees text, so that "K2", "k-2" and "K 2" are one."""
    words: list[str] = []
    for part in phrase.removeprefix(VAGUE).replace("...", GAP_SIGN).replace(GAP_SIGN, f" {GAP_SIGN} ").split():
        plain = [part] if part == GAP_SIGN else _words_of(part.rstrip("*"))
        words.extend(plain)
        if part.endswith("*") and plain:
            words[-1] += "*"
    return Phrase(tuple(words))


def _words_of(part: str) -> list[str]:
    return [word for sentence in sentences(part) for word in sentence.words]


class _Walk(NamedTuple):
    """One search through the trie, from the word `first`."""

    symbols: list[tuple[str, ...]]
    pauses: frozenset[int]
    first: int
    found: list[Mention]


class Lexicon:
    """Finds named phrases. `things` are names whose longer phrases swallow the shorter ones inside them."""

    def __init__(self, phrases: Mapping[str, Iterable[str]], things: frozenset[str] = frozenset()) -> None:
        self._things = things
        self._root: _Node = {}
        for name, texts in phrases.items():
            for text in texts:
                self._plant(name, parse(text))
        self._exact, self._prefixes = _symbols(self._root)
        self._lengths = tuple(sorted({len(p) for p in self._prefixes}))
        self._known = lru_cache(maxsize=20_000)(self._symbols_of)

    def _plant(self, name: str, phrase: Phrase) -> None:
        node = self._root
        for word in phrase.words:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        names: list[str] = node.setdefault(None, [])  # type: ignore[assignment]
        if phrase.words and name not in names:
            names.append(name)

    def _symbols_of(self, word: str) -> tuple[str, ...]:
        """The vocabulary's words that this word, or its plain misspelling, may be read as."""
        found = self._readings(word)
        if not found and len(word) >= LONG:
            found = next((r for slip in _slips(word) if (r := self._readings(slip))), [])
        return tuple(found)

    def _readings(self, word: str) -> list[str]:
        found = [word] if word in self._exact else []
        if len(word) > 3 and word.endswith("s") and word[:-1] in self._exact:
            found.append(word[:-1])
        return found + [word[:n] + "*" for n in self._lengths if word[:n] in self._prefixes and len(word) >= n]

    def mentions(self, words: tuple[str, ...], pauses: frozenset[int] = frozenset()) -> list[Mention]:
        """Every concept mentioned, in order of the first word; a gap does not reach over a pause."""
        symbols = [self._known(word) if len(word) <= LONGEST_WORD else () for word in words]
        found: list[Mention] = []
        for at, readings in enumerate(symbols):
            for symbol in readings:
                node = self._root.get(symbol)
                if node is not None:
                    self._walk(node, _Walk(symbols, pauses, at, found), at, True)  # type: ignore[arg-type]
        return self._unswallowed(found)

    def _walk(self, node: _Node, walk: "_Walk", last: int, tight: bool) -> None:
        """Collect what ends at this node, and go on to the next word."""
        for concept in node.get(None, ()):
            walk.found.append(Mention(concept, walk.first, last, tight))  # type: ignore[arg-type]
        if len(node) == 1 and None in node:
            return
        after = last + 1
        if after < len(walk.symbols):
            for symbol in walk.symbols[after]:
                if symbol in node:
                    self._walk(node[symbol], walk, after, tight)  # type: ignore[arg-type]
        if GAP_SIGN in node:
            self._leap(node[GAP_SIGN], walk, after)  # type: ignore[arg-type]

    def _leap(self, node: _Node, walk: "_Walk", start: int) -> None:
        """Go on after a gap, at the nearest word that fits."""
        for at in range(start, min(start + GAP + 1, len(walk.symbols))):
            if at in walk.pauses:
                return
            fitting = [symbol for symbol in walk.symbols[at] if symbol in node]
            for symbol in fitting:
                self._walk(node[symbol], walk, at, False)  # type: ignore[arg-type]
            if fitting:
                return

    def _unswallowed(self, found: list[Mention]) -> list[Mention]:
        """Without things named inside a longer thing: "calcium score" does not speak of calcium."""
        wide = [m for m in found if m.last > m.first and m.tight and m.concept in self._things]
        if not wide:
            return found
        return [m for m in found if m.concept not in self._things or not any(_inside(m, w) for w in wide)]


def _slips(word: str) -> Iterator[str]:
    """What may have been meant: a letter typed twice, two neighbours swapped. Other slips make too many real words."""
    for at in range(1, len(word)):
        if word[at] == word[at - 1]:
            yield word[:at] + word[at + 1 :]
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _inside(inner: Mention, outer: Mention) -> bool:
    return (
        outer.first <= inner.first and inner.last <= outer.last and outer.last - outer.first > inner.last - inner.first
    )


def _symbols(root: _Node) -> tuple[frozenset[str], frozenset[str]]:
    """The words that the trie asks for: whole ones, and beginnings."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    nodes = [root]
    while nodes:
        for word, below in nodes.pop().items():
            if word is None:
                continue
            nodes.append(below)  # type: ignore[arg-type]
            if word.endswith("*"):
                beginnings.add(word[:-1])
            elif word != GAP_SIGN:
                whole.add(word)
    return frozenset(whole), frozenset(beginnings)
