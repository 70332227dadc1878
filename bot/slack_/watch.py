"""Listens to the watched channels: every message once, in order, and what was missed is read back."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from bot.core.message import Message, MessageKey
from bot.core.review import UNDECIDED
from bot.moderation import Moderation
from bot.ports import Clock, Store, Undeliverable
from bot.settings import Slack
from bot.slack_.api import SlackApi
from bot.slack_.catch_up import missed, newest
from bot.slack_.convert import PLATFORM, Post, Removal, message_of, news_of, post_of, ref, thread_of
from bot.slack_.directory import Directory
from bot.slack_.inbox import Inbox, Seen, Work
from bot.slack_.markup import mentioned, read

log = logging.getLogger(__name__)
AGAIN = 60.0  # seconds until a channel that could not be read back is tried again
MOST_LOOKED_AT = 100  # undecided cases whose messages are looked at again after a start
MOST_THREADS = 500  # first messages of threads kept in memory, because replies answer them
Offer = Callable[[Post, str], Any]


class Watcher:
    """Brings messages of watched channels to the service, and remembers how far each channel was read."""

    def __init__(
        self,
        api: SlackApi,
        directory: Directory,
        settings: Slack,
        *,
        moderation: Moderation,
        store: Store,
        clock: Clock,
        work: Work,
        offer: Offer,
    ) -> None:
        self._api = api
        self._directory = directory
        self._settings = settings
        self._moderation = moderation
        self._store = store
        self._clock = clock
        self._offer = offer
        self._watch = frozenset(settings.watch)
        self._inbox = Inbox(work, clock)
        self._seen = Seen()
        self._read: dict[str, str] = {}  # channel -> last message screened, not saved yet
        self._behind: set[str] = set()  # channels with unread messages from before
        self._begun: OrderedDict[tuple[str, str], str] = OrderedDict()  # how threads begin
        self._looked_at: set[str] = set()  # channels whose cases were compared with their messages
        self._waiting: set[asyncio.Task[None]] = set()

    def heard(self, event: Mapping[str, Any]) -> None:
        """A message was posted, edited or deleted; it is looked at in its turn."""
        news = news_of(event)
        if news is None or not self._seen.is_new((news.channel, news.ts), news.version):
            return
        if isinstance(news, Removal):
            self._inbox.put(news.channel, lambda: self._removed(news))
        elif news.channel in self._watch:
            fresh = event.get("subtype") != "message_changed"
            self._inbox.put(news.channel, lambda: self._live(news, fresh=fresh))

    def lost(self, channel: str) -> None:
        """A channel was deleted, and every message in it."""
        self._inbox.put(channel, lambda: self._lost(channel))

    def catch_up(self, channel: str | None = None) -> None:
        """Read what was said meanwhile, before whatever arrives from now on; a channel new to us starts now."""
        for one in self._watch if channel is None else self._watch & {channel}:
            self._inbox.put(one, lambda one=one: self._read_back(one))  # type: ignore[misc]

    async def save(self) -> None:
        """Remember how far each channel was read."""
        read_to, self._read = self._read, {}
        for channel, ts in read_to.items():
            await self._store.advance(PLATFORM, channel, ts)

    async def close(self) -> None:
        """Stop; what waits is read back by the next process."""
        for task in self._waiting:
            task.cancel()
        await self._inbox.close()
        await self.save()

    async def message(self, post: Post) -> Message:
        """The post in our words, with names instead of ids."""
        identity = await self._api.identity()
        names = await self._directory.names(mentioned(post.raw))
        return message_of(
            post,
            team=identity.team,
            url=identity.url,
            author=await self._directory.person(post.user),
            place=await self._directory.place(post.channel),
            text=read(post.raw, names),
            reply_to=await self._answered(post),
        )

    async def find(self, channel: str, ts: str, thread: str, *, patient: bool = False) -> Post | None:
        """The message as it is now; None where no person's message stands there. Raises Undeliverable."""
        client = self._api.client
        method, where = (client.conversations_replies, {"ts": thread}) if thread else (client.conversations_history, {})
        bounds: dict[str, Any] = {"oldest": ts, "latest": ts, "inclusive": True, "limit": 2, **where}
        answer = await self._api.call(method, patient=patient, channel=channel, **bounds)
        found = next((m for m in answer.get("messages", ()) if m.get("ts") == ts), None)
        return post_of(channel, found) if found else None

    async def _live(self, post: Post, *, fresh: bool) -> None:
        await self._posted(post, fresh=fresh)
        if post.channel not in self._behind:
            self._mark(post)

    async def _posted(self, post: Post, *, fresh: bool) -> None:
        if not post.thread:
            self._remember(post.channel, post.ts, post.raw)
        if not post.version and not await self._concerns(post):
            self._moderation.meter.message(PLATFORM)
            return  # ordinary chat; an edit is looked at in any case, because it may take a claim back
        message = await self.message(post)
        case = await self._moderation.message_posted(message)
        if case is None and fresh and self._settings.questions == "offer":
            topic = self._moderation.offer(message.text)
            if topic is not None:
                await self._offer(post, topic)

    async def _concerns(self, post: Post) -> bool:
        text = read(post.raw, await self._directory.names(mentioned(post.raw)))
        return self._moderation.concerns(text, reply_to=await self._answered(post))

    async def _removed(self, removal: Removal) -> None:
        self._begun.pop((removal.channel, removal.ts), None)
        if removal.channel == self._settings.moderators_channel:
            await self._moderation.notice_removed(PLATFORM, ref(removal.channel, removal.ts))
        team = (await self._api.identity()).team
        await self._moderation.message_deleted(MessageKey(PLATFORM, team, removal.channel, removal.ts))

    async def _lost(self, channel: str) -> None:
        await self._moderation.channel_deleted(PLATFORM, (await self._api.identity()).team, channel)

    async def _read_back(self, channel: str) -> None:
        self._behind.add(channel)
        try:
            mark = self._read.get(channel) or await self._store.cursor(PLATFORM, channel)
            if mark is None:
                self._read[channel] = await newest(self._api, channel, self._clock)
                self._looked_at.add(channel)
            else:
                await self._look_again(channel)
                await self._screen_missed(channel, mark)
        except Undeliverable as error:
            log.warning("channel %s can't be read back: %s; trying again in %s s", channel, error, AGAIN)
            self._try_again(channel)
            return
        self._behind.discard(channel)
        await self.save()

    async def _screen_missed(self, channel: str, mark: str) -> None:
        count = 0
        for post in await missed(self._api, channel, mark, self._clock):
            if self._seen.is_new((post.channel, post.ts), post.version):
                await self._posted(post, fresh=False)
                count += 1
            self._mark(post)
        if count:
            log.info("channel %s: read %s messages posted meanwhile", channel, count)

    async def _look_again(self, channel: str) -> None:
        """Once in a process: messages of undecided cases may have been edited or deleted while it was not there."""
        if channel in self._looked_at:
            return
        waiting = await self._moderation.queue(statuses=tuple(UNDECIDED), limit=MOST_LOOKED_AT)
        for case in (c for c in waiting if (c.key.platform, c.key.channel) == (PLATFORM, channel)):
            root = thread_of(case.link, case.key.message)
            thread = root if root != case.key.message else ""
            post = await self.find(channel, case.key.message, thread, patient=True)
            if post is None:
                await self._moderation.message_deleted(case.key)
            elif post.version:
                await self._posted(post, fresh=False)
        self._looked_at.add(channel)

    def _try_again(self, channel: str) -> None:
        async def wait() -> None:
            await self._clock.sleep(AGAIN)
            self.catch_up(channel)

        task = asyncio.create_task(wait())
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _mark(self, post: Post) -> None:
        self._read[post.channel] = max(self._read.get(post.channel, ""), post.ts)

    def _remember(self, channel: str, ts: str, raw: str) -> None:
        self._begun[channel, ts] = raw
        self._begun.move_to_end((channel, ts))
        if len(self._begun) > MOST_THREADS:
            self._begun.popitem(last=False)

    async def _answered(self, post: Post) -> str:
        """What a reply answers: how its thread begins. Empty where Slack can't be asked now."""
        if not post.thread:
            return ""
        raw = self._begun.get((post.channel, post.thread))
        if raw is None:
            try:
                found = await self._api.call(
                    self._api.client.conversations_replies, channel=post.channel, ts=post.thread, limit=1
                )
            except Undeliverable:
                return ""
            raw = str(next((m.get("text") or "" for m in found.get("messages", ())), ""))
            self._remember(post.channel, post.thread, raw)
        return read(raw, await self._directory.names(mentioned(raw)))
