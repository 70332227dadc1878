"""Where the bot listens, and to whom: one server's settings, asked of channels and messages."""

import discord

from bot.settings import Discord

_POSTED = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})  # not "… joined", "… pinned"


class Watch:
    """What one server's settings say about listening. Answers at once, from what discord.py has in memory."""

    def __init__(self, settings: Discord) -> None:
        self._places = frozenset(settings.watch)
        self._tags = frozenset(tag.strip().casefold() for tag in settings.watch_tags)
        self._exempt = frozenset(settings.exempt_roles)
        self._direct = settings.direct_messages

    @property
    def exempts(self) -> bool:
        """Whether there are roles that are not listened to."""
        return bool(self._exempt)

    def hears(self, message: discord.Message) -> bool:
        """Whether a person wrote it, in a place that is watched. Roles are looked at where they came with it."""
        author = message.author
        return (
            not author.bot
            and message.webhook_id is None
            and message.type.value in _POSTED
            and self.covers(message.channel)
            and not (self._exempt and isinstance(author, discord.Member) and self.exempt(author))
        )

    def covers(self, channel: object) -> bool:
        """Whether the channel is watched: itself, by its category, by the channel it belongs to, or by a post's tag."""
        if isinstance(channel, discord.Thread):
            return self._covers_thread(channel)
        if isinstance(channel, discord.abc.GuildChannel):
            return channel.id in self._places or channel.category_id in self._places
        return self._direct and isinstance(channel, discord.DMChannel)

    def may_hold(self, channel: discord.TextChannel | discord.ForumChannel) -> bool:
        """Whether threads of the channel may be watched."""
        if self.covers(channel):
            return True
        tags = channel.available_tags if isinstance(channel, discord.ForumChannel) else ()
        return any(tag.name.casefold() in self._tags for tag in tags)

    def exempt(self, member: discord.Member) -> bool:
        """Whether one of the member's roles is not listened to."""
        return not self._exempt.isdisjoint(role.id for role in member.roles)

    def _covers_thread(self, thread: discord.Thread) -> bool:
        if thread.id in self._places or thread.parent_id in self._places:
            return True
        parent = thread.parent
        if parent is not None and parent.category_id in self._places:
            return True
        return bool(self._tags) and any(tag.name.casefold() in self._tags for tag in thread.applied_tags)
