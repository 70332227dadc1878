"""A process of the bot that is going to be killed: the real service, outbox, worker and store, on a test's platform."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.clock import SystemClock
from bot.core.message import MessageKey, Person
from bot.core.review import Act, Case, Correction, Decision, Policy, Reason, Refused
from bot.moderation import Moderation, Outbox
from bot.ports import Record, Told
from bot.stores.open import open_store
from bot.workers import Worker
from tests.samples import ANN, PACK, WordScreener, message
from tests.stores.outside import Json, Line

AT_ONCE = 6  # messages and clicks that a process handles at the same time
POLICY = Policy(flood=10**9, remind=None)


class Wire:
    """See bot.ports.Notifier: posts as the Discord and Slack notifiers do, which look first only where they doubt."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._began = SystemClock().now()
        self._tried: set[int] = set()

    def doubt(self, case: Case) -> None:
        self._tried.add(case.id)

    async def show(self, case: Case, record: Mapping[str, Record], *, folded: int = 0) -> str:
        which = int(case.notice_ref) if case.notice_ref else await self._standing(case)
        if which is not None:
            await self._line.ask("edit_notice", case=case.id, which=which, version=case.version)
            return str(which)
        self._tried.add(case.id)
        return str(await self._line.ask("post_notice", case=case.id, version=case.version))

    async def post_correction(self, case: Case) -> Told:
        if not await self._line.ask("find_correction", case=case.id):
            await self._line.ask("post_correction", case=case.id)
        return Told(f"c{case.id}", f"https://example.org/{case.id}")

    async def post_urgent(self, case: Case, words: str) -> None: ...

    async def tell_author(self, case: Case, words: str) -> None: ...

    async def escalate(self, case: Case) -> None: ...

    async def remind(self, case: Case, people: Sequence[Person]) -> None: ...

    async def alert_admin(self, words: str) -> None: ...

    async def digest(self, name: str, words: str, picture: bytes | None) -> None: ...

    async def amend_correction(self, case: Case) -> None: ...

    async def remove_correction(self, case: Case) -> None: ...

    async def delete_message(self, case: Case) -> None: ...

    async def _standing(self, case: Case) -> int | None:
        if case.opened_at >= self._began and case.id not in self._tried:
            return None
        found: int | None = await self._line.ask("find_notice", case=case.id)
        return found


def live(outside: Path, data: Path, url: str | None) -> None:
    """The process's main function; it only ends by being killed, or when the outside hangs up."""
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(_live(outside, data, url))


async def _live(outside: Path, data: Path, url: str | None) -> None:
    line = Line(*await asyncio.open_unix_connection(outside))
    clock = SystemClock()
    async with open_store(data, url) as store, Worker(store, clock).working() as worker:
        moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock, policy=POLICY)
        outbox = Outbox(
            store=store, moderation=moderation, notifiers={"sandbox": Wire(line)}, clock=clock, worker=worker.id
        )
        ends = asyncio.create_task(line.listen())
        tasks = [ends, *(asyncio.create_task(_work(line, moderation)) for _ in range(AT_ONCE))]
        tasks += [asyncio.create_task(worker.run()), asyncio.create_task(outbox.run(idle=0.2))]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if ends not in done:
            await next(iter(done))  # what stopped the process by itself is a failure of the test


async def _work(line: Line, moderation: Moderation) -> None:
    while True:
        item = await line.ask("next")
        if item is None:
            await asyncio.sleep(0.02)
        elif item["kind"] == "message":
            key = MessageKey("sandbox", "local", "health", item["id"])
            await moderation.message_posted(message(item["text"], key))
            await line.ask("done", id=item["id"])
        else:
            await _click(line, moderation, item)


async def _click(line: Line, moderation: Moderation, item: Json) -> None:
    try:
        await moderation.decide(item["case"], _decision(item))
    except Refused:
        pass  # the moderator looks at what the case is now
    case = await moderation.case(item["case"])
    assert case is not None
    await line.ask("done", id=item["id"], status=case.status, version=case.version)


def _decision(item: Json) -> Decision:
    now, version = SystemClock().now(), item["version"]
    if item["act"] == "dismiss":
        return Decision(Act.DISMISS, ANN, now, version, reason=Reason.JOKE)
    return Decision(Act.UPHOLD, ANN, now, version, correction=Correction.REPLY, text="It does not.")
