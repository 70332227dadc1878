"""The content in force: changed files are taken over while the bot runs, all or nothing.

It looks at the files' sizes and times twice a second instead of asking the system to be told: that also works for
folders that are mounted, replaced by a rename, or gone for a while.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from bot.core import wording
from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.revisions import Revision, changes, differences, listed, packed, read_list, unpacked
from bot.core.trials import Shown
from bot.core.urgent import UrgentReader
from bot.moderation import Moderation
from bot.ports import Clock, Notifier, Store, Undeliverable
from bot.reading import ReadingRoom

log = logging.getLogger(__name__)
LOOK = 0.5  # seconds between two looks
LIST = "content.revisions"  # in the store: which revisions were in force, newest first
KEPT = 30  # revisions that can be gone back to
MOST = 1500  # characters of problems in one message to an admin


class Broken(Exception):
    """Content that can't be used; the message lists every problem with file, line and hint."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack that can be used, what reads messages with it, and the files it was made from."""

    pack: Pack
    screener: Screener
    urgent: UrgentReader
    files: Mapping[str, bytes] = field(repr=False)
    held_back: Mapping[str, object] = field(default_factory=dict)  # misconceptions that fail their examples, and how
    shown: Shown | None = None  # the pack by who sees it, if that is made already


class Content:
    """Watches the content's folder; a broken edit keeps what was in force and is told to an admin once."""

    def __init__(
        self,
        *,
        glance: Callable[[], Hashable],
        load: Callable[[], Loaded],
        moderation: Moderation,
        room: ReadingRoom,
        store: Store,
        clock: Clock,
        notifiers: Mapping[str, Notifier],
        taken_over: Callable[[str], None] = lambda revision: None,
    ) -> None:
        self._glance, self._load = glance, load
        self._moderation, self._room = moderation, room
        self._store, self._clock, self._notifiers = store, clock, notifiers
        self._taken_over = taken_over
        self._seen: Hashable = None
        self._settled: Hashable = None
        self._told = ""

    async def run(self, alive: Callable[[], None] = lambda: None) -> None:
        """Look for ever."""
        while True:
            alive()
            await self.look()
            await self._clock.sleep(LOOK)

    async def look(self) -> bool:
        """Look once; whether new content was taken over. An edit counts once it rests for two looks."""
        seen = await asyncio.to_thread(self._glance)
        rests, self._seen = seen == self._seen, seen
        if not rests or seen == self._settled:
            return False
        self._settled = seen
        try:
            loaded = await asyncio.to_thread(self._load)
        except Broken as error:
            await self._tell(str(error))
            return False
        await self._tell("")
        return await self._take(loaded)

    async def _take(self, loaded: Loaded) -> bool:
        revision, known = loaded.pack.revision, read_list(await self._store.recall(LIST))
        fresh = revision != self._moderation.pack.revision
        done = differences(self._moderation.whole, loaded.pack) if fresh else ()
        if fresh:
            before = self._moderation.pack.name
            self._room.use(loaded.screener)
            self._moderation.use(loaded.pack, loaded.urgent, held_back=loaded.held_back, shown=loaded.shown)
            self._taken_over(revision)
            log.info("content revision %s is in force now", revision)
            warn_of(loaded.held_back)
            if loaded.pack.name != before:
                words = wording.CONTENT_RENAMED.format(new=loaded.pack.name, old=before)
                log.warning("%s", words)
                await self._alert(words)
        if not known or known[0].revision != revision:
            await self._keep(revision, loaded.files, known, done)
        return fresh

    async def _keep(
        self, revision: str, files: Mapping[str, bytes], known: list[Revision], done: tuple[str, ...]
    ) -> None:
        """So that it can be gone back to, and its cases replayed."""
        await self._store.remember(archive_of(revision), packed(files))
        now = Revision(revision, self._clock.now().isoformat(timespec="seconds"), done)
        after = [now, *(r for r in known if r.revision != revision)]
        for old in after[KEPT:]:
            await self._store.remember(archive_of(old.revision), "")
        await self._store.remember(LIST, listed(after[:KEPT]))

    async def _tell(self, problems: str) -> None:
        """Tell an admin of problems, once; they are remembered for whoever asks."""
        self._moderation.content_problems = problems
        if not problems or problems == self._told:
            self._told = problems
            return
        self._told = problems
        log.warning("the content on disk can't be used, so the last good revision stays in force")
        shown = problems if len(problems) <= MOST else problems[:MOST].rsplit("\n", 1)[0] + "\n…"
        await self._alert(f"{wording.CONTENT_KEPT_BACK}\n{shown}")

    async def _alert(self, words: str) -> None:
        """Tell an admin on each platform."""
        for platform, notifier in self._notifiers.items():
            try:
                await notifier.alert_admin(words)
            except Undeliverable as error:
                log.warning("no admin could be told on %s: %s", platform, error)


def warn_of(held_back: Mapping[str, object]) -> None:
    """In the log; admins are told more by bot.care."""
    if held_back:
        log.warning("misconceptions that fail their own examples, and are in shadow for now: %d", len(held_back))


def archive_of(revision: str) -> str:
    """Under which name a revision's files are in the store."""
    return f"content.{revision}"


async def revisions(store: Store) -> list[Revision]:
    """What was in force, newest first."""
    return read_list(await store.recall(LIST))


async def files_of(store: Store, revision: str) -> dict[str, bytes] | None:
    """The files of a revision; None if it isn't kept (any more)."""
    stored = await store.recall(archive_of(revision))
    return unpacked(stored) if stored else None


async def changed_since(store: Store) -> list[str]:
    """What the revision in force changed: entry by entry where that was seen, otherwise file by file."""
    known = await revisions(store)
    if known and known[0].changes:
        return list(known[0].changes)
    kept = [files for r in known[:2] if (files := await files_of(store, r.revision)) is not None]
    return changes(kept[1], kept[0]) if len(kept) == 2 else []
