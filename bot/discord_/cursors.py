"""How far each channel was read, so that nothing is missed and nothing is read twice."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.discord_.convert import PLATFORM
from bot.ports import Store

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
        self._behind: set[int] = set()  # channels with unread messages from before
        self._all_behind = True  # until it is known which are
        self._handled: set[int] = set()
        self._handled_before: set[int] = set()

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

    @contextmanager
    def reading(self, channel_id: int, message_id: int) -> Iterator[None]:
        """While the message is read; if that fails, its channel has unread messages."""
        being_read = self._open.setdefault(channel_id, set())
        being_read.add(message_id)
        try:
            yield
        except BaseException:
            self._behind.add(channel_id)
            self._handled.discard(message_id)
            self._handled_before.discard(message_id)
            raise
        finally:
            being_read.discard(message_id)
            if not being_read:
                self._open.pop(channel_id, None)
        self.passed(channel_id, message_id)

    def lose_track(self) -> None:
        """The connection was lost: any channel may have unread messages."""
        self._all_behind = True

    def fall_behind(self, channel_ids: Iterable[int]) -> None:
        """These channels have unread messages; of all others it is known that they have none."""
        self._behind.update(channel_ids)
        self._all_behind = False

    def caught_up(self, channel_id: int, message_id: int) -> None:
        """Everything up to the message was read."""
        self._behind.discard(channel_id)
        self.passed(channel_id, message_id)

    @property
    def behind(self) -> frozenset[int]:
        """Channels with unread messages from before."""
        return frozenset(self._behind)

    async def load(self, channel_id: int) -> int | None:
        """How far the channel was read, as it was last saved."""
        known = await self._store.cursor(PLATFORM, str(channel_id))
        return int(known) if known is not None else None

    async def save(self) -> None:
        """Write down what has changed."""
        if self._all_behind:
            return
        for channel_id in [c for c in self._newest if c not in self._behind]:
            newest = self._newest.pop(channel_id)
            open_ones = self._open.get(channel_id)
            if open_ones:
                self._newest[channel_id] = newest
                newest = min(newest, min(open_ones) - 1)
            await self._store.advance(PLATFORM, str(channel_id), str(newest))
