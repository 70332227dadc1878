"""What members post and edit, on its way to the service. Ordinary chat goes no further than the first look."""

import asyncio
import logging
from collections.abc import Callable, Iterable

import aiohttp
import discord

from bot.core.message import Message
from bot.core.review import Case
from bot.discord_.convert import PLATFORM, answered_words, file_words, message_of, raw_key, text_files, words
from bot.discord_.cursors import Cursors
from bot.discord_.turns import Turns
from bot.discord_.watching import Watch
from bot.moderation import Moderation

log = logging.getLogger(__name__)
FILES_AT_ONCE = 4  # downloads
MOST_FILES = 3  # of one message
PATIENCE = 10  # seconds for a download
KNOWN_AUTHORS = 1000  # whose roles had to be asked for


class Listening:
    """See the module's first line."""

    def __init__(self, *, moderation: Moderation, cursors: Cursors, watch_of: Callable[[int | None], Watch]) -> None:
        self._moderation = moderation
        self._cursors = cursors
        self._watch_of = watch_of
        self._turns = Turns()
        self._downloads = asyncio.Semaphore(FILES_AT_ONCE)
        self._passed_over = 0
        self._exempt: dict[tuple[int, int], bool] = {}  # (server, author) whose roles did not come with a message

    def passes_over(self, message: discord.Message) -> bool:
        """Whether there is nothing to do with a new message: it is not listened to, or ordinary chat, or known."""
        if not self.hears(message):
            if message.guild is not None and isinstance(message.channel, discord.PartialMessageable):
                self._cursors.fall_behind([message.channel.id])  # a thread that we don't know: it is looked up soon
            return True
        if message.guild is None:
            self._cursors.conversed(message.channel.id)
        if not self._cursors.first_seen(message.id):
            return True
        if self._matters(message):
            self._cursors.begin(message.channel.id, message.id)
            return False
        self._cursors.passed(message.channel.id, message.id)
        self._passed_over += 1
        return True

    def count(self) -> None:
        """Tell the meter of the messages that were passed over since it was last told."""
        self._moderation.meter.message(PLATFORM, self._passed_over)
        self._passed_over = 0

    def hears(self, message: discord.Message) -> bool:
        return self._watch_of(message.guild.id if message.guild else None).hears(message)

    def passes_over_edit(self, event: discord.RawMessageUpdateEvent) -> bool:
        """Whether an edit changes nothing that is read: Discord added a link's preview, pinned it, counted votes."""
        message, before = event.message, event.cached_message
        if message.edited_at is None or (before is not None and _state(before) == _state(message)):
            return True
        return not self.hears(message)

    async def posted(self, message: discord.Message, *, fresh: bool = False) -> Case | None:
        """Have a message screened that is listened to; return its case if it has one. `fresh`: it comes just now."""
        with self._cursors.reading(message.channel.id, message.id):
            return await self._screened(message, fresh=fresh)

    async def edited(self, message: discord.Message) -> None:
        """Have an edited message screened again."""
        self._cursors.first_seen(message.id)  # what is read back later may be older than the edit
        await self._screened(message)

    async def deleted(self, guild_id: int | None, channel_id: int, message_ids: Iterable[int]) -> None:
        """Close the cases of messages that are gone."""
        for message_id in message_ids:
            self._cursors.first_seen(message_id)
            async with self._turns.of(message_id):
                await self._moderation.message_deleted(raw_key(guild_id, channel_id, message_id))

    async def channel_deleted(self, guild_id: int, channel_id: int) -> None:
        """Close the cases of a channel, thread or post that is gone."""
        closed = await self._moderation.channel_deleted(PLATFORM, str(guild_id), str(channel_id))
        if closed:
            log.info("channel %s was deleted; its cases, %s in number, are closed", channel_id, closed)

    async def retitled(self, post: discord.Thread) -> None:
        """Have a post's first message screened again, with the new title."""
        try:
            first = await post.fetch_message(post.id)
        except discord.HTTPException:
            return  # the first message was deleted, so nothing carries the title
        if self.hears(first):
            await self._screened(first)

    async def _screened(self, message: discord.Message, *, fresh: bool = False) -> Case | None:
        async with self._turns.of(message.id):
            if await self._is_exempt(message):
                return None
            return await self._moderation.message_posted(await self.converted(message), fresh=fresh)

    async def converted(self, message: discord.Message) -> Message:
        """The message for the service, with what its text files say."""
        files = text_files(message)[:MOST_FILES]
        return message_of(message, "\n".join([await self._contents(message, file) for file in files]))

    def _matters(self, message: discord.Message) -> bool:
        if (message.attachments or message.message_snapshots) and text_files(message):
            return True
        return self._moderation.concerns(words(message), reply_to=answered_words(message))

    async def _contents(self, message: discord.Message, file: discord.Attachment) -> str:
        try:
            async with self._downloads, asyncio.timeout(PATIENCE):
                return file_words(await file.read())
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError) as error:
            log.warning("a text file of message %s can't be read: %s", message.id, type(error).__name__)
            return ""

    async def _is_exempt(self, message: discord.Message) -> bool:
        """Whether the author has an exempt role, where the roles did not come with the message."""
        guild, author = message.guild, message.author
        if guild is None or isinstance(author, discord.Member) or not self._watch_of(guild.id).exempts:
            return False
        if not self._matters(message):
            return False  # not worth asking for
        known = self._exempt.get((guild.id, author.id))
        if known is None:
            if len(self._exempt) >= KNOWN_AUTHORS:
                self._exempt.clear()
            known = self._exempt[guild.id, author.id] = await self._has_exempt_role(guild, author.id)
        return known

    async def _has_exempt_role(self, guild: discord.Guild, author_id: int) -> bool:
        try:
            member = guild.get_member(author_id) or await guild.fetch_member(author_id)
        except discord.HTTPException:
            return False  # gone, or not to be had: better a notice too many than a claim unseen
        return self._watch_of(guild.id).exempt(member)


def _state(message: discord.Message) -> tuple[object, ...]:
    """What its author can change of a message."""
    return message.edited_at, message.content, [file.id for file in message.attachments]
