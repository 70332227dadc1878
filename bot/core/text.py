"""How a message is read: folded to plain letters, cut into words and sentences, with offsets into the original."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST_SENTENCE = 80  # words; what never ends is cut, so that reading stays linear

_ZERO_WIDTH = frozenset({"Cf", "Mn", "Me", "Cs", "Co"})  # joiners, bidi marks, combining marks, lone surrogates
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһкмтвнгпαεορυικντβηβγɡıℓ’‘ʼ′`´“”«»–—−‐‑→⇒×",
    "aeopcyxijsdhkmtbhrnaeopuiκvtβhβygil''''''\"\"\"\"-----==x".replace("κ", "k").replace("β", "b"),
)
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i"}
_LEET_INSIDE = re.compile(
    r"(?<=[a-z])[0134578@$!](?=[a-z]{2})|(?<=[a-z]{2})[0134578@$!](?=[a-z])|(?<=[a-z])[!@$](?=[a-z])"
)
_MARKUP = re.compile(r"[*~`|]+")
_BLANKED = re.compile(r"https?://\S+|<(?:a?:\w+:|[@#!&]+)\w*>|\]\([^()\[\]\s]*\)")
_CODE = re.compile(r"```\w+\n.*?(?:```|\Z)", re.DOTALL)  # only where a language is named: bare fences may hold talk
_STRETCHED = re.compile(r"(.)\1{2,}")
_PIECES = re.compile(
    r"(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<number>\d{2,}s\b|\d+(?:[.,]\d+)*)|(?P<sign>=+>?|->|%|\+)"
    r"|(?P<end>[.!?…;]+|\n[\s>*•\-]*)|(?P<pause>[,:()\"]|--? |- )"
)
_ABBREVIATIONS = frozenset(
    {"vit", "dr", "mr", "mrs", "ms", "vs", "eg", "ie", "e", "i", "approx", "st", "prof", "calc", "fluor"}
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Text in plain lower-case letters; `offsets` leads each character back, or is None where nothing moved."""

    text: str
    offsets: tuple[int, ...] | None = None

    def original(self, index: int) -> int:
        """Where the character stands in the original text."""
        return index if self.offsets is None else self.offsets[index]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence or list item, each with its place in the original text."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    pauses: frozenset[int]  # words that follow a comma, colon, bracket or dash
    quoted: bool = False  # in a line that starts with ">"
    asked: bool = False  # ends with a question mark
    opens: bool = False  # ends with a colon: what follows belongs to it
    cited: frozenset[int] = frozenset()  # words inside quotation marks


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """The plain letters that a character stands for; nothing for marks, a blank for pictures."""
    if char == "≠":
        return " not "
    kind = unicodedata.category(char)
    if kind in _ZERO_WIDTH:
        return ""
    decomposed = unicodedata.normalize("NFKD", char).casefold().translate(_LOOK_ALIKES)
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in _ZERO_WIDTH)
    return " " if kind.startswith(("S", "C")) and not kept.isascii() else kept


def fold(text: str) -> Folded:
    """The text in plain lower-case letters: look-alikes, marks, markup and links resolved."""
    folded = Folded(text.lower()) if text.isascii() else _spelled_plainly(text)
    if "://" in folded.text or "<" in folded.text or "](" in folded.text:
        blanked = _BLANKED.sub(lambda m: " " * len(m.group()), folded.text)
        folded = Folded(blanked, folded.offsets)
    if "```" in folded.text:
        folded = Folded(_CODE.sub(lambda m: " " * len(m.group()), folded.text), folded.offsets)
    if _MARKUP.search(folded.text):
        folded = _without_markup(folded)
    straight = _LEET_INSIDE.sub(lambda m: _LEET[m.group()], folded.text)
    return Folded(straight, folded.offsets)


def _spelled_plainly(text: str) -> Folded:
    letters: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        plain = char.lower() if char.isascii() else _plain(char)
        letters.append(plain)
        offsets.extend([index] * len(plain))
    return Folded("".join(letters), tuple(offsets))


def _without_markup(folded: Folded) -> Folded:
    """The text without asterisks, tildes, backticks and bars, which may stand inside a word."""
    letters: list[str] = []
    offsets: list[int] = []
    at = 0
    for mark in _MARKUP.finditer(folded.text + "*"):
        letters.append(folded.text[at : mark.start()])
        offsets.extend(range(at, mark.start()))
        at = mark.end()
    return Folded("".join(letters), tuple(map(folded.original, offsets)))


@lru_cache(maxsize=16)  # a message is read by several readers, one right after the other
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences and list items of the text, in order; those without a word are left out."""
    folded = fold(text)
    builder = _Builder(folded, quoted=folded.text.lstrip().startswith(">"))
    for piece in _PIECES.finditer(folded.text):
        builder.take(piece)
    builder.finish()
    return tuple(builder.done)


def unstretched(word: str) -> str:
    """The word with letters that are repeated for effect written once."""
    return _STRETCHED.sub(r"\1", word)


class _Builder:
    """Collects words until a sentence ends."""

    def __init__(self, folded: Folded, *, quoted: bool) -> None:
        self._folded = folded
        self._quoted = quoted
        self._citing = False
        self._stretched = _STRETCHED.search(folded.text) is not None
        self.done: list[Sentence] = []
        self._clear()

    def _clear(self) -> None:
        self._words: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._pauses: list[int] = []
        self._cited: list[int] = []
        self._colon = False

    def take(self, piece: "re.Match[str]") -> None:
        kind = piece.lastgroup
        if kind == "end":
            self._end(piece)
        elif kind == "pause":
            self._pauses.append(len(self._words))
            self._colon = piece.group() == ":"
            self._citing ^= piece.group() == '"'
        else:
            self._add(piece)

    def _add(self, piece: "re.Match[str]") -> None:
        word = piece.group()
        if len(word) > 2 and piece.lastgroup == "word":
            word = (unstretched(word) if self._stretched else word).replace("'", "")
        self._words.append("=" if word in ("->", "=>", "==") else word)
        if self._citing:
            self._cited.append(len(self._words) - 1)
        self._spans.append(piece.span())
        self._colon = False
        if len(self._words) >= LONGEST_SENTENCE:
            self.finish()

    def _end(self, piece: "re.Match[str]") -> None:
        mark = piece.group()
        if mark == "." and self._words and self._words[-1] in _ABBREVIATIONS:
            return
        if (
            mark == "."
            and not self._folded.text[piece.end() : piece.end() + 1].isspace()
            and piece.end() < len(self._folded.text)
        ):
            self._pauses.append(len(self._words))
            return
        self.finish(asked="?" in mark)
        if mark.startswith("\n"):
            self._quoted = ">" in mark

    def finish(self, *, asked: bool = False) -> None:
        """Close the sentence, if it has words."""
        if self._words:
            original = self._folded.original
            self.done.append(
                Sentence(
                    words=tuple(self._words),
                    starts=tuple(original(start) for start, _ in self._spans),
                    ends=tuple(original(end - 1) + 1 for _, end in self._spans),
                    pauses=frozenset(self._pauses),
                    quoted=self._quoted,
                    asked=asked,
                    opens=self._colon,
                    cited=frozenset(self._cited),
                )
            )
        self._clear()
