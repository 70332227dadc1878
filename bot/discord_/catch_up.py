"""Reads what was posted while nobody listened: newest first, one channel at a time, within bounds."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import aiohttp
import discord

from bot.discord_ import wording
from bot.discord_.cursors import Cursors
from bot.discord_.listening import Listening
from bot.discord_.places import Readable, Unread, watched
from bot.discord_.watching import Watch
from bot.ports import Clock
from bot.settings import Discord

log = logging.getLogger(__name__)
ARCHIVED = 50  # archived threads looked at, of each channel
DIRECT_SHARD = 0  # Discord tells direct messages to this one
TRIES = 4  # of one message that can't be screened
FIRST_WAIT = timedelta(seconds=5)  # before a channel that could not be read is tried again; doubled each time
LONGEST_WAIT = timedelta(minutes=5)
TOLD_EVERY = timedelta(seconds=10)
UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading back has come."""

    started: datetime
    channels: int
    done: int = 0
    messages: int = 0
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """A channel that could not be read, and when to try again."""

    due: datetime
    tries: int
    why: str


class CatchUp:
    """One at a time, so that what moderators click is never held up by it."""

    def __init__(
        self,
        client: discord.Client,
        *,
        cursors: Cursors,
        listening: Listening,
        clock: Clock,
        watch_of: Callable[[int | None], Watch],
        settings_of: Callable[[int | None], Discord],
    ) -> None:
        self._client = client
        self._cursors = cursors
        self._listening = listening
        self._clock = clock
        self._watch_of = watch_of
        self._settings_of = settings_of
        self._turn = asyncio.Lock()
        self._tries: dict[int, int] = {}  # message -> how often it could not be screened
        self._told = clock.now()
        self.later: dict[int, Later] = {}
        self.progress: Progress | None = None

    async def over(self, guilds: Sequence[discord.Guild], shard_id: int) -> None:
        """Read what was not read in those servers of one shard; a channel seen for the first time starts now."""
        async with self._turn:
            found = watched(guilds, self._watch_of)
            starts = {place.id: await self._start(place) for place in (*found.holders, *found.channels)}
            unread = [c for c in found.channels if (c.last_message_id or 0) > starts[c.id]]
            unread.sort(key=lambda c: c.last_message_id or 0, reverse=True)
            talks = await self._conversations(shard_id)
            self._cursors.fall_behind([*(c.id for c in unread), *talks])
            self._cursors.keep_track(shard_id)
            await self._read_all(unread, starts)
            for holder in found.holders:
                await self._read_archived(holder)
            for channel_id in talks:
                await self._try_again(channel_id)

    async def _conversations(self, shard_id: int) -> list[int]:
        """Channels of direct messages that may hold unread ones: after a new session of the shard that hears them."""
        heard = self._settings_of(None).direct_messages and shard_id == DIRECT_SHARD
        return await self._cursors.conversations() if heard and not self._cursors.knows(shard_id) else []

    async def again(self) -> None:
        """Try once more what could not be read, where it is time to; never two at once."""
        if self._turn.locked():
            return
        async with self._turn:
            now = self._clock.now()
            for channel_id in self._cursors.behind:
                if channel_id not in self.later or self.later[channel_id].due <= now:
                    await self._try_again(channel_id)

    async def _try_again(self, channel_id: int) -> None:
        try:
            channel = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData):
            channel = None
        except UNREACHABLE as error:
            self._postpone(channel_id, type(error).__name__)
            return
        if isinstance(channel, Unread) and self._watch_of(_server(channel)).covers(channel):
            await self._read(channel, await self._start(channel))
        else:
            self._settled(channel_id)

    async def _start(self, place: Unread | discord.ForumChannel) -> int:
        """How far the channel was read; a thread that is new to us starts where its parent was left."""
        known = await self._cursors.load(place.id)
        if known is not None:
            return known
        parent = place.parent_id if isinstance(place, discord.Thread) else None
        start = (
            (await self._cursors.load(parent) if parent else None)
            or getattr(place, "last_message_id", None)
            or place.id
        )
        await self._cursors.start(place.id, start)
        return start

    async def _read_all(self, channels: Sequence[Readable], starts: dict[int, int]) -> None:
        now = self._clock.now()
        self.progress = Progress(now, len(channels))
        if not channels:
            self.progress = replace(self.progress, finished=now)
            return
        since = discord.utils.snowflake_time(min(starts[c.id] for c in channels))
        log.info("reading back %s channels with messages since %s", len(channels), since.isoformat(timespec="seconds"))
        for channel in channels:
            await self._read(channel, starts[channel.id])
            self.progress = replace(self.progress, done=self.progress.done + 1)
        self.progress = replace(self.progress, finished=self._clock.now())
        log.info("read back: %s messages in %s channels", self.progress.messages, len(channels))

    async def _read(self, channel: Unread, start: int) -> None:
        """Read one channel back to `start`; what stands in the way is told, and tried again later."""
        try:
            whole, newest = await self._read_back(channel, start)
        except discord.NotFound:
            self._settled(channel.id)
        except discord.Forbidden:
            self._postpone(channel.id, wording.NEEDS_TO_READ, LONGEST_WAIT)
        except UNREACHABLE as error:
            self._postpone(channel.id, wording.CANT_ASK.format(kind=type(error).__name__))
        else:
            if whole:
                self._settled(channel.id, newest)
            else:
                self._postpone(channel.id, wording.NOT_SCREENED)

    async def _read_back(self, channel: Unread, start: int) -> tuple[bool, int]:
        """Whether every message could be screened, and the newest one."""
        settings = self._settings_of(_server(channel))
        oldest = discord.utils.time_snowflake(self._clock.now() - timedelta(hours=settings.catch_up_hours))
        whole, newest, count = True, start, 0
        history = channel.history(
            limit=settings.catch_up_messages, after=discord.Object(max(start, oldest)), oldest_first=False
        )
        async for message in history:
            newest, count = max(newest, message.id), count + 1
            whole = await self._take(message) and whole
            self._tell_progress()
        if count >= settings.catch_up_messages:
            log.warning("channel %s: only the newest %s messages were read back", channel.id, count)
        return whole, newest

    async def _take(self, message: discord.Message) -> bool:
        """Have one message screened; False if that failed and may go better another time."""
        if self._listening.passes_over(message):
            return True
        try:
            await self._listening.posted(message)
        except Exception as error:  # one message must not keep the others from being read
            tries = self._tries[message.id] = self._tries.get(message.id, 0) + 1
            log.exception("message %s can't be screened (%s), try %s", message.id, type(error).__name__, tries)
            return tries >= TRIES
        self._tries.pop(message.id, None)
        return True

    async def _read_archived(self, holder: discord.TextChannel | discord.ForumChannel) -> None:
        """Threads that were archived after somebody wrote in them unseen; private ones where the bot was added."""
        since = self._clock.now() - timedelta(hours=self._settings_of(holder.guild.id).catch_up_hours)
        try:
            async for thread in holder.archived_threads(limit=ARCHIVED):
                if thread.archive_timestamp < since:
                    break
                await self._read_thread(thread)
            if isinstance(holder, discord.TextChannel) and not holder.is_news():
                async for thread in holder.archived_threads(private=True, joined=True, limit=ARCHIVED):
                    if thread.archive_timestamp >= since:  # they come in the order of their making
                        await self._read_thread(thread)
        except UNREACHABLE as error:
            log.warning("archived threads of channel %s can't be listed: %s", holder.id, type(error).__name__)

    async def _read_thread(self, thread: discord.Thread) -> None:
        start = await self._start(thread)
        if self._watch_of(thread.guild.id).covers(thread) and (thread.last_message_id or 0) > start:
            self._cursors.fall_behind([thread.id])
            await self._read(thread, start)

    def _settled(self, channel_id: int, newest: int = 0) -> None:
        self.later.pop(channel_id, None)
        self._cursors.caught_up(channel_id, newest)

    def _postpone(self, channel_id: int, why: str, wait: timedelta | None = None) -> None:
        before = self.later.get(channel_id)
        tries = before.tries + 1 if before else 1
        wait = wait or min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)
        self._cursors.fall_behind([channel_id])
        self.later[channel_id] = Later(self._clock.now() + wait, tries, why)
        if before is None or before.why != why:
            log.warning("channel %s can't be read back: %s. It is tried again.", channel_id, why)

    def _tell_progress(self) -> None:
        if self.progress is None or self.progress.finished:
            return
        self.progress = replace(self.progress, messages=self.progress.messages + 1)
        if self._clock.now() - self._told >= TOLD_EVERY:
            self._told = self._clock.now()
            log.info(
                "reading back: %s of %s channels, %s messages so far",
                self.progress.done,
                self.progress.channels,
                self.progress.messages,
            )


def _server(channel: Unread) -> int | None:
    """None where it is a direct message."""
    return None if isinstance(channel, discord.DMChannel) else channel.guild.id
