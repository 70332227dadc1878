"""What people can do in the sandbox's channel: post, edit, delete, ask the bot, replay the example thread."""

import asyncio
import logging
from dataclasses import dataclass

from bot.core.answers import SURE, complete, exact, search
from bot.core.message import Person
from bot.core.pack import Pack, Topic
from bot.moderation import Moderation
from bot.sandbox import wording
from bot.sandbox.people import Role, Visitor
from bot.sandbox.posts import Kind, Post, message_of
from bot.sandbox.thread import Line, thread_of
from bot.sandbox.workspace import Workspace

log = logging.getLogger(__name__)


class Forbidden(Exception):
    """The visitor may not do this; the message says who may."""


class NotHere(Exception):
    """What was asked for is gone or never was."""


@dataclass(frozen=True, slots=True)
class DidYouMean:
    """The bot's private reply to a command that it can't answer: words and topics to choose from."""

    words: str
    choices: tuple[tuple[str, str], ...]


class Room:
    """The channel, and the service that hears what is said in it."""

    def __init__(self, workspace: Workspace, moderation: Moderation) -> None:
        self._workspace = workspace
        self._moderation = moderation
        self._hearing = asyncio.Lock()  # one after another, so that an edit is never overtaken by the older text
        self._replaying = asyncio.Lock()

    async def say(self, author: Person, text: str, *, reply_to: int | None = None) -> Post:
        """Post something; it is stored first and then screened."""
        if reply_to is not None:
            await self._standing(reply_to)
        post = await self._workspace.add(author, text, reply_to=reply_to)
        await self._hear(post.id)
        return post

    async def edit(self, visitor: Visitor, post_id: int, text: str) -> None:
        """Change one's own post."""
        post = await self._standing(post_id)
        if post.kind is not Kind.MEMBER or post.author != visitor.person:
            raise Forbidden(wording.AUTHOR_EDITS)
        await self._workspace.edit(post_id, text)
        await self._hear(post_id)

    async def delete(self, visitor: Visitor, post_id: int) -> None:
        """Delete one's own post, or anybody's as a moderator."""
        post = await self._standing(post_id)
        if post.kind in (Kind.CORRECTION, Kind.WHISPER):
            raise Forbidden(wording.CORRECTION_STAYS)
        mine = post.kind is Kind.MEMBER and post.author == visitor.person
        if not mine and not visitor.role.reaches(Role.MODERATOR):
            raise Forbidden(wording.AUTHOR_DELETES)
        await self._remove(post)

    async def clear(self) -> None:
        """Delete everything that stands in the channel; corrections stay with their cases."""
        for post in await self._workspace.posts():
            if post.kind not in (Kind.CORRECTION, Kind.WHISPER):
                await self._remove(post)

    async def ask(self, author: Person, text: str, *, reply_to: int | None = None) -> Post | DidYouMean:
        """Answer a slash command in the channel, or ask privately which topic was meant."""
        if reply_to is not None:
            await self._standing(reply_to)
        found = find_topic(self._moderation.pack, text)
        if isinstance(found, DidYouMean):
            await self._moderation.find(text.partition(" ")[2])  # so that admins hear what nothing answers
            urgent = self._moderation.urgent_words(text)
            return DidYouMean(f"{urgent} {found.words}".strip(), found.choices)
        return await self._workspace.add(author, text, kind=Kind.BOT_ANSWER, reply_to=reply_to, topic=found.id)

    async def report(self, visitor: Visitor, post_id: int, note: str) -> bool:
        """Report somebody's post to the moderators; whether they see it now. Raises Refused."""
        post = await self._standing(post_id)
        if post.kind is not Kind.MEMBER:
            raise Forbidden(wording.MEMBERS_ONLY)
        message = message_of(post, self._workspace.key(post.id), await self._answered(post))
        seen = await self._moderation.report(message, visitor.person, note)
        self._workspace.feed.publish()
        return seen

    async def appeal(self, visitor: Visitor, post_id: int) -> None:
        """Ask for a second look at a correction of one's own message. Raises Refused."""
        post = await self._standing(post_id)
        if post.case_id is None:
            raise NotHere(wording.NO_CORRECTION)
        await self._moderation.appeal(post.case_id, visitor.person)
        self._workspace.feed.publish()

    async def replay(self) -> None:
        """Post the example thread, one message after another."""
        async with self._replaying:
            said: list[Post] = []
            for line in thread_of(self._moderation.pack):
                said.append(await self._repeat(line, said))

    async def catch_up(self) -> None:
        """Tell the service what it missed because the process ended in between."""
        for post in await self._workspace.unscreened():
            await self._hear(post.id)

    async def _repeat(self, line: Line, said: list[Post]) -> Post:
        answered = None if line.answers is None else said[line.answers].id
        return await self.say(line.author, line.text, reply_to=answered)

    async def _standing(self, post_id: int) -> Post:
        post = await self._workspace.post(post_id)
        if post is None or post.deleted:
            raise NotHere(wording.MESSAGE_GONE)
        return post

    async def _remove(self, post: Post) -> None:
        await self._workspace.delete(post.id)
        await self._hear(post.id)

    async def _hear(self, post_id: int) -> None:
        """Tell the service about the post as it is now. What fails is tried again at the next start."""
        async with self._hearing:
            try:
                await self._tell(post_id)
            except Exception as error:  # the post is stored; a screener's surprise must not take the page down
                log.exception("post %s could not be screened: %s", post_id, type(error).__name__)
        self._workspace.feed.publish()

    async def _tell(self, post_id: int) -> None:
        post = await self._workspace.post(post_id)
        if post is None or post.kind is not Kind.MEMBER:
            return
        key = self._workspace.key(post.id)
        if post.deleted:
            await self._moderation.message_deleted(key)
        else:
            await self._moderation.message_posted(message_of(post, key, await self._answered(post)))
        await self._workspace.mark_screened(post)

    async def _answered(self, post: Post) -> Post | None:
        return None if post.reply_to is None else await self._workspace.post(post.reply_to)


def find_topic(pack: Pack, text: str) -> Topic | DidYouMean:
    """The topic that a slash command asks for, or what to offer instead."""
    command, _, query = text.strip().partition(" ")
    if command != f"/{pack.name}":
        return DidYouMean(wording.no_command(command, pack.name), ())
    if not query.strip():
        return DidYouMean(wording.WHICH_TOPIC, complete(pack, ""))
    return exact(pack, query) or _nearest(pack, query.strip())


def _nearest(pack: Pack, query: str) -> Topic | DidYouMean:
    matches = search(pack, query)
    if matches and matches[0].score >= SURE:
        return pack.topics[matches[0].topic]
    near = tuple((m.topic, pack.topics[m.topic].title) for m in matches)
    if near:
        return DidYouMean(wording.not_quite(query), near)
    return DidYouMean(wording.nothing_near(query), complete(pack, ""))
