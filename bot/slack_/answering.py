"""Curated answers on Slack: asked for, offered under a question, turned page by page, shown to everybody, voted on."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.asking import Answering as Asking
from bot.core import answers, wording
from bot.core.message import MessageKey, Person
from bot.core.pace import Room
from bot.core.replies import Reply
from bot.core.review import Refused
from bot.moderation import Moderation
from bot.ports import Undeliverable
from bot.slack_ import wording as ours
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, actions, button, context, form, option, searching, section
from bot.slack_.convert import PLATFORM, Payload, Post, Visit, typed
from bot.slack_.errors import NO_CHANNEL, SlackRefused
from bot.slack_.markup import quoted
from bot.slack_.render import answer_pages
from bot.slack_.reply import Replies

log = logging.getLogger(__name__)
PUBLIC = "public"  # the word that shows an answer to everybody
VOTES = {"yes": wording.USEFUL, "no": wording.NOT_USEFUL}


class Answering:
    """What members see of the curated answers."""

    def __init__(self, moderation: Moderation, asking: Asking, api: SlackApi, replies: Replies) -> None:
        self._moderation = moderation
        self._asking = asking
        self._api = api
        self._replies = replies

    async def offer(self, post: Post, topic: str) -> None:
        """Tell the one who asked, and nobody else, that there is an answer; not too often, and in no pause."""
        key = MessageKey(PLATFORM, (await self._api.identity()).team, post.channel, post.ts)
        if topic not in self._moderation.pack.topics or await self._moderation.is_paused(key):
            return
        if await self._asking.may_offer(PLATFORM, post.channel, topic):
            await self._offer(post, topic)

    async def asked(self, visit: Visit, text: str) -> None:
        """The command: an answer, a choice of near ones, or a form to search in. Raises Refused."""
        words = text.split()
        public = PUBLIC in (w.lower() for w in words[:1] + words[-1:])
        wanted = " ".join(w for w in words if w.lower() != PUBLIC) if public else text
        if not wanted.strip():
            await self._replies.open(visit, self.picker({"url": visit.response_url}))
            return
        reply = await self._asking.reply(wanted)
        if reply.answer is None:
            await self._did_you_mean(visit, reply)
            return
        room = self._room(visit, urgent=bool(reply.urgent))
        shared = public and room is Room.EVERYBODY
        title, blocks = _page(reply, 0, shared=shared)
        if public and not shared:
            blocks.insert(0, context(wording.only_for_you(many_by_you=room is Room.EAGER)))
        self._answered(visit, public=shared)
        await self._replies.show(visit, blocks, title, shared=shared)

    async def answer_with(self, visit: Visit, body: Payload) -> None:
        """The shortcut on a message: somebody picks the answer that is to stand under it."""
        message = body.get("message") or {}
        thread = str(message.get("thread_ts") or message.get("ts") or "")
        await self._replies.open(visit, self.picker({"channel": visit.channel, "thread": thread}))

    def picker(self, notes: Mapping[str, Any]) -> Block:
        """The form to search for a topic."""
        public = "thread" in notes
        label = ours.WHICH_ANSWER if public else wording.ASK_TOPIC
        field = searching("topic", label, ours.TYPE_OR_CHOOSE)
        submit = ours.POST_ANSWER if public else ours.SHOW_ANSWER
        return form(ours.ANSWERS_FORM, [field], name="answer", submit=submit, notes=notes)

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
        blocks.append(context(ours.shown_by(visit.user)))
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
                raise Refused(ours.answer_not_there(NO_CHANNEL[error.code])) from None
            raise
        return ours.ANSWER_POSTED

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
        """The first page, for everybody in the channel, where it has room for one more answer. Raises Refused."""
        room = self._room(visit, urgent=False)
        if room is not Room.EVERYBODY:
            raise Refused(wording.only_for_you(many_by_you=room is Room.EAGER))
        title, blocks = self.page(visit.value, 0, shared=True)
        blocks.append(context(ours.shown_by(visit.user)))
        self._answered(visit, public=True)
        await self._replies.show(visit, blocks, title, shared=True)

    async def voted(self, visit: Visit) -> None:
        """Whether the answer was useful: one vote for each person and topic, which they can change."""
        topic, useful = visit.value, visit.action.endswith(":yes")
        self._found(topic)
        team = (await self._api.identity()).team
        before = await self._asking.vote(PLATFORM, team, Person(visit.user, ""), topic, useful=useful)
        words = wording.voted(useful=useful, before=before)
        if visit.in_form:  # on top of the answer, which they may want to go on reading
            await self._replies.open(visit, form(ours.TITLE, [section(words)]))
        else:
            await self._replies.tell(visit, words)

    async def ask_at_home(self, visit: Visit) -> None:
        """The button on the home page."""
        await self._replies.open(visit, self.picker({}))

    def page(self, topic: str, number: int, *, shared: bool) -> tuple[str, list[Block]]:
        """The answer's title and one page of it, with buttons that lead on. Raises Refused."""
        return _page(self._found(topic), number, shared=shared)

    async def _offer(self, post: Post, topic: str) -> None:
        title = self._moderation.pack.topics[topic].title
        row = actions("offer", [button("answer:show", wording.show(title), f"{topic}:0")])
        thread: dict[str, Any] = {"thread_ts": post.thread} if post.thread else {}
        try:
            await self._api.call(
                self._api.client.chat_postEphemeral,
                channel=post.channel,
                user=post.user,
                text=wording.OFFER,
                blocks=[section(wording.OFFER), row],
                **thread,
            )
        except Undeliverable as error:
            log.warning("an offer was not shown: %s", error)

    async def _did_you_mean(self, visit: Visit, reply: Reply) -> None:
        near = actions("near", [_leading(n, choice.label, choice.topic) for n, choice in enumerate(reply.choices)])
        first = [section(f"*{quoted(reply.urgent)}*")] if reply.urgent else []
        rows = [near] if reply.choices else []
        await self._replies.show(visit, [*first, section(quoted(reply.words)), *rows], reply.words)

    def _in_form(self, topic: str, number: int, notes: Mapping[str, Any]) -> Block:
        blocks = self.page(topic, number, shared=not notes.get("url"))[1]
        return form(ours.ANSWERS_FORM, blocks, notes=notes)

    def _found(self, topic: str) -> Reply:
        reply = self._asking.about(topic)
        if reply.answer is None:
            raise Refused(reply.words)
        return reply

    def _room(self, visit: Visit, *, urgent: bool) -> Room:
        """Who may see one more answer there. Raises Refused; what may be urgent never has to wait."""
        room = self._asking.room(PLATFORM, visit.channel, Person(visit.user, ""))
        if room is Room.NOBODY and not urgent:
            raise Refused(wording.TOO_FAST)
        return room

    def _answered(self, visit: Visit, *, public: bool) -> None:
        self._asking.answered(PLATFORM, visit.channel, Person(visit.user, ""), public=public)


def _page(reply: Reply, number: int, *, shared: bool) -> tuple[str, list[Block]]:
    """The title and one page of an answer; its buttons turn pages, share it, vote, and lead to related topics."""
    answer = reply.answer
    assert answer is not None
    pages = answer_pages(answer)
    number %= len(pages)
    row = []
    if len(pages) > 1:
        label = wording.NEXT_PAGE if number + 1 < len(pages) else wording.FIRST_PAGE
        row.append(button("answer:show", label, f"{answer.topic}:{(number + 1) % len(pages)}"))
    if not shared:
        row.append(button("answer:share", ours.SHOW_EVERYBODY, answer.topic))
    row += [button(f"answer:vote:{said}", label, answer.topic) for said, label in VOTES.items()]
    related = [_leading(n, choice.label, choice.topic) for n, choice in enumerate(reply.choices)]
    more = [actions("related", related)] if related else []
    return answer.title, [*pages[number], actions("answer", row), *more]


def _leading(number: int, title: str, topic: str) -> Block:
    """A button that leads to a topic."""
    return button(f"answer:show:{number}", title, f"{topic}:0")
