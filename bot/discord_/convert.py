"""Discord's messages in our words; the only place that reads their fields."""

from collections.abc import Iterator

import discord

from bot.core.message import Message, MessageKey, Person
from bot.discord_ import wording

PLATFORM = "discord"
DIRECT = "0"  # the workspace of direct messages
TEXT_FILES = (".txt", ".md")
LONGEST_FILE = 10_240  # bytes of a text file that are read
LARGEST_FILE = 1_000_000  # bytes; a file beyond that is no message


def message_of(message: discord.Message, attached: str = "") -> Message:
    """The message for the service; `attached` is what its text files say."""
    return Message(
        key=key_of(message),
        author=Person(str(message.author.id), message.author.display_name),
        text=f"{words(message)}\n{attached}".strip() if attached else words(message),
        posted_at=message.created_at,
        link=message.jump_url,
        place=place(message.channel),
        reply_to=answered_words(message),
        answers=_answers(message),
    )


def words(message: discord.Message) -> str:
    """What the message itself says: its text, a post's title, what it forwards, and what a poll asks."""
    if not message.message_snapshots and message.poll is None and message.id != message.channel.id:
        return message.content
    return "\n".join(part for part in _parts(message) if part)


def answered_words(message: discord.Message) -> str:
    """What the message that this one answers says; empty if it is gone, or if this one answers none."""
    replied = message.reference.resolved if message.reference else None
    return words(replied) if isinstance(replied, discord.Message) else ""


def text_files(message: discord.Message) -> list[discord.Attachment]:
    """Files whose words belong to the message, also those that it forwards."""
    files = [*message.attachments, *(a for s in message.message_snapshots for a in s.attachments)]
    return [f for f in files if f.filename.lower().endswith(TEXT_FILES) and f.size <= LARGEST_FILE]


def file_words(data: bytes) -> str:
    """The beginning of a text file."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data[:LONGEST_FILE].decode(encoding, "ignore")


def place(channel: object) -> str:
    """The channel, for people."""
    if isinstance(channel, discord.DMChannel):
        return wording.DIRECT_MESSAGE
    return f"#{getattr(channel, 'name', None) or '?'}"


def key_of(message: discord.Message) -> MessageKey:
    return raw_key(message.guild.id if message.guild else None, message.channel.id, message.id)


def raw_key(guild_id: int | None, channel_id: int, message_id: int) -> MessageKey:
    return MessageKey(PLATFORM, str(guild_id or DIRECT), str(channel_id), str(message_id))


def _parts(message: discord.Message) -> Iterator[str]:
    if message.id == message.channel.id:  # the first message of a post has the post's own id
        yield getattr(message.channel, "name", "") or ""
    yield message.content
    for snapshot in message.message_snapshots:
        yield snapshot.content
        for embed in snapshot.embeds:
            yield from (embed.title or "", embed.description or "", *(f"{f.name}: {f.value}" for f in embed.fields))
    if message.poll is not None:
        yield message.poll.question
        # with words before it, so that an option "Yes" is not taken for the writer's answer
        yield from (f"(poll option) {answer.text}" for answer in message.poll.answers)


def _answers(message: discord.Message) -> MessageKey | None:
    reference = message.reference
    if reference is None or reference.message_id is None or reference.type is discord.MessageReferenceType.forward:
        return None
    return raw_key(message.guild.id if message.guild else None, reference.channel_id, reference.message_id)
