"""Which parts of the content are due for another look, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.content_checks import FRESH
from bot.core.pack import Pack

SOON = timedelta(days=30)  # how long before its day something is listed
PERIOD = timedelta(days=30)  # after which admins are reminded again of what is still due


class Kind(StrEnum):
    TOPIC = "topic"
    MISCONCEPTION = "misconception"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Due:
    """Something that somebody should look at again by a day."""

    kind: Kind
    id: str
    on: date
    why: str

    def late(self, today: date) -> bool:
        return self.on <= today

    def line(self, today: date) -> str:
        days = (self.on - today).days
        when = f"due in {days} days" if days > 0 else "due today" if days == 0 else f"due for {-days} days"
        return f"{self.kind} {self.id}: {when.replace('1 days', '1 day') if abs(days) == 1 else when} ({self.why})"

    def period(self, today: date) -> str:
        """Changes when admins should be reminded again."""
        return f"{self.on}, {(today - self.on) // PERIOD}"


def due(pack: Pack, today: date, *, within: timedelta = SOON) -> tuple[Due, ...]:
    """What is due by then, the longest overdue first."""
    return tuple(sorted((d for d in _all(pack) if d.on <= today + within), key=lambda d: (d.on, d.kind, d.id)))


def _all(pack: Pack) -> Iterator[Due]:
    topics = [t for t in pack.topics.values() if t.stage.maintained]
    wrong = [m for m in pack.misconceptions.values() if m.stage.maintained]
    for topic in topics:
        yield _review(Kind.TOPIC, topic.id, topic.reviewed_on)
    for each in wrong:
        if each.reviewed_on:
            yield _review(Kind.MISCONCEPTION, each.id, each.reviewed_on)
    cited = {key for t in topics for fact in t.facts for key in fact.sources} | {k for m in wrong for k in m.sources}
    for key in sorted(cited & pack.sources.keys()):
        if expires := pack.sources[key].expires_on:
            yield Due(Kind.SOURCE, key, date.fromisoformat(expires), "look for newer evidence")


def _review(kind: Kind, name: str, reviewed_on: str) -> Due:
    return Due(kind, name, date.fromisoformat(reviewed_on) + FRESH, f"last reviewed on {reviewed_on}")
