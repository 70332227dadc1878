"""How long the event loop is held up while messages are read with the second reader."""

import asyncio
import statistics
import time
from collections.abc import Coroutine, Sequence

from bench.rows import Row
from bot.core.pack import Pack
from bot.readers import MODEL, screener_for
from bot.reading import ReadingRoom

TICK = 0.001  # seconds
PERCENT = 100


async def loop_rows(pack: Pack, subject: Sequence[str]) -> list[Row]:
    """What a timer of a millisecond is late by, at its 99th percentile and at worst: idle, and under full work."""
    if not MODEL.exists():
        return []
    async with ReadingRoom(screener_for(pack, notice=0.75, shadow=0.4), depth=len(subject)) as room:
        started = time.perf_counter()
        busy = await _late_while(_streamed(room, subject))
        idle = await _late_while(asyncio.sleep(time.perf_counter() - started))
    return [row for name, pick in PICKS.items() for row in _pair(name, pick(idle), pick(busy))]


async def _streamed(room: ReadingRoom, texts: Sequence[str]) -> None:
    """Messages that come in faster than they can be read, one at a time as from a gateway."""
    reading = []
    for text in texts:
        reading.append(asyncio.create_task(room.screen(text)))
        await asyncio.sleep(TICK)
    await asyncio.gather(*reading)


async def _late_while(work: Coroutine[object, object, None]) -> list[float]:
    """Seconds by which each tick came late until the work was done."""
    task = asyncio.create_task(work)
    late: list[float] = []
    while not task.done():
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(max(0.0, time.perf_counter() - due))
    await task
    return late


def _pair(name: str, idle: float, busy: float) -> list[Row]:
    return [
        Row(f"event loop late, {name}: idle", idle * 1e6),
        Row(f"event loop late, {name}: the second reader at work", busy * 1e6, "idle", busy / idle),
    ]


def _hundredth(late: Sequence[float]) -> float:
    return statistics.quantiles(late, n=PERCENT)[-1]


PICKS = {"1 tick in 100": _hundredth, "at worst": max}
