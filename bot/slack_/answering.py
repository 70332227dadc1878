"""Curated answers on Slack: asked for, offered under a question, turned page by page, shown to everybody on request."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.core import answers, cards
from bot.core.pack import Pack
from bot.core.review import Refused
from bot.moderation import Moderation
from bot.ports import Undeliverable
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, actions, button, context, form, option, searching, section
from bot.slack_.convert import Payload, Post, Visit, typed
from bot.slack_.errors import NO_CHANNEL, SlackRefused
from bot.slack_.markup import quoted
from bot.slack_.render import answer_pages
from bot.slack_.reply import Replies

log = logging.getLogger(__name__)
PUBLIC = "public"  # the word that shows an answer to everybody
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

    async def asked(self, visit: Visit, text: str) -> None:
        """The command: an answer, a choice of near ones, or a form to search in."""
        words = text.split()
        public = PUBLIC in (w.lower() for w in words[:1] + words[-1:])
        wanted = " ".join(w for w in words if w.lower() != PUBLIC) if public else text
        pack = self._moderation.pack
        if not wanted.strip():
            await self._replies.open(visit, self.picker({"url": visit.response_url}))
            return
        urgent = self._moderation.urgent_words(wanted)
        first = [section(f"*{quoted(urgent)}*")] if urgent else []
        found = await self._moderation.find(wanted)
        if found and (found[0].score >= answers.SURE or answers.exact(pack, wanted)):
            title, blocks = self.page(found[0].topic, 0, shared=public)
            await self._replies.show(visit, first + blocks, title, shared=public)
        else:
            await self._did_you_mean(visit, [m.topic for m in found[:5]], first)

    async def answer_with(self, visit: Visit, body: Payload) -> None:
        """The shortcut on a message: somebody picks the answer that is to stand under it."""
        message = body.get("message") or {}
        thread = str(message.get("thread_ts") or message.get("ts") or "")
        await self._replies.open(visit, self.picker({"channel": visit.channel, "thread": thread}))

    def picker(self, notes: Mapping[str, Any]) -> Block:
        """The form to search for a topic."""
        public = "thread" in notes
        label = "Which answer should stand under the message?" if public else "What would you like to know?"
        field = searching("topic", label, "Type a word, or choose")
        submit = "Post" if public else "Show"
        return form("Sourced answers", [field], name="answer", submit=submit, notes=notes)

    def suggested(self, typed_so_far: str) -> list[Block]:
        """What the search field offers."""
        return [option(title, topic) for topic, title in answers.complete(self._moderation.pack, typed_so_far)]

    async def picked(self, visit: Visit, body: Payload) -> Block | str:
        """The form was sent: the answer is shown in it, or posted under the message that it was opened on."""
        topic = typed(body, "topic")
        notes = visit.notes or {}
        if "thread" not in notes:
            return self._in_form(topic, 0, notes)
        title, blocks = self.page(topic, 0, shared=True)
        blocks.append(context(f"Shown by <@{visit.user}>"))
        try:
            await self._api.call(
                self._api.client.chat_postMessage,
                channel=notes["channel"],
                thread_ts=notes["thread"],
                text=title,
                blocks=blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackRefused as error:
            if error.code in NO_CHANNEL:
                raise Refused(f"The answer can't be posted there: {NO_CHANNEL[error.code]}.") from None
            raise
        return "The answer stands under the message."

    async def shown(self, visit: Visit) -> None:
        """A page of an answer was asked for: an answer that only they see turns its page, others stay as they are."""
        topic, _, page = visit.value.partition(":")
        number = int(page) if page.isdecimal() else 0
        if visit.in_form:
            await self._replies.turn(visit, self._in_form(topic, number, visit.notes or {}))
            return
        title, blocks = self.page(topic, number, shared=False)
        if visit.alone:
            await self._replies.replace(visit, blocks, title)
        else:
            await self._replies.show(visit, blocks, title)

    async def shared(self, visit: Visit) -> None:
        """The first page, for everybody in the channel."""
        title, blocks = self.page(visit.value, 0, shared=True)
        blocks.append(context(f"Shown by <@{visit.user}>"))
        await self._replies.show(visit, blocks, title, shared=True)

    async def ask_at_home(self, visit: Visit) -> None:
        """The button on the home page."""
        await self._replies.open(visit, self.picker({}))

    async def _did_you_mean(self, visit: Visit, topics: list[str], first: list[Block]) -> None:
        if not topics:
            words = f"There is nothing on that. Type /{self._moderation.pack.name} alone to see all topics."
            await self._replies.show(visit, [*first, section(quoted(words))], words)
            return
        titles = ((topic, self._moderation.pack.topics[topic].title) for topic in topics)
        row = [button(f"answer:show:{n}", title, f"{topic}:0") for n, (topic, title) in enumerate(titles)]
        words = "Did you mean one of these?"
        await self._replies.show(visit, [*first, section(words), actions("near", row)], words)

    def _in_form(self, topic: str, number: int, notes: Mapping[str, Any]) -> Block:
        blocks = self.page(topic, number, shared=not notes.get("url"))[1]
        return form("Sourced answers", blocks, notes=notes)

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
