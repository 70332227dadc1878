"""The bot's own messages on Slack: each carries metadata by which it is known again after a crash."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.review import Case
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block
from bot.slack_.convert import place_of, ref
from bot.slack_.errors import GONE, NO_CHANNEL, SlackRefused

MOST_PAGES = 5  # of 200 messages searched for what an earlier process may have posted
NOTICE, CORRECTION, WORDS = "case_notice", "case_correction", "case_words"  # kinds of our messages
URGENT = "case_urgent"
QUIET: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}
Marks = Mapping[str, Any]


def marks(kind: str, **payload: Any) -> Marks:
    """The metadata of a message; two messages with the same are the same."""
    return {"event_type": kind, "event_payload": payload}


def of_case(kind: str, case: Case, mark: str = "") -> Marks:
    return marks(kind, case=case.id, mark=mark) if mark else marks(kind, case=case.id)


def digest(words: str) -> str:
    """Names words without telling them."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


class Posts:
    """Posts, finds, changes and removes messages; references name a channel and a ts."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._client = api.client
        self._channel = ""  # whose notices are known
        self._read_from, self._read_to = "", ""
        self._notices: dict[int, str] = {}  # case -> ts of its newest notice

    async def add(self, channel: str, words: str, blocks: list[Block], marked: Marks | None, **more: Any) -> str:
        """Post a message; its reference. Raises SlackRefused."""
        arguments = {"channel": channel, "text": words, "blocks": blocks, "metadata": marked, **QUIET, **more}
        sent = await self._api.call(self._client.chat_postMessage, **arguments)
        return ref(str(sent["channel"]), str(sent["ts"]))

    async def change(self, reference: str, words: str, blocks: list[Block], marked: Marks, *, home: str | None) -> bool:
        """False where the message is gone, or stands in a channel other than `home` that can't be used."""
        channel, ts = place_of(reference)
        try:
            await self._api.call(
                self._client.chat_update, channel=channel, ts=ts, text=words, blocks=blocks, metadata=marked
            )
        except SlackRefused as error:
            if error.code in GONE or (error.code in NO_CHANNEL and channel != home):
                return False
            raise
        return True

    async def remove(self, reference: str) -> None:
        """Harmless where it is gone already."""
        channel, ts = place_of(reference)
        try:
            await self._api.call(self._client.chat_delete, channel=channel, ts=ts)
        except SlackRefused as error:
            if error.code not in GONE | NO_CHANNEL.keys():
                raise

    async def find(self, channel: str, marked: Marks, *, since: datetime | None) -> str | None:
        """Our newest message with these marks in the channel."""
        span = {"oldest": f"{int(since.timestamp())}.000000"} if since else {}
        return await self._first(self._client.conversations_history, marked, channel=channel, **span)

    async def notice(self, channel: str, case: Case) -> str | None:
        """The notice of the case, whichever process posted it. What was read of the channel is not read again."""
        begin = f"{int(case.opened_at.timestamp())}.000000"
        if self._channel != channel or begin < self._read_from:
            self._channel, self._read_from, self._read_to, self._notices = channel, begin, begin, {}
        pages = self._api.pages(
            self._client.conversations_history,
            "messages",
            most=MOST_PAGES * 10,
            channel=channel,
            oldest=self._read_to,
            include_all_metadata=True,
        )
        identity = await self._api.identity()
        async for message in pages:
            marked, ts = message.get("metadata") or {}, str(message["ts"])
            self._read_to = max(self._read_to, ts)
            if marked.get("event_type") == NOTICE and message.get("bot_id") == identity.bot:
                number = int(marked["event_payload"]["case"])
                self._notices[number] = max(self._notices.get(number, ""), ts)
        found = self._notices.get(case.id)
        return ref(channel, found) if found else None

    async def find_reply(self, channel: str, thread: str, marked: Marks) -> str | None:
        """Our reply with these marks in the thread; None also where the thread is gone."""
        try:
            return await self._first(self._client.conversations_replies, marked, channel=channel, ts=thread)
        except SlackRefused as error:
            if error.code in GONE | NO_CHANNEL.keys():
                return None
            raise

    async def has_replies(self, reference: str) -> bool:
        channel, ts = place_of(reference)
        answer = await self._api.call(self._client.conversations_replies, channel=channel, ts=ts, limit=2)
        return len(answer.get("messages", ())) > 1

    async def direct(self, user: str) -> str:
        """The conversation with one person. Raises SlackRefused."""
        return str((await self._api.call(self._client.conversations_open, users=user))["channel"]["id"])

    async def _first(self, method: Any, marked: Marks, *, channel: str, **arguments: Any) -> str | None:
        identity = await self._api.identity()
        pages = self._api.pages(
            method, "messages", most=MOST_PAGES, channel=channel, include_all_metadata=True, **arguments
        )
        async for message in pages:
            ours = message.get("bot_id") == identity.bot or message.get("user") == identity.user
            if ours and _same(message.get("metadata") or {}, marked):
                return ref(channel, str(message["ts"]))
        return None


def _same(found: Marks, wanted: Marks) -> bool:
    return all(found.get(key) == value for key, value in wanted.items())
