"""Posts of the sandbox's channel, and what the service sees of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.message import Message, MessageKey, Person
from bot.sandbox import wording

CHANNEL = "health-questions"
PRIVATE_NOTE = "/note"  # the topic of a whisper that is a correction; no answer can have this name
BOT = Person("bot", wording.BOT_NAME)


class Kind(StrEnum):
    """What sort of post it is; only members' posts are screened."""

    MEMBER = "member"
    BOT_ANSWER = "bot_answer"
    CORRECTION = "correction"
    URGENT = "urgent"  # from the bot, under a message that tells of somebody who may need help now
    WHISPER = "whisper"  # from the bot, to the author of the message that it answers and nobody else


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the channel. A bot answer is written by whoever asked for it; its text is the command."""

    id: int
    channel: str
    author: Person
    text: str
    posted_at: datetime
    kind: Kind
    reply_to: int | None = None
    case_id: int | None = None
    topic: str = ""
    edited: bool = False
    deleted: bool = False
    screened: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What the bot told the moderators apart from notices: a reminder, an escalation, a summary."""

    name: str
    at: datetime
    words: str
    case_id: int | None = None
    drawn: bool = False  # a picture belongs to it


def message_of(post: Post, key: MessageKey, answered: Post | None) -> Message:
    """The post as the service sees it."""
    return Message(
        key=key,
        author=post.author,
        text=post.text,
        posted_at=post.posted_at,
        link=f"#post-{post.id}",
        place=f"#{post.channel}",
        reply_to=answered.text if answered else "",
        answers=replace(key, message=str(answered.id)) if answered else None,
    )
