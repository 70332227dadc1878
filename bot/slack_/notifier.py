"""Tells people on Slack: the notice for moderators and the correction that one of them approved."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from bot.core import cards
from bot.core.message import Person
from bot.core.pack import Pack
from bot.core.review import Case, Correction, Policy
from bot.ports import Impossible, Record, Told, Undeliverable, Unwritable
from bot.settings import Slack
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, section
from bot.slack_.convert import permalink, place_of, ref, thread_of
from bot.slack_.directory import USER
from bot.slack_.errors import GONE, NO_CHANNEL, NO_DIRECT_MESSAGE, SlackRefused
from bot.slack_.markup import with_links
from bot.slack_.render import correction_blocks, notice_blocks, summary

MOST_REMINDED = 5  # people called by one reminder
MOST_PAGES = 5  # of 200 messages searched for what an earlier process may have posted
NOTICE, CORRECTION, WORDS = "case_notice", "case_correction", "case_words"  # kinds of our messages, in their metadata
TAKEN_BACK = "A moderator has taken back the note that stood here. Your message is fine as it is."
CANT_DELETE = (
    "Slack lets only the author and the workspace's admins delete this message; please ask an admin to delete it"
)
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


class SlackNotifier:
    """See bot.ports.Notifier. Each message carries metadata by which it is known again after a crash."""

    def __init__(self, api: SlackApi, *, pack: Pack, policy: Policy, settings: Slack, since: datetime) -> None:
        self._api = api
        self._client = api.client
        self._pack = pack
        self._policy = policy
        self._settings = settings
        self._since = since  # what was opened earlier may have been told by a process that died
        self._tried: set[int] = set()

    async def show(self, case: Case, record: Mapping[str, Record], *, folded: int = 0) -> str:
        notice = cards.notice(case, self._pack, record, self._policy, folded=folded)
        blocks = notice_blocks(notice, case, self._policy)
        marks = _metadata(NOTICE, case, "")
        with _to_moderators():
            standing = await self._standing(case)
            if standing and await self._edit(standing, summary(case), blocks, marks):
                return standing
            self._tried.add(case.id)
            called = getattr(self._settings.ping, case.severity) if case.status.undecided else None
            if called:
                blocks = notice_blocks(notice, case, self._policy, calls=mention(called))
            return await self._post(self._moderators(), summary(case), blocks, marks)

    async def post_correction(self, case: Case) -> Told:
        if case.way is not Correction.PRIVATE:
            return await self._reply(case)
        words = f"{case.correction}\n\nThis is about your message {case.link} and only you can see it."
        return Told(await self._say_alone(case, words, correction_blocks(words, case.id)))

    async def tell_author(self, case: Case, words: str) -> None:
        await self._say_alone(case, words, [section(with_links(words))])

    async def escalate(self, case: Case) -> None:
        channel, call = self._settings.escalation_channel, self._settings.escalation_call
        if channel is None and call is None:
            return
        called = f"{mention(call)} " if call else ""
        words = f"{called}{with_links(cards.escalation_text(case))}{await self._notice_link(case)}"
        mark = f"escalation {case.version}"
        await self._say_once(channel or self._settings.moderators_channel, case, mark, words)

    async def remind(self, case: Case, people: Sequence[Person]) -> None:
        ours = [p.id for p in people if USER.fullmatch(p.id)][:MOST_REMINDED]
        called = "".join(f"{mention(user)} " for user in ours)
        words = f"{called}{with_links(cards.reminder_text(case))}{await self._notice_link(case)}"
        await self._say_once(self._settings.moderators_channel, case, "reminder", words)

    async def alert_admin(self, words: str) -> None:
        """Those whom the settings name, because who may write to the moderators' channel is theirs to mend."""
        people = [*self._settings.admins, *(m for m in self._settings.moderators if USER.fullmatch(m))]
        if not people:
            raise Undeliverable("slack.admins names nobody who could be told")
        for user in dict.fromkeys(self._settings.admins or people):
            opened = await self._api.call(self._client.conversations_open, users=user)
            await self._post(opened["channel"]["id"], words, [section(with_links(words))], None)

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        with _to_moderators():
            channel = self._moderators()
            named = {"name": name}
            marks = {"event_type": WORDS, "event_payload": named}
            standing = await self._find(channel, named, WORDS, oldest=None)
            if standing is None:
                standing = place_of(await self._post(channel, words, [section(with_links(words))], marks))[1]
            if picture and not await self._has_reply(channel, standing):
                await self._api.call(
                    self._client.files_upload_v2,
                    channel=channel,
                    thread_ts=standing,
                    file=picture,
                    filename=f"{name}.png",
                    title="How flags ended, and how long decisions took",
                )

    async def remove_correction(self, case: Case) -> None:
        private = case.way is Correction.PRIVATE
        if case.correction_ref:
            reference: str | None = case.correction_ref
        else:
            reference = None if private else await self._standing_reply(case)
        if reference is None:
            return
        channel, ts = place_of(reference)
        try:
            if private:
                blocks = [section(TAKEN_BACK)]
                await self._api.call(
                    self._client.chat_update, channel=channel, ts=ts, text=TAKEN_BACK, blocks=blocks, metadata=NOTHING
                )
            else:
                await self._api.call(self._client.chat_delete, channel=channel, ts=ts)
        except SlackRefused as error:
            if error.code not in GONE | NO_CHANNEL.keys():
                raise

    async def delete_message(self, case: Case) -> None:
        try:
            await self._api.call(self._client.chat_delete, channel=case.key.channel, ts=case.key.message)
        except SlackRefused as error:
            if error.code in ("cant_delete_message", "compliance_exports_prevent_deletion"):
                raise Impossible(CANT_DELETE) from None
            if error.code in NO_CHANNEL:
                raise Impossible(f"the channel can't be used: {NO_CHANNEL[error.code]}") from None
            if error.code not in GONE:
                raise

    async def _reply(self, case: Case) -> Told:
        known = await self._standing_reply(case)
        root = thread_of(case.link, case.key.message)
        if known is None:
            blocks = correction_blocks(case.correction, case.id)
            marks = _metadata(CORRECTION, case, "")
            try:
                known = await self._post(case.key.channel, case.correction, blocks, marks, thread_ts=root)
            except SlackRefused as error:
                if error.code in NO_CHANNEL:
                    raise Impossible(f"nothing can be posted there: {NO_CHANNEL[error.code]}") from None
                raise
        url = (await self._api.identity()).url
        channel, ts = place_of(known)
        return Told(known, permalink(url, channel, ts, root))

    async def _say_alone(self, case: Case, words: str, blocks: list[Block]) -> str:
        """As a direct message, once, also when an earlier process died right after it."""
        mark = _digest(words)
        try:
            opened = await self._api.call(self._client.conversations_open, users=case.author.id)
            channel = opened["channel"]["id"]
            known = await self._find(channel, _payload(case, mark), WORDS, oldest=case.opened_at)
            if known is not None:
                return ref(channel, known)
            return await self._post(channel, words, blocks, _metadata(WORDS, case, mark))
        except SlackRefused as error:
            if error.code in NO_DIRECT_MESSAGE:
                raise Impossible(NO_DIRECT_MESSAGE[error.code]) from None
            raise

    async def _say_once(self, channel: str | None, case: Case, mark: str, words: str) -> None:
        """To moderators, once, also when an earlier process died right after it."""
        with _to_moderators():
            where = channel or self._moderators()
            if await self._find(where, _payload(case, mark), WORDS, oldest=case.opened_at) is None:
                await self._post(where, words, [section(words)], _metadata(WORDS, case, mark))

    async def _notice_link(self, case: Case) -> str:
        if not case.notice_ref or ":" not in case.notice_ref:
            return ""
        identity = await self._api.identity()
        return f"\n<{permalink(identity.url, *place_of(case.notice_ref))}|See the notice>"

    def _moderators(self) -> str:
        if self._settings.moderators_channel is None:
            raise Unwritable("slack.moderators_channel is not set in config/bot.yaml")
        return self._settings.moderators_channel

    async def _standing(self, case: Case) -> str | None:
        """The notice, if it was posted already."""
        if case.notice_ref:
            return case.notice_ref
        if case.opened_at >= self._since and case.id not in self._tried:
            return None
        channel = self._moderators()
        ts = await self._find(channel, _payload(case, ""), NOTICE, oldest=case.opened_at)
        return ref(channel, ts) if ts else None

    async def _standing_reply(self, case: Case) -> str | None:
        root = thread_of(case.link, case.key.message)
        replies = self._api.pages(
            self._client.conversations_replies,
            "messages",
            most=MOST_PAGES,
            channel=case.key.channel,
            ts=root,
            include_all_metadata=True,
        )
        try:
            async for message in replies:
                if await self._is_ours(message, _payload(case, ""), CORRECTION):
                    return ref(case.key.channel, str(message["ts"]))
        except SlackRefused as error:
            if error.code not in GONE | NO_CHANNEL.keys():
                raise
        return None

    async def _find(
        self, channel: str, payload: Mapping[str, Any], kind: str, *, oldest: datetime | None
    ) -> str | None:
        """The ts of our message with that metadata."""
        since = {"oldest": f"{int(oldest.timestamp())}.000000"} if oldest else {}
        history = self._api.pages(
            self._client.conversations_history,
            "messages",
            most=MOST_PAGES,
            channel=channel,
            include_all_metadata=True,
            **since,
        )
        async for message in history:
            if await self._is_ours(message, payload, kind):
                return str(message["ts"])
        return None

    async def _is_ours(self, message: Mapping[str, Any], payload: Mapping[str, Any], kind: str) -> bool:
        marks = message.get("metadata") or {}
        identity = await self._api.identity()
        by_us = message.get("bot_id") == identity.bot or message.get("user") == identity.user
        return by_us and marks.get("event_type") == kind and marks.get("event_payload") == payload

    async def _has_reply(self, channel: str, ts: str) -> bool:
        answer = await self._api.call(self._client.conversations_replies, channel=channel, ts=ts, limit=2)
        return len(answer.get("messages", ())) > 1

    async def _edit(self, standing: str, words: str, blocks: list[Block], marks: Mapping[str, Any]) -> bool:
        """False where the message is gone."""
        channel, ts = place_of(standing)
        try:
            await self._api.call(
                self._client.chat_update, channel=channel, ts=ts, text=words, blocks=blocks, metadata=marks
            )
        except SlackRefused as error:
            if error.code in GONE or (error.code in NO_CHANNEL and channel != self._settings.moderators_channel):
                return False  # removed by hand, or the moderators have moved: it is posted again
            raise
        return True

    async def _post(
        self, channel: str, words: str, blocks: list[Block], marks: Mapping[str, Any] | None, **more: Any
    ) -> str:
        sent = await self._api.call(
            self._client.chat_postMessage,
            channel=channel,
            text=words,
            blocks=blocks,
            metadata=marks,
            **QUIET,
            **more,
        )
        return ref(str(sent["channel"]), str(sent["ts"]))


NOTHING: Mapping[str, Any] = {"event_type": WORDS, "event_payload": {}}


def mention(who: str) -> str:
    """The code that calls a person or a user group."""
    return f"<@{who}>" if USER.fullmatch(who) else f"<!subteam^{who}>"


def _metadata(kind: str, case: Case, mark: str) -> dict[str, Any]:
    return {"event_type": kind, "event_payload": _payload(case, mark)}


def _payload(case: Case, mark: str) -> dict[str, Any]:
    return {"case": case.id} | ({"mark": mark} if mark else {})


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


@contextmanager
def _to_moderators() -> Iterator[None]:
    """Where what fails is that moderators can't be reached."""
    try:
        yield
    except SlackRefused as error:
        if error.code in NO_CHANNEL:
            raise Unwritable(f"the moderators' channel on Slack can't be used: {NO_CHANNEL[error.code]}") from None
        raise
