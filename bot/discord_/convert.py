"""Discord's messages in our words; the only place that reads their fields."""

import discord

from bot.core.message import Message, MessageKey, Person

PLATFORM = "discord"


def is_watched(message: discord.Message, watch: frozenset[int]) -> bool:
    """Whether the message stands in a watched channel, or in a thread or category of one, and a person wrote it."""
    if message.author.bot or message.webhook_id is not None or message.guild is None:
        return False
    return not watch.isdisjoint(_places(message.channel))


def message_of(message: discord.Message) -> Message:
    """The message for the service; a forum post's first message carries the post's title."""
    return Message(
        key=key_of(message),
        author=Person(str(message.author.id), message.author.display_name),
        text=_text(message),
        posted_at=message.created_at,
        link=message.jump_url,
        place=f"#{getattr(message.channel, 'name', '?')}",
        reply_to=_answered(message),
        answers=_answers(message),
    )


def _answers(message: discord.Message) -> MessageKey | None:
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    return raw_key(message.guild.id if message.guild else None, reference.channel_id, reference.message_id)


def key_of(message: discord.Message) -> MessageKey:
    return MessageKey(PLATFORM, str(message.guild.id if message.guild else 0), str(message.channel.id), str(message.id))


def raw_key(guild_id: int | None, channel_id: int, message_id: int) -> MessageKey:
    return MessageKey(PLATFORM, str(guild_id or 0), str(channel_id), str(message_id))


def _places(channel: object) -> set[int]:
    parent = getattr(channel, "parent", None)
    ids = (getattr(c, name, None) for c in (channel, parent) for name in ("id", "parent_id", "category_id"))
    return {i for i in ids if i is not None}


def _text(message: discord.Message) -> str:
    channel = message.channel
    if isinstance(channel, discord.Thread) and channel.id == message.id and channel.name:
        return f"{channel.name}\n{message.content}"
    return message.content


def _answered(message: discord.Message) -> str:
    replied = message.reference.resolved if message.reference else None
    return replied.content if isinstance(replied, discord.Message) else ""
