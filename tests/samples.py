"""Small values that tests share: people, messages, a two-misconception pack, a screener that looks for words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.message import Message, MessageKey, Person
from bot.core.pack import (
    Bearings,
    Fact,
    Misconception,
    Pack,
    RedFlags,
    Safety,
    Severity,
    Source,
    ThreadPost,
    Topic,
    UrgentRule,
    Vocabulary,
)
from bot.core.review import Case, Flag
from bot.core.screening import Finding, Screening

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN = Person("1", "Ann")
BEN = Person("2", "Ben")
MEMBER = Person("9", "Mina")
KEY = MessageKey("sandbox", "local", "health", "m1")

SAFETY = Safety(
    disclaimer="General information, not medical advice.",
    footer="Information only.",
    long_disclaimer="This bot shares general information.",
    urgent={"emergency": "Call for help now.", "same_day": "See a doctor today."},
    canned={},
    correction_template="A note on the message above: {correction} Sources: {source_links}",
    red_flags=RedFlags(
        signs={"choking": ("choking", "can't breathe"), "scald": ("scalded",)},
        rules=(UrgentRule("emergency", ("choking",)), UrgentRule("same_day", ("scald",))),
        words=Bearings(self=("i", "im", "my"), past=("last year",)),
    ),
)
PACK = Pack(
    name="tea",
    title="Tea and myths",
    topics={
        "green": Topic(
            "green",
            "Green tea",
            ("matcha",),
            "Leaves that were not fermented.",
            (Fact("It is a leaf.", ("book",)),),
            "2026-01-01",
        ),
    },
    misconceptions={
        "tea-cures": Misconception("tea-cures", Severity.HARMFUL, "Tea cures all.", "It does not.", ("book",)),
        "tea-is-blue": Misconception(
            "tea-is-blue", Severity.MINOR, "Tea is blue.", "It is green or brown.", ("rumour",)
        ),
    },
    sources={
        "book": Source("book", "The Book of Tea", "Press", "https://example.org/tea", True, 2020),
        "rumour": Source("rumour", "A rumour", "Nobody", "https://example.org/rumour", False),
    },
    safety=SAFETY,
    vocabulary=Vocabulary(),
    revision="abc123",
    thread=(
        ThreadPost("Wren", "Is tea any good?"),
        ThreadPost("Atlas", "Tea cures all.", answers=1),
        ThreadPost("Juniper", "It does not.", answers=2),
    ),
)
WORDS = {"cures": "tea-cures", "blue": "tea-is-blue"}


class WordScreener:
    """Finds a misconception wherever its word stands; enough for tests of what happens next."""

    def concerns(self, text: str, *, reply_to: str = "") -> bool:
        return any(word in text + reply_to for word in WORDS)

    async def screen(self, text: str, *, reply_to: str = "") -> Screening:
        hits = [(text.find(word), word, name) for word, name in WORDS.items() if word in text]
        if text.startswith("No,"):
            return Screening(opposes=frozenset(name for _, _, name in hits))
        return Screening(
            tuple(Finding(name, 0.9, word, at, at + len(word), "the word is there") for at, word, name in hits)
        )


class ManualClock:
    """Time that passes only when a test says so."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def pass_time(self, step: timedelta) -> None:
        self._now += step

    async def sleep(self, seconds: float) -> None:
        self.pass_time(timedelta(seconds=seconds))


def message(text: str, key: MessageKey = KEY, **more: Any) -> Message:
    return replace(Message(key=key, author=MEMBER, text=text, posted_at=NOON, link="", place="#health"), **more)


def flag(misconception: str = "tea-cures", severity: Severity = Severity.HARMFUL) -> Flag:
    return Flag(misconception, severity, 0.9, "cures", 4, 9, "the word is there")


def case(**changes: object) -> Case:
    plain = Case(
        KEY, MEMBER, "tea cures all", "#health", "", NOON, (flag(), flag("tea-is-blue", Severity.MINOR)), "abc123", id=1
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def reworded(correction: str, name: str = "tea-cures", **changes: Any) -> Pack:
    """The pack after an editor changed a correction."""
    wrong = replace(PACK.misconceptions[name], correction=correction, **changes)
    return replace(PACK, misconceptions={**PACK.misconceptions, name: wrong}, revision="newer")
