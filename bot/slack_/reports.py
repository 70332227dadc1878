"""Members' reports: the shortcut ours.REPORT_FORM on a message, and its form."""

from bot.core.review import Refused
from bot.moderation import Moderation
from bot.settings import Slack
from bot.slack_ import wording as ours
from bot.slack_.blocks import Block, form, section, writing
from bot.slack_.convert import Payload, Visit, post_of, typed
from bot.slack_.directory import Directory
from bot.slack_.reply import Replies
from bot.slack_.watch import Watcher

LONGEST_NOTE = 500


class Reports:
    """What members tell moderators; only ids are kept in the form, never the message."""

    def __init__(
        self, moderation: Moderation, directory: Directory, replies: Replies, watcher: Watcher, settings: Slack
    ) -> None:
        self._moderation = moderation
        self._directory = directory
        self._replies = replies
        self._watcher = watcher
        self._watch = frozenset(settings.watch)

    async def begun(self, visit: Visit, body: Payload) -> None:
        """The shortcut was chosen on a message. Raises Refused."""
        post = post_of(visit.channel, body.get("message") or {})
        if post is None or visit.channel not in self._watch:
            raise Refused(ours.NOT_REPORTABLE)
        await self._replies.open(visit, _form({"channel": post.channel, "ts": post.ts, "thread": post.thread}))

    async def sent(self, visit: Visit, body: Payload) -> str:
        """The form was sent. Raises Refused."""
        notes = visit.notes or {}
        post = await self._watcher.find(notes["channel"], notes["ts"], notes["thread"])
        if post is None:
            raise Refused(ours.GONE)
        reporter = await self._directory.person(visit.user)
        await self._moderation.report(await self._watcher.message(post), reporter, typed(body, "note"))
        return ours.REPORTED


def _form(notes: dict[str, str]) -> Block:
    fields = [
        section(ours.REPORT_HINT),
        writing("note", ours.REPORT_FIELD, most=LONGEST_NOTE, optional=True),
    ]
    return form(ours.REPORT_FORM, fields, name="report", submit=ours.REPORT, notes=notes)
