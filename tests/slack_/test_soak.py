"""5,000 messages, a socket that drops and a process that is killed in the middle: nothing is lost or told twice."""

import asyncio
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.stores.sqlite import open_sqlite
from tests.slack_.fake import Channel, FakeSlack, Json, slack_on_a_wire

MESSAGES, EACH_FLAGGED, AT_ONCE, PEOPLE = 5000, 20, 100, 20
DROPPED, KILLED, BACK = 1700, 3400, 3500  # after so many messages


class Victim:
    """The process, and what it has read."""

    def __init__(self, folder: Path, url: str) -> None:
        self._arguments = (sys.executable, "-m", "tests.slack_.victim", str(folder), url)
        self._read = asyncio.Event()
        self.read: Counter[str] = Counter()

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *self._arguments, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE
        )
        self._listening = asyncio.create_task(self._listen())

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self._listening

    async def has_read(self, count: int) -> None:
        while len(self.read) < count:
            self._read.clear()
            await self._read.wait()

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.read[line.decode().strip()] += 1
            self._read.set()


def text(number: int) -> str:
    return f"tea cures all, says m{number}" if number % EACH_FLAGGED == 0 else f"good morning everybody m{number}"


def notices(mods: Channel) -> list[Json]:
    return [m for m in mods.messages.values() if m.get("metadata", {}).get("event_type") == "case_notice"]


@pytest.mark.soak
async def test_5000_messages_with_a_drop_and_a_kill_are_each_read_and_each_case_noticed_once(tmp_path: Path) -> None:
    async with slack_on_a_wire(SystemClock()) as slack:
        health, mods = slack.add_channel("health"), slack.add_channel("mods")
        people = [slack.add_user(f"p{n}") for n in range(PEOPLE)]
        victim = Victim(tmp_path, slack.url)
        await victim.start()
        await slack.opened()
        try:
            await talk(slack, health, people, victim)
            await asyncio.wait_for(victim.has_read(MESSAGES), 60)
            await asyncio.wait_for(slack.until(lambda: len(notices(mods)) >= MESSAGES // EACH_FLAGGED), 60)
            await slack.acknowledged()
        finally:
            await victim.kill()
        await check(tmp_path, slack, mods, victim)


async def talk(slack: FakeSlack, health: Channel, people: list[str], victim: Victim) -> None:
    """Say everything; at two points something breaks."""
    for number in range(MESSAGES):
        await slack.post(people[number % PEOPLE], health, text(number))
        if number == DROPPED:
            await slack.drop()
            await slack.opened()
        if number == KILLED:
            await victim.kill()
            await slack.drop()
        if number == BACK:
            await victim.start()
            await slack.opened()
        if number % AT_ONCE == AT_ONCE - 1 and not KILLED <= number < BACK:
            await slack.acknowledged()
            await victim.has_read(number - 2 * AT_ONCE)  # people don't talk faster than that for long


async def check(folder: Path, slack: FakeSlack, mods: Channel, victim: Victim) -> None:
    again = [m for m, count in victim.read.items() if count > 1]
    assert max(victim.read.values()) <= 2
    assert all(int(m[1:]) <= BACK for m in again)  # read by both processes: what the first had no time to write down
    assert len(victim.read) == MESSAGES
    shown = Counter(n["metadata"]["event_payload"]["case"] for n in notices(mods))
    assert set(shown.values()) == {1}
    async with open_sqlite(folder) as store:
        cases = await store.cases(limit=MESSAGES)
    assert len(cases) == MESSAGES // EACH_FLAGGED == len(shown)
    assert len({c.key for c in cases}) == len(cases)
    assert slack.faults == []
    print(f"{len(again)} of {MESSAGES} messages were read by both processes; {len(cases)} cases, one notice each")
