"""The app's home page: the queue for moderators, and for everybody else what the bot is and how to ask it."""

import logging
from datetime import timedelta

from bot.core.console import is_shared
from bot.core.review import UNDECIDED, Case
from bot.moderation import Moderation
from bot.ports import Undeliverable
from bot.slack_ import wording as ours
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, actions, button, context, header, section
from bot.slack_.console import Console
from bot.slack_.directory import Directory
from bot.slack_.markup import quoted

log = logging.getLogger(__name__)
MOST_WAITING, MOST_MINE, MOST_RECENT = 15, 5, 10
RECENT = timedelta(days=7)
ASK = [button("home:ask", "Ask a question", "ask", style="primary")]


class Home:
    """Shown when somebody opens it, and again after they did something with a case."""

    def __init__(self, moderation: Moderation, directory: Directory, console: Console, api: SlackApi) -> None:
        self._moderation = moderation
        self._directory = directory
        self._console = console
        self._api = api
        self._open: set[str] = set()  # people who have looked at it

    async def show(self, user: str) -> None:
        """Make the page true for this person."""
        self._open.add(user)
        try:
            moderates = await self._directory.is_moderator(user)
            blocks = await self._queue(user) if moderates else []
            view = {"type": "home", "blocks": [*blocks, *self._help()]}
            await self._api.call(self._api.client.views_publish, user_id=user, view=view)
        except Undeliverable as error:
            log.warning("a home page was not shown: %s", error)

    async def refresh(self, user: str) -> None:
        if user in self._open:
            await self.show(user)

    async def _queue(self, user: str) -> list[Block]:
        undecided = await self._moderation.queue(statuses=tuple(UNDECIDED), limit=100)
        mine = [c for c in undecided if is_shared(c) and c.holder is not None and c.holder.id == user]
        waiting = [c for c in undecided if is_shared(c) and c not in mine]
        recent = [
            c for c in await self._moderation.since(RECENT, limit=200) if c.decided_at is not None and is_shared(c)
        ]
        return [
            *self._list(ours.YOURS, mine, MOST_MINE),
            *self._list(ours.waiting(len(waiting), more=len(undecided) == 100), waiting, MOST_WAITING),
            *self._list(ours.DECIDED, recent, MOST_RECENT),
            context(ours.ALL_LISTS),
        ]

    def _list(self, title: str, cases: list[Case], most: int) -> list[Block]:
        return [header(title), *self._console.lines(cases[:most])]

    def _help(self) -> list[Block]:
        pack = self._moderation.pack
        titles = "\n".join(f"• {quoted(topic.title)}" for topic in pack.topics.values())
        return [
            header(pack.title),
            section(ours.how_to_ask(pack.name)),
            actions("ask", ASK),
            section(ours.topics(titles)),
            context(quoted(pack.safety.disclaimer)),
        ]
