"""Content gaps: what people asked the bot that no topic answers; their words, how often, and never who asked."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.core.answers import fold

KEPT = timedelta(days=60)  # how long a question is remembered after it was last asked
MOST = 200  # questions remembered; those asked last stay
LONGEST = 12  # words; whoever writes more tells a story, which is nobody's business
_PRIVATE = re.compile(r"@\S+|\S+@\S+|https?://\S+|<[^>]*>|\d{4,}")


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that nothing answers."""

    words: str
    times: int
    last: date  # when it was last asked


def noted(gaps: Sequence[Gap], typed: str, today: date) -> tuple[Gap, ...]:
    """The gaps with one question more; what is old, or too long or personal to keep, is left out."""
    kept = fresh(gaps, today)
    words = fold(_PRIVATE.sub(" ", typed))
    if not words or len(words.split()) > LONGEST:
        return kept
    known = next((gap for gap in kept if gap.words == words), Gap(words, 0, today))
    others = [gap for gap in kept if gap.words != words]
    return (*others[-(MOST - 1) :], replace(known, times=known.times + 1, last=today))


def fresh(gaps: Sequence[Gap], today: date) -> tuple[Gap, ...]:
    """Those that were asked lately."""
    return tuple(gap for gap in gaps if today - gap.last <= KEPT)


def often(gaps: Sequence[Gap]) -> list[Gap]:
    """Those asked most often first."""
    return sorted(gaps, key=lambda gap: (-gap.times, gap.words))


def written(gaps: Sequence[Gap]) -> str:
    """The gaps as text for a store."""
    return json.dumps([[gap.words, gap.times, gap.last.isoformat()] for gap in gaps])


def read(text: str | None) -> tuple[Gap, ...]:
    """The gaps from a store's text."""
    return tuple(Gap(words, times, date.fromisoformat(last)) for words, times, last in json.loads(text or "[]"))
