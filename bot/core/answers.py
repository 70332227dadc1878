"""Finding the topic that somebody means, and telling when a message asks for one."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.core.pack import Pack, Topic

CLOSE = 0.74  # similarity above which a typed word counts as a misspelt name; found on the pack's own aliases
MAX_CHOICES = 25  # Discord's limit for autocompletion; the other platforms follow it


@dataclass(frozen=True, slots=True)
class Match:
    """A topic and how well it fits, 0..1."""

    topic: str
    score: float


def fold(text: str) -> str:
    """Lower case without accents or punctuation, so that "Vitamín-D" and "vitamin d" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))


def search(pack: Pack, text: str, *, limit: int = 5) -> tuple[Match, ...]:
    """Topics for what somebody typed, best first; empty when nothing comes near."""
    typed = fold(text)
    if not typed:
        return ()
    scored = (Match(t.id, _score(t, typed)) for t in pack.topics.values())
    return tuple(sorted((m for m in scored if m.score >= 0.3), key=lambda m: -m.score)[:limit])


def exact(pack: Pack, text: str) -> Topic | None:
    """The topic whose id, alias or title this is."""
    typed = fold(text)
    return next((t for t in pack.topics.values() if typed in _names(t)), None)


def complete(pack: Pack, typed: str, limit: int = MAX_CHOICES) -> tuple[tuple[str, str], ...]:
    """(topic id, title) choices for what was typed so far; all topics while nothing was typed."""
    if not fold(typed):
        return tuple((t.id, t.title) for t in list(pack.topics.values())[:limit])
    return tuple((m.topic, pack.topics[m.topic].title) for m in search(pack, typed, limit=limit))


_ASKS = re.compile(
    r"\?|^\W*(?:what|how|why|where|who|(?:is|are|does|do|can|could|should) (?:it|they|there|this|i|you|we|any))\b"
    r"|\b(?:does|do) any(?:one|body)\b|\blooking for (?:some )?(?:help|information|info|advice)\b"
    r"|\bany (?:help|advice)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether the message asks anything."""
    return len(text) <= 2000 and _ASKS.search(text) is not None


def offer(pack: Pack, text: str) -> str | None:
    """The topic that a message asks for, when that is plain enough to offer an answer; otherwise None."""
    if not asks(text):
        return None
    words = fold(text)
    named = [(t, name) for t in pack.topics.values() for name in _names(t) if f" {name} " in f" {words} "]
    subject = [t for t, name in named if len(name) >= 9]
    if not subject:
        return None
    intents = [t for t, name in named if name in _INTENTS]
    return (_by_intent(pack, words) or (intents or subject)[0]).id


_INTENTS = frozenset({"causes", "cause", "symptoms", "symptom", "treatment", "prevent", "prevention", "tests"})


def _by_intent(pack: Pack, words: str) -> Topic | None:
    return next((pack.topics[i] for i in ("causes", "symptoms", "treatment") if i in words and i in pack.topics), None)


def _names(topic: Topic) -> frozenset[str]:
    return frozenset(fold(n) for n in (topic.id, topic.title, *topic.aliases))


def _score(topic: Topic, typed: str) -> float:
    names = _names(topic)
    if typed in names:
        return 1.0
    if any(n.startswith(typed) for n in names):
        return 0.9
    spelling = max(SequenceMatcher(None, typed, n).ratio() for n in names)
    overlap = _overlap(typed.split(), names, fold(topic.summary).split())
    return max(spelling if spelling >= CLOSE else 0.0, overlap)


def _overlap(typed: list[str], names: Iterable[str], summary: list[str]) -> float:
    """Share of the typed words that the topic uses; a word in its names counts fully, one in its summary less."""
    meant = [w for w in typed if w not in _FILLERS] or typed
    in_names = {w for n in names for w in n.split()}
    worth = (0.85 if any(_same(w, n) for n in in_names) else 0.4 if w in summary else 0.0 for w in meant)
    return sum(worth) / len(meant)


def _same(a: str, b: str) -> bool:
    return a == b or (min(len(a), len(b)) >= 4 and (a.rstrip("s") == b.rstrip("s") or a.startswith(b)))


_FILLERS = frozenset(  # words that say nothing about which topic is meant
    {
        "a", "about", "an", "and", "any", "are", "can", "causes", "cause", "do", "does", "for", "from",
        "get", "has", "have", "how", "i", "in", "is", "it", "me", "my", "of", "on", "or", "should", "tell",
        "the", "there", "to", "what", "when", "where", "which", "who", "why", "with", "you", "your",
    }
)  # fmt: skip
