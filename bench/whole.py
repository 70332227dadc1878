"""A whole bot in a process of its own, on a stand-in for Discord over local sockets, while many people write."""

import asyncio
import os
import re
import socket
import sys
import time
import urllib.request
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.urgent import UrgentReader
from tests.discord_.wire import HEALTH, MODS, TOKEN, Wire, discord_on_a_wire

ROOT = Path(__file__).parents[1]
ON_SUBJECT = 100  # one message in so many is about the subject
BEAT = 0.01  # seconds between two handfuls of messages
LEFT = 30.0  # seconds for what is on its way when the writing ends
START = 60.0  # seconds that the bot may take to connect
UNFOLDED = 1000  # notices a minute that are not folded into one
MEGABYTE = 1024 * 1024  # bytes, as ps, top and systemd count


@dataclass(frozen=True, slots=True)
class Load:
    """What is written: so many messages a second, for so many seconds."""

    a_second: float
    seconds: float
    second_reader: bool = True
    bare: bool = False  # a client of discord.py that does nothing, instead of the bot
    core: int | None = None  # the only one that the bot may use; the writing has the others


@dataclass(slots=True)
class Told:
    """What came of it."""

    written: int = 0
    read: int = 0  # as the bot counts them
    wanted: int = 0  # messages that a notice is due for
    waits: list[float] = field(default_factory=list)  # seconds from a message to its notice, in the order of messages
    megabytes: list[float] = field(default_factory=list)  # resident, at the beginning and each second
    busy: float = 0.0  # seconds of processor time that the bot took
    took: float = 0.0  # seconds that the writing took


def messages(pack: Pack, chat: Sequence[str], count: int) -> list[str]:
    """Ordinary chat with one in a hundred on the subject: claims and near misses in turns, none said twice."""
    turns = [
        text for m in pack.misconceptions.values() for pair in zip(m.flags, m.passes, strict=False) for text in pair
    ]
    return [
        f"{turns[n // ON_SUBJECT % len(turns)]} ({n})" if n % ON_SUBJECT == 0 else f"{chat[n % len(chat)]} {n % 997}"
        for n in range(count)
    ]


def noticed(texts: Sequence[str], pack: Pack, screener: Screener) -> frozenset[str]:
    """Those that moderators must be told of."""
    urgent = UrgentReader(pack.safety.red_flags)
    return frozenset(text for text in texts[::ON_SUBJECT] if urgent.key(text) or screener.screen(text).findings)


async def drive(load: Load, texts: Sequence[str], wanted: frozenset[str], folder: Path) -> Told:
    """Write the texts to a bot in a process of its own, and wait for its notices."""
    told = Told(wanted=len(wanted))
    mine = os.sched_getaffinity(0)
    if load.core is not None:
        os.sched_setaffinity(0, mine - {load.core} or mine)
    try:
        async with discord_on_a_wire() as wire, _process(load, wire, folder) as (process, port):
            async with asyncio.timeout(START):
                await wire.gate.until(lambda gateway: gateway.identified == 1)
                await _settled(load, wire)
            seen = psutil.Process(process.pid)
            began = sum(seen.cpu_times()[:2])
            watching = asyncio.create_task(_watch(seen, told))
            due = await _write(load, wire, texts, wanted, told)
            await _wait_for_notices(load, wire, due, told)
            told.busy = sum(seen.cpu_times()[:2]) - began
            watching.cancel()
            told.megabytes.append(resident(seen))
            if not load.bare:
                told.read = await _counts_all(port, told.written + 1)
    finally:
        os.sched_setaffinity(0, mine)
    return told


def resident(process: psutil.Process) -> float:
    """Megabytes that the process holds in memory, as VmRSS in /proc/…/status."""
    return float(process.memory_info().rss) / MEGABYTE


@asynccontextmanager
async def _process(load: Load, wire: Wire, folder: Path) -> AsyncIterator[tuple[Process, int]]:
    port = _free_port()
    command = [sys.executable, "-m", "bench.bare"] if load.bare else [sys.executable, "-m", "bot", "run"]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "DISCORD_", "SLACK_"))} | {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE": f"{wire.url}/api",
        "DISCORD_GATEWAY": wire.gateway,
        "BOT_DATA": str(folder),
        "BOT_DISCORD__WATCH": f"[{HEALTH}]",
        "BOT_DISCORD__MODERATORS_CHANNEL": str(MODS),
        "BOT_REVIEW__CASES_A_MINUTE": str(UNFOLDED),
        "BOT_SCREENING__SECOND_READER": "true" if load.second_reader else "false",
        "BOT_HEALTH__PORT": str(port),
    }
    errors = (folder / "log.txt").open("wb")
    started = await asyncio.create_subprocess_exec(*command, env=env, cwd=ROOT, stdout=DEVNULL, stderr=errors)
    if load.core is not None:
        os.sched_setaffinity(started.pid, {load.core})
    try:
        yield started, port
    finally:
        if started.returncode is None:
            started.terminate()
        await started.wait()
        errors.close()
        if started.returncode:
            print((folder / "log.txt").read_text("utf-8"), end="", file=sys.stderr)


async def _settled(load: Load, wire: Wire) -> None:
    """Return once the bot has read back what was there before, which was nothing, and its commands are told."""
    if not load.bare:
        await wire.until(lambda w: w.asked(r"PUT .*commands") >= 1)
        await wire.post(HEALTH, "Vitamin D lowers calcium in the blood, so take as much of it as you like.")
        await wire.until(lambda w: len(w.notices()) == 1)
    await asyncio.sleep(1)


async def _write(load: Load, wire: Wire, texts: Sequence[str], wanted: frozenset[str], told: Told) -> dict[str, int]:
    """Write in time; return the messages that a notice is due for, with the milliseconds of their posting."""
    due: dict[str, int] = {}
    began = time.monotonic()
    while told.written < len(texts) and (passed := time.monotonic() - began) < load.seconds * 4:
        for text in texts[told.written : int((passed + BEAT) * load.a_second)]:
            message = await wire.post(HEALTH, text)
            told.written += 1
            if text in wanted:
                due[message["id"]] = int(message["id"]) >> 22
        await asyncio.sleep(BEAT)
    told.took = time.monotonic() - began
    return due


async def _wait_for_notices(load: Load, wire: Wire, due: dict[str, int], told: Told) -> None:
    if load.bare:
        return
    try:
        async with asyncio.timeout(LEFT):
            await wire.until(lambda w: len(w.notices()) >= len(due) + 1)
    except TimeoutError:
        pass  # what is missing is told as lost
    at: dict[str, list[int]] = {}
    for notice in wire.notices():
        found = re.search(rf"/{HEALTH}/(\d+)", str(notice))
        assert found is not None
        at.setdefault(found[1], []).append(int(notice["id"]) >> 22)
    assert all(len(times) == 1 for times in at.values()), "a message was noticed twice"
    told.waits = [(at[message][0] - posted) / 1000 for message, posted in due.items() if message in at]


async def _watch(process: psutil.Process, told: Told) -> None:
    while True:
        told.megabytes.append(resident(process))
        print(f"\r{told.written:>8,} messages, {told.megabytes[-1]:6.1f} MB", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(1)


async def _counts_all(port: int, expected: int) -> int:
    """What the bot says that it has read; ordinary chat is added up every few seconds."""
    for _ in range(15):
        if (counted := await asyncio.to_thread(_counted, port)) >= expected:
            break
        await asyncio.sleep(1)
    return counted


def _counted(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return int(sum(float(line.split()[-1]) for line in lines if line.startswith("moderation_messages_total")))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
