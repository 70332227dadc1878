"""5,000 messages, a socket that drops and a process that is killed in the middle: nothing is lost or told twice."""

import asyncio
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.ports import Store
from bot.stores.sqlite import open_sqlite
from tests.slack_.busy import Crowd, seen
from tests.slack_.fake import Channel, FakeSlack, Json, slack_on_a_wire
from tests.slack_.victim import MODERATORS, bot_on

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


ACTS, LIVES, AT_LAST = 200, 5, 3  # acts in all, lives of the process, acts that are sent right before a kill


@pytest.mark.soak
async def test_acts_and_messages_between_kills_are_each_noticed_and_applied_once(tmp_path: Path) -> None:
    async with slack_on_a_wire(SystemClock()) as slack, open_sqlite(tmp_path) as store:
        health, mods = slack.add_channel("health"), slack.add_channel("mods")
        crowd = Crowd(slack, store, health, mods, names=("ann", "ben"), seed=13)
        victim = Victim(tmp_path, slack.url)
        for life in range(LIVES):
            await victim.start()
            await slack.opened()
            try:
                await crowd.begin()
                for _ in range(ACTS // LIVES - AT_LAST):
                    await crowd.act()
                await crowd.break_off(AT_LAST, late=bool(life % 2))
            finally:
                await victim.kill()
                await slack.drop()
        await finish(store, slack)
        await check_acts(store, slack, crowd)


async def finish(store: Store, slack: FakeSlack) -> None:
    """A process that lives does what the others left."""
    bot, outbox = bot_on(store, slack.url)
    running = asyncio.create_task(bot.run_until_closed())
    await bot.connected.wait()
    for _ in range(2):  # what it does makes events of its own
        await slack.acknowledged()
        await bot.work.done()
        while await outbox.deliver_due():
            pass
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def check_acts(store: Store, slack: FakeSlack, crowd: Crowd) -> None:
    cases = {c.id: c for c in await store.cases(limit=10_000)}
    histories = [await store.history(case) for case in cases]
    assert len(cases) > LIVES
    assert sorted(map(seen, crowd.notices())) == sorted((c.id, c.version) for c in cases.values())
    assert [len(h) for h in histories] == [c.version - 1 for c in cases.values()]
    applied = Counter((e.case_id, e.act, e.by.id) for h in histories for e in h if e.by.id in MODERATORS)
    assert crowd.done <= applied <= crowd.sent
    assert corrections(slack) == Counter((c.id, c.correction) for c in cases.values() if c.correction)
    assert slack.faults == []
    acts = sum(crowd.sent.values())
    print(f"{acts} clicks on {len(cases)} cases, {applied.total()} applied, {LIVES} kills")


def corrections(slack: FakeSlack) -> Counter[tuple[int, str]]:
    """What stands in the channel, and with its author alone."""
    told: Counter[tuple[int, str]] = Counter()
    for message in (m for c in slack.channels.values() for m in c.messages.values()):
        marked = message.get("metadata") or {}
        if marked.get("event_type") == "case_correction":
            told[marked["event_payload"]["case"], message["text"].partition("\n\nThis is about")[0]] += 1
    return told


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
