"""`/moderation …` on Slack; every answer is seen by one person only."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from bot.asking import Answering
from bot.content_desk import about_content
from bot.core import console, export, wording
from bot.core.console import SHOW_WORDS, SHOWN, Show
from bot.core.review import Case, Refused
from bot.core.statistics import summarise
from bot.moderation import Moderation
from bot.ports import Clock
from bot.slack_ import wording as ours
from bot.slack_.acts import Acts
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, actions, button, header, section
from bot.slack_.convert import PLATFORM, Visit
from bot.slack_.directory import Directory
from bot.slack_.examples import Examples
from bot.slack_.markup import quoted
from bot.slack_.outdated import Renewals
from bot.slack_.render import summary
from bot.slack_.reply import Replies

PAGE = 10  # cases on one page of the queue
MOST_DAYS = 365
EXPORTS = {"csv": export.as_csv, "json": export.as_json}
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
Words = Sequence[str]


class Console:
    """What moderators ask; rights are checked again on each call."""

    def __init__(
        self,
        moderation: Moderation,
        asking: Answering,
        directory: Directory,
        replies: Replies,
        acts: Acts,
        renewals: Renewals,
        examples: Examples,
        api: SlackApi,
        clock: Clock,
    ) -> None:
        self._moderation = moderation
        self._asking = asking
        self._directory = directory
        self._replies = replies
        self._acts, self._renewals, self._examples = acts, renewals, examples
        self._api = api
        self._clock = clock
        self._commands: Mapping[str, Callable[[Visit, Words], Awaitable[None]]] = {
            "queue": self._queue,
            "case": self._case,
            "user": self._user,
            "stats": self._stats,
            "content": self._content,
            "export": self._export,
            "pause": self._pause,
            "resume": self._resume,
            "examples": self._waiting_examples,
        }

    async def asked(self, visit: Visit, text: str) -> None:
        """The command with its words. Raises Refused."""
        await self._directory.require_moderator(visit.user)
        name, *rest = text.split() or ["help"]
        command = self._commands.get(name.lower())
        if command is None:
            await self._replies.show(visit, [section(ours.HELP)], ours.HELP_TITLE)
        else:
            await command(visit, rest)

    async def turned(self, visit: Visit) -> None:
        """A button that leads to another page of the queue."""
        await self._directory.require_moderator(visit.user)
        show, _, page = visit.value.partition(":")
        await self._replies.replace(visit, await self._queue_page(_show(show), int(page)), "Cases")

    async def opened(self, visit: Visit) -> None:
        """A button that opens a case."""
        await self._directory.require_moderator(visit.user)
        await self._replies.open(visit, await self._acts.case_form(await self._found(visit.value)))

    async def _queue(self, visit: Visit, words: Words) -> None:
        page = next((int(w) for w in words if w.isdecimal()), 1)
        show = _show(next((w for w in words if not w.isdecimal()), Show.WAITING))
        await self._replies.show(visit, await self._queue_page(show, max(0, page - 1)), "Cases")

    async def _queue_page(self, show: Show, page: int) -> list[Block]:
        offset = min(page, 10**6) * PAGE
        cases = await self._moderation.queue(statuses=SHOWN[show], limit=PAGE + 1, offset=offset)
        blocks = [header(ours.cases(SHOW_WORDS[show].lower())), *self.lines(cases[:PAGE])]
        row = [button("queue:before", ours.PAGE_BEFORE, f"{show}:{page - 1}")] if page else []
        row += [button("queue:next", wording.NEXT_PAGE, f"{show}:{page + 1}")] if len(cases) > PAGE else []
        return blocks + ([actions("pages", row)] if row else [])

    def lines(self, cases: Sequence[Case]) -> list[Block]:
        """Cases, one a line, each with a button that opens it."""
        now = self._clock.now()
        shown = [
            section(
                quoted(console.queue_line(case, now)) + (f"\n<{case.link}|message>" if case.link else ""),
                button("queue:open", ours.OPEN, str(case.id)),
            )
            for case in cases
            if console.is_shared(case)
        ]
        return shown or [section(ours.NONE)]

    async def _case(self, visit: Visit, words: Words) -> None:
        case = await self._found(words[0] if words else "")
        await self._replies.show(visit, await self._acts.case_blocks(case), summary(case))

    async def _found(self, number: str) -> Case:
        if not number.isdecimal():
            raise Refused(ours.WHICH_CASE)
        case = await self._moderation.case(min(int(number), 2**62))
        if case is None or not console.is_shared(case):
            raise Refused(wording.no_case(number))
        return case

    async def _user(self, visit: Visit, words: Words) -> None:
        person = _MENTION.fullmatch(words[0]) if words else None
        if person is None:
            raise Refused(ours.WHOSE)
        team = (await self._api.identity()).team
        span = _days(words[1:], 90)
        cases = await self._moderation.of_author(PLATFORM, team, person.group(1), span)
        name = (await self._directory.person(person.group(1))).name
        await self._say(visit, [f"{name}:", *console.person_lines(cases, span)])

    async def _stats(self, visit: Visit, words: Words) -> None:
        span = _days(words, 30)
        numbers = summarise(await self._moderation.since(span), self._clock.now())
        people = await self._directory.is_lead(visit.user)
        votes = await self._asking.votes(PLATFORM, (await self._api.identity()).team)
        lines = console.statistics_lines(numbers, span, people=people)
        await self._say(visit, [*lines, *console.vote_lines(self._moderation.pack, votes)])

    async def _content(self, visit: Visit, words: Words) -> None:
        about = await about_content(self._moderation, self._clock.now())
        shown = section("\n".join(quoted(line) for line in about.lines))
        await self._replies.show(visit, [shown, *self._renewals.blocks(about.outdated)], about.lines[0])

    async def _export(self, visit: Visit, words: Words) -> None:
        kind = next((w.lower() for w in words if w.lower() in EXPORTS), "csv")
        table = EXPORTS[kind](await self._moderation.since(_days(words, 30)))
        await self._replies.send_file(visit, f"cases.{kind}", table)

    async def _pause(self, visit: Visit, words: Words) -> None:
        where = _where(words, "pause")
        await self._moderation.pause(_channel(visit, where))
        await self._say(visit, [wording.paused(where, urgent=self._moderation.policy.urgent_in_pauses)])

    async def _resume(self, visit: Visit, words: Words) -> None:
        where = _where(words, "resume")
        await self._moderation.resume(_channel(visit, where))
        await self._say(visit, [wording.resumed(where)])

    async def _waiting_examples(self, visit: Visit, words: Words) -> None:
        await self._examples.listed(visit)

    async def _say(self, visit: Visit, lines: Sequence[str]) -> None:
        await self._replies.show(visit, [section("\n".join(quoted(line) for line in lines))], lines[0])


def _show(word: str) -> Show:
    if word.lower() not in set(Show):
        raise Refused(ours.no_list(Show))
    return Show(word.lower())


def _days(words: Words, usual: int) -> timedelta:
    given = next((int(w) for w in words if w.isdecimal()), usual)
    return timedelta(days=min(max(1, given), MOST_DAYS))


def _where(words: Words, command: str) -> str:
    where = words[0].lower() if words else ""
    if where not in ("here", "everywhere"):
        raise Refused(f"Where? /moderation {command} here, or /moderation {command} everywhere")
    return where


def _channel(visit: Visit, where: str) -> str | None:
    return f"{PLATFORM}:{visit.channel}" if where == "here" else None
