"""The service for those who ask: answers, how many of them a channel takes, votes, and offers under questions."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta

from bot.core import answers, replies
from bot.core.completion import Choice
from bot.core.message import Person
from bot.core.pace import Asked, Pace, Room, recent, room
from bot.core.replies import Reply
from bot.moderation import Moderation
from bot.ports import Clock, Store, Vote, Votes

KEY = "votes.key"  # in the store: with what voters are made unrecognisable
QUIET = timedelta(minutes=30)


class Answering:
    """Everything that happens to questions, on any platform."""

    def __init__(
        self,
        *,
        moderation: Moderation,
        store: Store,
        clock: Clock,
        pace: Pace | None = None,
        quiet: timedelta = QUIET,
    ) -> None:
        self._moderation = moderation
        self._store = store
        self._clock = clock
        self._pace = pace or Pace()
        self._quiet = quiet  # between two offers of the same topic in the same channel
        self._asked: tuple[Asked, ...] = ()  # in the last minute; a new process starts with an empty channel
        self._key: bytes | None = None

    async def reply(self, text: str) -> Reply:
        """What the bot says to a topic's name or a question; urgent words first where the text calls for them."""
        found = await self._moderation.find(text)
        return replies.reply(self._moderation.pack, text, found, urgent=self._moderation.urgent_words(text))

    def about(self, topic: str, *, asked_in: str = "") -> Reply:
        """The answer of a topic; `asked_in` is the message that it answers, which may call for urgent words."""
        return replies.about(self._moderation.pack, topic, urgent=self._moderation.urgent_words(asked_in))

    def likely(self, text: str) -> tuple[Choice, ...]:
        """Topics that a message may be about, best first."""
        return replies.choices(self._moderation.pack, answers.search(self._moderation.pack, text))

    def room(self, platform: str, channel: str, person: Person) -> Room:
        """Who may see an answer that this person asks for now."""
        self._asked = recent(self._asked, self._clock.now())
        return room(self._asked, person.id, f"{platform}:{channel}", self._pace)

    def answered(self, platform: str, channel: str, person: Person, *, public: bool) -> None:
        """Count an answer that this person was given."""
        self._asked += (Asked(self._clock.now(), person.id, f"{platform}:{channel}", public),)

    async def vote(self, platform: str, workspace: str, person: Person, topic: str, *, useful: bool) -> bool | None:
        """Keep the person's one vote on the topic; return what they said before. Who voted can't be read back."""
        names = "\0".join((platform, workspace, person.id, topic)).encode()
        voter = hmac.new(await self._secret(), names, hashlib.sha256).hexdigest()
        return await self._store.vote(Vote(platform, workspace, topic, voter, useful, self._clock.now()))

    async def votes(self, platform: str, workspace: str) -> Mapping[str, Votes]:
        """How useful each topic was to those who voted there."""
        return await self._store.votes(platform, workspace)

    async def may_offer(self, platform: str, channel: str, topic: str) -> bool:
        """Whether the topic may be offered in that channel now; if so, the quiet period begins."""
        return await self._store.claim_offer(platform, channel, topic, self._clock.now(), self._quiet)

    async def _secret(self) -> bytes:
        if self._key is None:
            self._key = bytes.fromhex(await self._store.settle(KEY, secrets.token_hex(32)))
        return self._key
