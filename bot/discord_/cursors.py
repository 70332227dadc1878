"""How far each channel was read, so that nothing is missed and nothing is read twice."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.discord_.convert import PLATFORM
from bot.ports import Store

CONVERSATIONS = "discord.conversations"  # in the store: channels of direct messages; Discord does not list them
MOST_CONVERSATIONS = 200  # the newest ones
REMEMBERED = 20_000  # messages known to be handled, twice over, in case they are told again


class Cursors:
    """Kept in memory and saved now and then.

    A cursor never passes a message that is still being read, or a channel's messages from before that nobody has read
    yet; so a process that dies leaves nothing behind but messages that are read again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._newest: dict[int, int] = {}  # channel -> newest message handled, not saved yet
        self._open: dict[int, set[int]] = {}  # channel -> messages that are being read
        self._idle = asyncio.Event()  # nothing is being read
        self._idle.set()
        self._behind: set[int] = set()  # channels with unread messages from before
        self._lost: set[int | None] = {None}  # shards of which it is not known yet what is unread; None: at the start
        self._handled: set[int] = set()
        self._handled_before: set[int] = set()
        self._conversations: dict[int, None] | None = None  # in order of their last message; None: not loaded yet
        self._conversed: dict[int, None] = {}  # those with messages since it was last saved

    def conversed(self, channel_id: int) -> None:
        """Somebody wrote to the bot itself, in this channel."""
        self._conversed.pop(channel_id, None)
        self._conversed[channel_id] = None

    async def conversations(self) -> list[int]:
        """Channels in which people wrote to the bot, the newest last."""
        if self._conversations is None:
            kept = json.loads(await self._store.recall(CONVERSATIONS) or "[]")
            self._conversations = dict.fromkeys(map(int, kept))
        known = {c: None for c in self._conversations if c not in self._conversed} | self._conversed
        return list(known)[-MOST_CONVERSATIONS:]

    def first_seen(self, message_id: int) -> bool:
        """Whether the message was not handled yet by this process; from now on it was."""
        if message_id in self._handled or message_id in self._handled_before:
            return False
        self._handled.add(message_id)
        if len(self._handled) >= REMEMBERED:
            self._handled_before, self._handled = self._handled, set()
        return True

    def passed(self, channel_id: int, message_id: int) -> None:
        """There was nothing to do with the message."""
        if message_id > self._newest.get(channel_id, 0):
            self._newest[channel_id] = message_id

    def begin(self, channel_id: int, message_id: int) -> None:
        """The message is going to be read."""
        self._open.setdefault(channel_id, set()).add(message_id)
        self._idle.clear()

    @contextmanager
    def reading(self, channel_id: int, message_id: int) -> Iterator[None]:
        """While the message is read; if that fails, its channel has unread messages."""
        self.begin(channel_id, message_id)
        try:
            yield
        except BaseException:
            self._behind.add(channel_id)
            self._handled.discard(message_id)
            self._handled_before.discard(message_id)
            raise
        finally:
            self._end(channel_id, message_id)
        self.passed(channel_id, message_id)

    def lose_track(self, shard_id: int) -> None:
        """A new session has begun: any channel may have unread messages."""
        self._lost.add(shard_id)

    def knows(self, shard_id: int) -> bool:
        """Whether it is known what is unread there."""
        return self._lost.isdisjoint({None, shard_id})

    def fall_behind(self, channel_ids: Iterable[int]) -> None:
        """These channels have unread messages."""
        self._behind.update(channel_ids)

    def keep_track(self, shard_id: int) -> None:
        """Whatever is unread there has been told with `fall_behind`."""
        self._lost -= {None, shard_id}

    def caught_up(self, channel_id: int, message_id: int) -> None:
        """Everything up to the message was read."""
        self._behind.discard(channel_id)
        if message_id:
            self.passed(channel_id, message_id)

    @property
    def behind(self) -> frozenset[int]:
        """Channels with unread messages from before."""
        return frozenset(self._behind)

    async def settle(self, patience: float) -> None:
        """Return when nothing is being read any more, or after so many seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), patience)
        except TimeoutError:
            pass  # what is left is read again by the next process

    async def start(self, channel_id: int, message_id: int) -> None:
        """Read the channel from that message on."""
        await self._store.advance(PLATFORM, str(channel_id), str(message_id))

    async def load(self, channel_id: int) -> int | None:
        """How far the channel was read, as it was last saved."""
        known = await self._store.cursor(PLATFORM, str(channel_id))
        return int(known) if known is not None else None

    async def save(self) -> None:
        """Write down what has changed."""
        await self._save_conversations()
        if self._lost:
            return
        for channel_id in [c for c in self._newest if c not in self._behind]:
            newest = self._newest.pop(channel_id)
            open_ones = self._open.get(channel_id)
            if open_ones:
                self._newest[channel_id] = newest
                newest = min(newest, min(open_ones) - 1)
            await self._store.advance(PLATFORM, str(channel_id), str(newest))

    async def _save_conversations(self) -> None:
        if not self._conversed:
            return
        known, told = await self.conversations(), len(self._conversed)
        if known != list(self._conversations or ()):
            await self._store.remember(CONVERSATIONS, json.dumps(known))
        self._conversations = dict.fromkeys(known)
        for channel_id in list(self._conversed)[:told]:  # others may have come while it was saved
            del self._conversed[channel_id]

    def _end(self, channel_id: int, message_id: int) -> None:
        being_read = self._open[channel_id]
        being_read.discard(message_id)
        if not being_read:
            del self._open[channel_id]
        if not self._open:
            self._idle.set()
