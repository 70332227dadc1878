"""What moderators ask for around the queue in the sandbox: numbers, a person's counts, a table, the pause switch."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from bot.content_desk import about_content
from bot.core import console, export, wording
from bot.core.review import Act, Case, Refused
from bot.core.statistics import Statistics, summarise
from bot.moderation import Moderation
from bot.outdated import renew
from bot.plots import draw_digest
from bot.sandbox.payload import LONGEST_CORRECTION, Payload
from bot.sandbox.people import Role, Visitor
from bot.sandbox.posts import CHANNEL
from bot.sandbox.view import Json
from bot.sandbox.workspace import PLATFORM, Workspace

LONGEST_SPAN = 365  # days
PERSON_SPAN = timedelta(days=90)
HERE = f"{PLATFORM}:{CHANNEL}"
FORMS: Mapping[str, str] = MappingProxyType({"csv": "text/csv", "json": "application/json"})


class Console:
    """Answers for moderators. Whoever calls it has checked the role."""

    def __init__(self, workspace: Workspace, moderation: Moderation) -> None:
        self._workspace = workspace
        self._moderation = moderation

    async def numbers(self, visitor: Visitor, days: int) -> list[str]:
        """How much waits, how long decisions take, how flags end; single moderators for admins only."""
        lead = visitor.role.reaches(Role.ADMIN)
        return console.statistics_lines(await self._statistics(days), timedelta(days=days), people=lead)

    async def content(self) -> Json:
        """Which content is in force, what it needs, and the workspace's own corrections that are out of date."""
        workspace = self._workspace
        about = await about_content(self._moderation, workspace.clock.now(), of=workspace.key(0).home)
        stale = [
            {"case": s.case.id, "version": s.case.version, "why": s.why, "was": s.case.correction, "text": s.text}
            for s in about.outdated
        ]
        return {"lines": list(about.lines), "outdated": stale}

    async def renew(self, visitor: Visitor, payload: Payload) -> None:
        """Amend an outdated correction, or post it again. Raises Refused, or BadPayload."""
        case = await self._moderation.case(payload.number("case"))
        if case is None or not self._workspace.owns(case):
            raise Refused(wording.no_case(payload.number("case")))
        act, at = payload.choice("act", Act), self._workspace.clock.now()
        version, text = payload.number("version"), payload.text("text", longest=LONGEST_CORRECTION)
        await renew(self._moderation, case.id, act, by=visitor.person, at=at, version=version, text=text)
        self._workspace.feed.publish()

    async def picture(self, days: int) -> bytes:
        """The numbers as two charts, in one PNG. Raises bot.plots.NoPlots."""
        return await asyncio.to_thread(draw_digest, await self._statistics(days))

    async def table(self, days: int, form: str) -> str:
        """The cases as a file, without texts."""
        cases = await self._cases(days)
        return export.as_json(cases) if form == "json" else export.as_csv(cases)

    async def person(self, person_id: str) -> list[str]:
        """How that person's messages were judged: counts, no texts."""
        cases = await self._moderation.of_author(PLATFORM, self._workspace.id, person_id, PERSON_SPAN)
        return console.person_lines(cases, PERSON_SPAN)

    async def paused(self) -> Json:
        """Where screening is switched off."""
        here = self._workspace.key(0)
        return {
            "everywhere": await self._moderation.is_paused(replace(here, channel="")),
            "here": await self._moderation.is_paused(here),
            "urgent": self._moderation.policy.urgent_in_pauses,
        }

    async def pause(self, *, everywhere: bool) -> None:
        await self._moderation.pause(None if everywhere else HERE)
        self._workspace.feed.publish()

    async def resume(self, *, everywhere: bool) -> None:
        """Screen again. Raises Refused where only the larger switch would help."""
        await self._moderation.resume(None if everywhere else HERE)
        self._workspace.feed.publish()

    async def _statistics(self, days: int) -> Statistics:
        return summarise(await self._cases(days), self._workspace.clock.now())

    async def _cases(self, days: int) -> list[Case]:
        """The workspace's own cases; other platforms share the store."""
        return [c for c in await self._moderation.since(timedelta(days=days)) if self._workspace.owns(c)]
