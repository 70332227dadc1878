"""Tells people on Slack: the notice for moderators and the correction that one of them approved."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from bot.core import cards, wording
from bot.core.message import Person
from bot.core.pack import Pack
from bot.core.review import Case, Correction, Policy
from bot.ports import Impossible, Record, Told, Undeliverable, Unwritable
from bot.settings import Slack
from bot.slack_ import wording as ours
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, section
from bot.slack_.convert import permalink, place_of, thread_of
from bot.slack_.directory import USER
from bot.slack_.errors import GONE, NO_CHANNEL, NO_DIRECT_MESSAGE, SlackRefused
from bot.slack_.markup import with_links
from bot.slack_.posts import CORRECTION, NOTICE, URGENT, WORDS, Marks, Posts, digest, marks, of_case
from bot.slack_.render import correction_blocks, notice_blocks, summary

MOST_REMINDED = 5  # people called by one reminder


class SlackNotifier:
    """See bot.ports.Notifier."""

    def __init__(self, api: SlackApi, *, pack: Callable[[], Pack], policy: Policy, settings: Slack) -> None:
        self._api = api
        self._posts = Posts(api)
        self._pack = pack
        self._policy = policy
        self._settings = settings

    async def show(self, case: Case, record: Mapping[str, Record], *, folded: int = 0) -> str:
        notice = cards.notice(case, self._pack(), record, self._policy, folded=folded)
        blocks, marked = notice_blocks(notice, case, self._policy), of_case(NOTICE, case)
        with _to_moderators():
            home = self._settings.moderators_channel
            standing = await self._standing(case)
            if standing and await self._posts.change(standing, summary(case), blocks, marked, home=home):
                return standing
            called = self._whom_to_call(case) if case.status.undecided else None
            if called:
                blocks = notice_blocks(notice, case, self._policy, calls=mention(called))
            return await self._posts.add(self._moderators(), summary(case), blocks, marked)

    def _whom_to_call(self, case: Case) -> str | None:
        ping = self._settings.ping
        return (ping.urgent if case.urgent else None) or getattr(ping, case.severity)

    async def post_urgent(self, case: Case, words: str) -> None:
        marked = of_case(URGENT, case, case.urgent)
        if await self._standing_reply(case, marked) is None:
            await self._post_reply(case, words, [section(with_links(words))], marked)

    async def post_correction(self, case: Case) -> Told:
        if case.way is not Correction.PRIVATE:
            return await self._reply(case)
        words = _alone(case)
        return Told(await self._say_alone(case, words, correction_blocks(words, case.id), of_case(CORRECTION, case)))

    async def tell_author(self, case: Case, words: str) -> None:
        await self._say_alone(case, words, [section(with_links(words))], of_case(WORDS, case, digest(words)))

    async def escalate(self, case: Case) -> None:
        channel, call = self._settings.escalation_channel, self._settings.escalation_call
        if channel is None and call is None:
            return
        called = f"{mention(call)} " if call else ""
        words = f"{called}{with_links(cards.escalation_text(case))}{await self._notice_link(case)}"
        await self._say_once(channel, case, f"escalation {case.version}", words)

    async def remind(self, case: Case, people: Sequence[Person]) -> None:
        ours = [p.id for p in people if USER.fullmatch(p.id)][:MOST_REMINDED]  # others know the other platform
        called = "".join(f"{mention(user)} " for user in ours)
        words = f"{called}{with_links(cards.reminder_text(case))}{await self._notice_link(case)}"
        await self._say_once(None, case, "reminder", words)

    async def alert_admin(self, words: str) -> None:
        """Those whom the settings name, because who may write to the moderators' channel is theirs to mend."""
        people = self._settings.admins or tuple(m for m in self._settings.moderators if USER.fullmatch(m))
        if not people:
            raise Undeliverable("slack.admins names nobody who could be told")
        for user in people:
            await self._posts.add(await self._posts.direct(user), words, [section(with_links(words))], None)

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        with _to_moderators():
            channel, marked = self._moderators(), marks(WORDS, name=name)
            standing = await self._posts.find(channel, marked, since=None)
            if standing is None:
                standing = await self._posts.add(channel, words, [section(with_links(words))], marked)
            if picture and not await self._posts.has_replies(standing):
                await self._api.call(
                    self._api.client.files_upload_v2,
                    channel=channel,
                    thread_ts=place_of(standing)[1],
                    file=picture,
                    filename=f"{name}.png",
                    title=ours.PICTURE_TITLE,
                )

    async def amend_correction(self, case: Case) -> None:
        words = _alone(case) if case.told_alone else case.correction
        blocks, marked = correction_blocks(words, case.id), of_case(CORRECTION, case)
        if not await self._posts.change(case.correction_ref, words, blocks, marked, home=None):
            raise Impossible(wording.CORRECTION_GONE)

    async def remove_correction(self, case: Case) -> None:
        if not case.told_alone:
            reference = case.correction_ref or await self._standing_reply(case)
            if reference:
                await self._posts.remove(reference)
            return
        reference = case.correction_ref or await self._private_note(case)
        if reference:
            marked = of_case(WORDS, case, digest(ours.TAKEN_BACK))
            await self._posts.change(reference, ours.TAKEN_BACK, [section(ours.TAKEN_BACK)], marked, home=None)

    async def delete_message(self, case: Case) -> None:
        try:
            await self._api.call(self._api.client.chat_delete, channel=case.key.channel, ts=case.key.message)
        except SlackRefused as error:
            if error.code in ("cant_delete_message", "compliance_exports_prevent_deletion"):
                raise Impossible(ours.CANT_DELETE) from None
            if error.code in NO_CHANNEL:
                raise Impossible(ours.no_channel(NO_CHANNEL[error.code])) from None
            if error.code not in GONE:
                raise

    async def _reply(self, case: Case) -> Told:
        root = thread_of(case.link, case.key.message)
        known = await self._standing_reply(case)
        if known is None:
            blocks = correction_blocks(case.correction, case.id)
            known = await self._post_reply(case, case.correction, blocks, of_case(CORRECTION, case))
        return Told(known, permalink((await self._api.identity()).url, *place_of(known), root))

    async def _post_reply(self, case: Case, words: str, blocks: list[Block], marked: Marks) -> str:
        root = thread_of(case.link, case.key.message)
        try:
            return await self._posts.add(case.key.channel, words, blocks, marked, thread_ts=root)
        except SlackRefused as error:
            if error.code in NO_CHANNEL:
                raise Impossible(ours.nothing_there(NO_CHANNEL[error.code])) from None
            raise

    async def _standing_reply(self, case: Case, marked: Marks | None = None) -> str | None:
        root = thread_of(case.link, case.key.message)
        return await self._posts.find_reply(case.key.channel, root, marked or of_case(CORRECTION, case))

    async def _private_note(self, case: Case) -> str | None:
        """The note that the author got, also if the process died before it could write down which it was."""
        try:
            channel = await self._posts.direct(case.author.id)
        except SlackRefused as error:
            if error.code in NO_DIRECT_MESSAGE:
                return None
            raise
        return await self._posts.find(channel, of_case(CORRECTION, case), since=case.opened_at)

    async def _say_alone(self, case: Case, words: str, blocks: list[Block], marked: Marks) -> str:
        """As a direct message, once, also when an earlier process died right after it."""
        try:
            channel = await self._posts.direct(case.author.id)
            known = await self._posts.find(channel, marked, since=case.opened_at)
            return known or await self._posts.add(channel, words, blocks, marked)
        except SlackRefused as error:
            if error.code in NO_DIRECT_MESSAGE:
                raise Impossible(NO_DIRECT_MESSAGE[error.code]) from None
            raise

    async def _say_once(self, channel: str | None, case: Case, mark: str, words: str) -> None:
        """To moderators, once, also when an earlier process died right after it."""
        marked = of_case(WORDS, case, mark)
        with _to_moderators():
            where = channel or self._moderators()
            if await self._posts.find(where, marked, since=case.opened_at) is None:
                await self._posts.add(where, words, [section(words)], marked)

    async def _notice_link(self, case: Case) -> str:
        if not case.notice_ref:
            return ""
        url = (await self._api.identity()).url
        return ours.see_notice(permalink(url, *place_of(case.notice_ref)))

    def _moderators(self) -> str:
        if self._settings.moderators_channel is None:
            raise Unwritable("slack.moderators_channel is not set in config/bot.yaml")
        return self._settings.moderators_channel

    async def _standing(self, case: Case) -> str | None:
        """The notice, if it was posted already."""
        if case.notice_ref:
            return case.notice_ref
        return await self._posts.notice(self._moderators(), case)


def _alone(case: Case) -> str:
    """The correction as its author alone hears it."""
    return wording.alone(case.correction, case.link)


def mention(who: str) -> str:
    """The code that calls a person or a user group."""
    return f"<@{who}>" if USER.fullmatch(who) else f"<!subteam^{who}>"


@contextmanager
def _to_moderators() -> Iterator[None]:
    """Where what fails is that moderators can't be reached."""
    try:
        yield
    except SlackRefused as error:
        if error.code in NO_CHANNEL:
            raise Unwritable(f"the moderators' channel on Slack can't be used: {NO_CHANNEL[error.code]}") from None
        raise
