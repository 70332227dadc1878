"""The world outside, for tests that kill: a chat platform and its moderators, which live on while processes die.

It hands out messages and moderators' clicks over a Unix socket and takes each back when the process that had it dies,
as a platform does whose events are read again after a restart. It remembers every notice and every correction that
was posted, so that a lost or a doubled one shows.
"""

import asyncio
import json
import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
EVERY_THIRD = 3  # every third message makes a claim


@dataclass
class Outside:
    """What happened, and what is still to be told to the bot."""

    messages: int
    chance: random.Random
    waiting: deque[Json] = field(default_factory=deque)
    acknowledged: Counter[str] = field(default_factory=Counter)
    notices: dict[int, list[int]] = field(default_factory=dict)  # by case: the version each of its notices shows
    corrections: Counter[int] = field(default_factory=Counter)
    clicks: dict[int, str] = field(default_factory=dict)  # by case: what its moderator wants
    decided: set[int] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        count, self.messages = self.messages, 0
        self.more(count)

    def more(self, count: int) -> None:
        """So many more messages are posted."""
        new = range(self.messages, self.messages + count)
        self.messages += count
        self.waiting.extend({"kind": "message", "id": f"m{n}", "text": text_of(n)} for n in new)

    @property
    def claims(self) -> set[str]:
        return {f"m{n}" for n in range(0, self.messages, EVERY_THIRD)}

    @property
    def settled(self) -> bool:
        """Every message is acknowledged, every claim noticed, and every notice's case decided."""
        return len(self.acknowledged) == self.messages and len(self.decided) == len(self.claims)

    @asynccontextmanager
    async def served(self, path: Path) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self._talk, path)
        async with server:
            yield

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One process's connection; what it had not finished when it died is handed out again."""
        doing: dict[str, Json] = {}
        answering: set[asyncio.Task[None]] = set()
        try:
            while line := await reader.readline():
                asked = json.loads(line)
                task = asyncio.create_task(self._answer(asked, doing, writer))
                answering.add(task)
                task.add_done_callback(answering.discard)
        except ConnectionError:
            pass
        finally:
            for task in answering:
                task.cancel()
            await asyncio.gather(*answering, return_exceptions=True)
            self.waiting.extendleft(doing.values())
            writer.close()

    async def _answer(self, asked: Json, doing: dict[str, Json], writer: asyncio.StreamWriter) -> None:
        answer: Any = getattr(self, f"_{asked['do']}")(asked, doing)
        self.changed.set()
        await asyncio.sleep(self.chance.random() * 0.002)  # the answer is on its way: it may find nobody there any more
        writer.write(json.dumps({"call": asked["call"], "answer": answer}).encode() + b"\n")
        await writer.drain()

    def _next(self, asked: Json, doing: dict[str, Json]) -> Json | None:
        if not self.waiting:
            return None
        item = self.waiting.popleft()
        doing[item["id"]] = item
        return item

    def _done(self, asked: Json, doing: dict[str, Json]) -> None:
        item = doing.pop(asked["id"])
        if item["kind"] == "message":
            self.acknowledged[item["id"]] += 1
        elif asked["status"] in ("upheld", "dismissed"):
            self.decided.add(item["case"])
        else:  # somebody was faster, or the database was away: the moderator looks and clicks again
            self.waiting.append(item | {"version": asked["version"]})

    def _find_notice(self, asked: Json, doing: dict[str, Json]) -> int | None:
        return 0 if self.notices.get(asked["case"]) else None

    def _post_notice(self, asked: Json, doing: dict[str, Json]) -> int:
        shown = self.notices.setdefault(asked["case"], [])
        shown.append(asked["version"])
        if asked["case"] not in self.clicks:
            self.clicks[asked["case"]] = self.chance.choice(["uphold", "dismiss"])
            click = {"kind": "click", "id": f"c{asked['case']}", "case": asked["case"], "version": asked["version"]}
            self.waiting.append(click | {"act": self.clicks[asked["case"]]})
        return len(shown) - 1

    def _edit_notice(self, asked: Json, doing: dict[str, Json]) -> None:
        self.notices[asked["case"]][asked["which"]] = asked["version"]

    def _find_correction(self, asked: Json, doing: dict[str, Json]) -> bool:
        return self.corrections[asked["case"]] > 0

    def _post_correction(self, asked: Json, doing: dict[str, Json]) -> None:
        self.corrections[asked["case"]] += 1


def text_of(number: int) -> str:
    return f"I heard tea cures {number} things." if number % EVERY_THIRD == 0 else f"Lunch number {number} was fine."


class Line:
    """A process's connection to the outside."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._count = 0

    async def listen(self) -> None:
        """Until the outside hangs up."""
        while line := await self._reader.readline():
            got: Mapping[str, Any] = json.loads(line)
            self._calls.pop(got["call"]).set_result(got["answer"])

    async def ask(self, do: str, **asked: Any) -> Any:
        self._count += 1
        answer = self._calls[self._count] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"do": do, "call": self._count, **asked}).encode() + b"\n")
        await self._writer.drain()
        return await answer
