"""Curated answers on Slack: offered under a question, turned page by page, and shown to everybody on request."""

import logging
from typing import Any

from bot.core import cards
from bot.core.pack import Pack
from bot.core.review import Refused
from bot.moderation import Moderation
from bot.ports import Undeliverable
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, actions, button, section
from bot.slack_.convert import Post, Visit
from bot.slack_.render import answer_pages
from bot.slack_.reply import Replies

log = logging.getLogger(__name__)
OFFER = "There is a sourced answer on this. Only you will see it."


class Answering:
    """What members see of the curated answers."""

    def __init__(self, moderation: Moderation, api: SlackApi, replies: Replies) -> None:
        self._moderation = moderation
        self._api = api
        self._replies = replies

    async def offer(self, post: Post, topic: str) -> None:
        """Tell the one who asked, and nobody else, that there is an answer."""
        title = self._moderation.pack.topics[topic].title
        blocks = [section(OFFER), actions("offer", [button("answer:show", f"Show: {title}", f"{topic}:0")])]
        thread: dict[str, Any] = {"thread_ts": post.thread} if post.thread else {}
        try:
            await self._api.call(
                self._api.client.chat_postEphemeral,
                channel=post.channel,
                user=post.user,
                text=OFFER,
                blocks=blocks,
                **thread,
            )
        except Undeliverable as error:
            log.warning("an offer was not shown: %s", error)

    async def shown(self, visit: Visit) -> None:
        """A page of an answer was asked for: an answer that only they see turns its page, others stay as they are."""
        topic, _, page = visit.value.partition(":")
        title, blocks = self.page(topic, int(page) if page.isdecimal() else 0, shared=False)
        if visit.alone:
            await self._replies.replace(visit, blocks, title)
        else:
            await self._replies.show(visit, blocks, title)

    async def shared(self, visit: Visit) -> None:
        """The first page, for everybody in the channel."""
        title, blocks = self.page(visit.value, 0, shared=True)
        await self._replies.show(visit, blocks, title, shared=True)

    def page(self, topic: str, number: int, *, shared: bool) -> tuple[str, list[Block]]:
        """The answer's title and one page of it, with buttons that lead on. Raises Refused."""
        pack: Pack = self._moderation.pack
        if topic not in pack.topics:
            raise Refused("That topic is no longer in the content.")
        answer = cards.answer(pack.topics[topic], pack)
        pages = answer_pages(answer)
        number %= len(pages)
        row = []
        if len(pages) > 1:
            label = "Next page" if number + 1 < len(pages) else "First page"
            row.append(button("answer:show", label, f"{topic}:{(number + 1) % len(pages)}"))
        if not shared:
            row.append(button("answer:share", "Show everybody", topic))
        return answer.title, pages[number] + ([actions("answer", row)] if row else [])
