"""A message as the service sees it, whatever platform it came from."""

from dataclasses import dataclass
from datetime import datetime


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
    """Someone on a platform; `id` is the platform's own."""

    id: str
    name: str


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
