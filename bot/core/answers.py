"""Which topic answers what somebody typed, and whether a message asks for one."""

import re
from functools import lru_cache

from bot.core.pack import Pack, Topic
from bot.core.pushing import pushes
from bot.core.topic_index import Match, TopicIndex
from bot.core.topic_names import fold, names_of

__all__ = ["SURE", "Match", "asks", "complete", "exact", "fold", "index_of", "might_ask", "offer", "search"]

SURE = 0.62  # from this score on the topic is answered at once; below, people are asked which one they meant
OFFERED = 0.72  # from this score on an answer may be offered to somebody who did not ask the bot
LONGEST = 300  # characters of a question that are read; what comes later seldom changes the subject
MAX_CHOICES = 25  # Discord's limit for autocompletion; the other platforms follow it


def search(pack: Pack, text: str, *, limit: int = 5) -> tuple[Match, ...]:
    """Topics for what somebody typed, best first; empty when nothing comes near."""
    return index_of(pack).search(text[:LONGEST])[:limit]


def exact(pack: Pack, text: str) -> Topic | None:
    """The topic whose id, alias or title this is."""
    typed = fold(text)
    return next((t for t in pack.topics.values() if typed in names_of(t)), None)


def complete(pack: Pack, typed: str, limit: int = MAX_CHOICES) -> tuple[tuple[str, str], ...]:
    """(topic id, title) choices for what was typed so far; all topics while nothing was typed."""
    if not fold(typed):
        return tuple((t.id, t.title) for t in list(pack.topics.values())[:limit])
    return tuple((m.topic, pack.topics[m.topic].title) for m in search(pack, typed, limit=limit))


_OPENS = re.compile(
    r"\W*(?:what|how|why|where|who|(?:is|are|does|do|can|could|should) (?:it|they|there|this|i|you|we|any))\b"
    r"|\W*(?:which|does|do|is|are|can|should) (?!not\b)\w+ \w",
    re.IGNORECASE,
)
_PLEADS = re.compile(
    r"\b(?:does|do) any(?:one|body)\b|\blooking for (?:some )?(?:help|information|info|advice)\b"
    r"|\bany (?:help|advice)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether the message asks anything; about a microsecond, because every message is asked of it."""
    if len(text) > 2000:
        return False
    if "?" in text or _OPENS.match(text):
        return True
    lower = text.lower()
    return ("any" in lower or "looking" in lower) and _PLEADS.search(text) is not None


def might_ask(pack: Pack, text: str) -> bool:
    """Whether `offer` can find a topic. A microsecond or two, because every message is asked of it."""
    return asks(text) and index_of(pack).tells(text)


def offer(pack: Pack, text: str) -> str | None:
    """The topic that a message asks for, when that is plain enough to offer an answer; otherwise None."""
    if not might_ask(pack, text):
        return None
    questions = _questions(text)
    if len(questions) != 1 or len(text) > LONGEST * 2 or any(p.search(text) for p in _NOT_FOR_US):
        return None
    index = index_of(pack)
    best = next(iter(index.search(questions[0])), None)
    return best.topic if best and best.score >= OFFERED and not pushes(text, index.cues) else None


class _Same:
    """A pack that is compared by identity: what was built for it holds until another is loaded."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return id(self.pack)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.pack is self.pack


def index_of(pack: Pack) -> TopicIndex:
    """The pack's index. It is built at its first use, in about a tenth of a second; whoever loads a pack does that."""
    return _built(_Same(pack))


@lru_cache(maxsize=4)
def _built(same: _Same) -> TopicIndex:
    return TopicIndex(same.pack)


_YOU = r"(?:you|your|yours|u)"
_NOT_FOR_US = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:are|were|did|have|had|has|will|how(?:'s| is| was| are)?) {_YOU}\b",  # asked of one person
        r"\b(?:do|where do|when do) you (?:all )?(?!(?:know|think)\b)|\bwhat (?:are|were) you\b",
        rf"\b{_YOU}\b[^?]*\b(?:yesterday|today|tonight|tomorrow)\b|\bsay about your\b",
        r"\bwhat time\b|\b(?:parking|webinar|conference|tickets?|lunch|dinner|coffee|channel)\b",  # of the day
        r"\b(?:guess|you know) what\b|\bwho (?:wants|needs|else|is speaking)\b|\bis it just me\b",  # no question
        r"\bwhy would any|\bisn'?t it\b|\baren'?t (?:they|we|you)\b|\bdon'?t you\b",
        r"\bhow (?:dumb|stupid|lovely|great|cool|can (?:people|any))\b|\bstill (?:believe|think|fall)\b",
        r"\b(?:lol|lmao|haha+|jk)\b|[😂🤣😆]",
    )
)
_QUESTION = re.compile(r"[^.!?\n]*\?|^[^.!?\n]+$", re.MULTILINE)


def _questions(text: str) -> list[str]:
    """The sentences of a message that ask something."""
    return [m.group().strip() for m in _QUESTION.finditer(text) if asks(m.group())]
