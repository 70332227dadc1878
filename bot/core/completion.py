"""Topics for what somebody has typed so far: beginnings, other names, slips of the finger, any accents."""

import re
import unicodedata
from dataclasses import dataclass

from bot.core import answers
from bot.core.pack import Pack, Topic

MOST = 25  # choices; Discord's limit, which the other platforms follow
_WHOLE, _START, _WORD, _WORDS, _SLIP = 1.0, 0.95, 0.9, 0.8, 0.7
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})  # how keyboards without them write these


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic to choose, and what the list shows for it."""

    topic: str
    label: str


def complete(pack: Pack, typed: str, limit: int = MOST) -> tuple[Choice, ...]:
    """The best choices first; all topics in the pack's order while nothing was typed."""
    wanted = plain(typed)
    if not wanted:
        return tuple(Choice(t.id, t.title) for t in list(pack.topics.values())[:limit])
    fits = sorted(((_fit(t, wanted), t) for t in pack.topics.values()), key=lambda fit: -fit[0][0])
    near = [Choice(t.id, _label(t, name)) for (score, name), t in fits if score]
    named = {choice.topic for choice in near}
    meant = (m.topic for m in answers.search(pack, typed, limit=limit) if m.topic not in named)
    return (*near, *(Choice(t, pack.topics[t].title) for t in meant))[:limit]


def plain(text: str) -> str:
    """Lower case, single blanks, no accents or punctuation, in any script."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in letters if not unicodedata.combining(c))))


def slips(typed: str, name: str) -> int:
    """The fewest slips (a letter wrong, missing, too many, or two swapped) that make `typed` a beginning of `name`.

    Optimal string alignment (Damerau 1964), with the rest of the name for free.
    """
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(typed, start=1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(name, start=1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and typed[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return min(row)


def _fit(topic: Topic, typed: str) -> tuple[float, str]:
    """How well the topic fits, 0..1, and by which of its names."""
    names = (topic.title, topic.id, *topic.aliases)
    return max(((_score(typed, spelt), name) for name in names for spelt in _spellings(name)), key=lambda fit: fit[0])


def _spellings(name: str) -> set[str]:
    return {plain(name), plain(name.casefold().translate(_SPELT_OUT))}


def _score(typed: str, name: str) -> float:
    if typed == name:
        return _WHOLE
    if name.startswith(typed):
        return _START
    if f" {typed}" in f" {name}":
        return _WORD
    words = name.split()
    if all(any(w.startswith(t) for w in words) for t in typed.split()):
        return _WORDS
    return _misspelt(typed, words)


def _misspelt(typed: str, words: list[str]) -> float:
    allowed = 0 if len(typed) < 4 else 1 if len(typed) < 8 else 2
    starts = (" ".join(words[n:]) for n in range(len(words)))
    fewest = min((slips(typed, s) for s in starts if s[:1] == typed[:1] or len(typed) > 5), default=99)
    return _SLIP - fewest / 20 if fewest <= allowed else 0.0


def _label(topic: Topic, name: str) -> str:
    """The title, and the other name that matched where the title does not hold it."""
    known = plain(topic.title)
    return topic.title if plain(name) in known or name == topic.id else f"{topic.title} · {name.replace('-', ' ')}"
