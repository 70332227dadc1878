"""A message as the service sees it, whatever platform it came from."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

LONGEST_NAME = 80  # characters; longer than any platform's own limit
MOST_MARKS = 2  # on one letter, as scripts need them; more are piled up to cover the lines above
NAMELESS = "…"
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C))
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})  # control, format (which turn or hide text), lone surrogates


@dataclass(frozen=True, slots=True)
class Workspace:
    """One community on one platform: a Discord server, a Slack workspace."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class MessageKey:
    """What makes a message unique across platforms; it also names its case."""

    platform: str
    workspace: str
    channel: str
    message: str

    @property
    def home(self) -> Workspace:
        return Workspace(self.platform, self.workspace)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on a platform; `id` is the platform's own. Names are people's own, so tricks are taken out of them."""

    id: str
    name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain_name(self.name))


@dataclass(frozen=True, slots=True)
class Message:
    key: MessageKey
    author: Person
    text: str
    posted_at: datetime  # UTC
    link: str = ""
    place: str = ""  # the channel's name, for people
    reply_to: str = ""  # text of the message that this one answers
    answers: MessageKey | None = None  # the message that this one answers, where the platform says so


def unturned(text: str) -> str:
    """The text without the signs that turn the direction of what stands after it, or beside it."""
    return text if text.isascii() else text.translate(_TURNS)


def plain_name(name: str) -> str:
    """The name on one line, without characters that turn, hide or cover what stands beside them."""
    if name.isascii() and name.isprintable() and len(name) <= LONGEST_NAME:
        return name
    kept: list[str] = []
    marks = 0
    for letter in name:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if letter.isspace() or kind == "Cc":
            kept.append(" ")
        elif kind not in _HIDDEN and marks <= MOST_MARKS:
            kept.append(letter)
    return " ".join("".join(kept).split())[:LONGEST_NAME] or NAMELESS
