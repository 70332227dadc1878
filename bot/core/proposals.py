"""Examples from decisions: which words of a case may become one, how they are made nobody's, and how long they wait."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.message import Person
from bot.core.review import Act, Case, Outcome, Refused, Status

LONGEST = 500  # characters; an example is a message's point, not the whole of a long message
SHORTEST_NAME = 3  # letters; a shorter name of a person is too often a word of the subject ("D")
DECIDED = frozenset({Status.UPHELD, Status.DISMISSED})
_RETOLD = frozenset({Act.EDITED, Act.EDITED_AWAY})  # the author has taken the words back

_LABELLED = re.compile(r"\[([^\[\]\n]+)\]\(<?(?:https?://|www\.)[^\s)]*\)")
_CODES = re.compile(r"<(?:[@#!][^<>\n]*|a?:\w+:\d+|t:\d+(?::\w)?|id:\w+)>")  # Discord's and Slack's own
_LINKS = re.compile(r"<?\b(?:https?://|www\.)\S+", re.IGNORECASE)
_MAIL = re.compile(r"\S+@[\w-]+\.\S+")
_MENTIONS = re.compile(r"@[\w.\-]+")
_BEFORE_SIGN = re.compile(r"\s+([,.;:!?])")
_AT_EDGE = re.compile(r"^[\s,.;:>-]+|[\s,;:<-]+$")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*\s*|[.!?\n]+\s*")


class Label(StrEnum):
    """What an example teaches; named as the two lists of a content file."""

    FLAGS = "flags"
    PASSES = "passes"


LABELS = {Outcome.UPHELD: Label.FLAGS, Outcome.DISMISSED: Label.PASSES}
LABEL_WORDS = {Label.FLAGS: "to be flagged", Label.PASSES: "to be left alone"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A misconception of the case, and what the decision says the words are to it."""

    misconception: str
    label: Label


@dataclass(frozen=True, slots=True)
class Draft:
    """What a moderator starts from: words to edit, and what they can be an example of."""

    case: Case
    choices: tuple[Choice, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Words that wait for an admin, who decides whether they become an example."""

    case_id: int
    misconception: str
    label: Label
    text: str
    by: Person
    at: datetime
    id: int = 0


def choices(case: Case) -> tuple[Choice, ...]:
    """What the case's words can be an example of; empty while it is undecided, or when its words are gone."""
    if case.status not in DECIDED or not case.text:
        return ()
    return tuple(Choice(f.misconception, LABELS[f.outcome]) for f in case.flags if f.outcome in LABELS)


def draft(case: Case) -> Draft:
    """What a moderator may propose. Raises Refused."""
    possible = choices(case)
    if possible:
        return Draft(case, possible, anonymous(_point_of(case), names=(case.author.name,)))
    if case.status not in DECIDED:
        raise Refused("First decide the case: uphold it, or close it as not a misconception.")
    if not case.text:
        raise Refused("The message's words are gone, so there is nothing left to use.")
    raise Refused("No claim of this message was flagged, so it is an example of none.")


def proposed(case: Case, choice: Choice, text: str, *, by: Person, at: datetime) -> Proposal:
    """The proposal. Raises Refused where something about it is not fit for a content file."""
    if choice.misconception not in {c.misconception for c in draft(case).choices}:
        raise Refused("This case is not about that claim.")
    words = " ".join(text.split())
    if not words:
        raise Refused("An example needs some words.")
    if len(words) > LONGEST:
        raise Refused(f"That is long for an example: at most {LONGEST} characters. Keep the sentence that matters.")
    if words != anonymous(words, names=(case.author.name,)):
        raise Refused("Please take out links, mentions, addresses and the author's name: an example is nobody's.")
    return Proposal(case.id, choice.misconception, choice.label, words, by, at)


def anonymous(text: str, *, names: Iterable[str] = ()) -> str:
    """The text without mentions, links, addresses and these names, on one line. Doing it again changes nothing."""
    before = None
    while text != before:
        before, text = text, _stripped(text, names)
    return text


def touched(case: Case) -> Case:
    """The case after something happened to a proposal from it."""
    return replace(case, version=case.version + 1)


def outlive(after: Case, act: Act) -> bool:
    """Whether proposals from a case may go on waiting after this act; words that are gone leave nothing behind."""
    return bool(after.text) and act not in _RETOLD and after.status in DECIDED


def detail(proposal: Proposal) -> str:
    """What the history says of it: never the words."""
    return f"{proposal.misconception}, {LABEL_WORDS[proposal.label]}"


def _stripped(text: str, names: Iterable[str]) -> str:
    text = _LABELLED.sub(r"\1", text)
    for pattern in (_CODES, _LINKS, _MAIL):
        text = pattern.sub(" ", text)
    known = [re.escape(name) for name in names if len(name) >= SHORTEST_NAME]
    for name in known:
        text = re.sub(rf"@{name}(?![\w.\-])", " ", text, flags=re.IGNORECASE)
    text = _MENTIONS.sub(" ", text)
    for name in known:
        text = re.sub(rf"(?<!\w){name}(?!\w)", " ", text, flags=re.IGNORECASE)
    text = _BEFORE_SIGN.sub(r"\1", " ".join(text.split()))
    return _AT_EDGE.sub("", text)


def _point_of(case: Case) -> str:
    """The message or, where it is long, whole sentences around its first flag."""
    if len(case.text) <= LONGEST or not case.flags:
        return case.text[:LONGEST]
    first = case.flags[0]
    parts = [(m.start(), m.end()) for m in _SENTENCE.finditer(case.text)]
    inside = [(a, b) for a, b in parts if a < first.end and b > first.start] or [(first.start, first.end)]
    return case.text[inside[0][0] : inside[-1][1]][:LONGEST]
