"""A sandbox in which members and moderators do anything, all the time, until the process is killed.

Each act that was acknowledged is one line on the standard output: case, act, person.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from bot.core.review import Act, Case, Correction, Reason, Status, allowed
from tests.rows import LENIENT
from tests.samples import PACK, WordScreener
from tests.sandbox.stage import Json, Page, Stage, running

TEXTS = ("tea cures all", "tea is blue", "tea cures all and is blue")


class Crowd:
    """A member, a moderator and an admin, each with a page of their own."""

    def __init__(self, stage: Stage, pages: dict[str, Page], dice: random.Random) -> None:
        self.stage, self.pages, self.dice = stage, pages, dice
        self.deeds: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (4, self.post),
            (2, self.edit),
            (1, self.delete),
            (1, self.report),
            (1, self.complain),
            (14, self.decide),
        )

    async def act(self) -> None:
        weights, deeds = zip(*self.deeds, strict=True)
        (deed,) = self.dice.choices(deeds, weights)
        await deed()

    async def post(self) -> None:
        await self._send("member", "post", {"text": self._words()})

    async def edit(self) -> None:
        if case := await self._any():
            text = self.dice.choice((self._words(), "tea is a drink"))
            await self._send("member", "edit", {"id": int(case.key.message), "text": text}, case)

    async def delete(self) -> None:
        if case := await self._any():
            await self._send("member", "delete", {"id": int(case.key.message)}, case)

    async def report(self) -> None:
        if case := await self._any():
            await self._send("admin", "report", {"id": int(case.key.message), "text": "hm"}, case, act=Act.REPORTED)

    async def complain(self) -> None:
        case = await self._any(Status.UPHELD)
        if case and case.correction_ref:
            await self._send("member", "appeal", {"id": int(case.correction_ref)}, case, act=Act.APPEAL)

    async def decide(self) -> None:
        if case := await self._any():
            act = self.dice.choice(allowed(case, LENIENT))
            body = {
                "case": case.id,
                "version": case.version,
                "act": act,
                "chosen": [f.misconception for f in case.flags],
                "reason": self.dice.choice(list(Reason)),
                "correction": self.dice.choice(list(Correction)),
                "text": f"It does not, {self.dice.random()}.",
            }
            await self._send(self.dice.choice(("moderator", "admin")), "act", body, case, act=act)

    def _words(self) -> str:
        return f"{self.dice.choice(TEXTS)}, says number {self.dice.random()}"

    async def _any(self, *statuses: Status) -> Case | None:
        cases = await self.stage.moderation.queue(statuses=statuses, limit=1000)
        return self.dice.choice(cases) if cases else None

    async def _send(self, who: str, path: str, body: Json, case: Case | None = None, *, act: Act | None = None) -> None:
        status, _ = await self.pages[who].send(path, body)
        if status == 200:
            print(case.id if case else 0, act or path, who, flush=True)


async def live(folder: Path, seed: int) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(running(folder, PACK, WordScreener(), LENIENT))
        pages = {role: await stack.enter_async_context(stage.page()) for role in ("member", "moderator", "admin")}
        for role, page in pages.items():
            await page.become(role)
        crowd = Crowd(stage, pages, random.Random(seed))
        while True:
            await crowd.act()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), int(sys.argv[2])))
