"""Who is watching the sandbox live, and waking them when something changed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOST_WATCHERS = 64  # open pages; far more than one person has, few enough to harm nothing


class TooManyWatchers(Exception):
    """No more pages can be kept up to date."""


class Watcher:
    """One open page. News that arrive while it is busy count once: the page reads the whole state anyway."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.gone = False

    def wake(self) -> None:
        self._news.set()

    async def changed(self) -> None:
        """Return once something has changed since the last call."""
        await self._news.wait()
        self._news.clear()


class Feed:
    """All open pages."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._closed = False

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """A watcher for as long as the page is open. Raises TooManyWatchers."""
        if self._closed or len(self._watchers) >= MOST_WATCHERS:
            raise TooManyWatchers
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def publish(self) -> None:
        """Tell every page that something changed."""
        for watcher in self._watchers:
            watcher.wake()

    def close(self) -> None:
        """Send every page away, so that the server can stop at once."""
        self._closed = True
        for watcher in self._watchers:
            watcher.gone = True
            watcher.wake()
