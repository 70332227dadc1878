"""A process that is told to stop under load: it ends, gives back what it held, and nothing is lost or doubled."""

import asyncio
import re
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.discord_.wire import HEALTH, MODS, Wire, discord_on_a_wire
from tests.test_takeover import process, says

CLAIM = "Vitamin D lowers calcium in the blood, so take as much of it as you like"
POSTED = 120  # messages, each of which is owed a notice
AT_ONCE = 30  # seconds within which a process must have ended
SOON = 5.0  # seconds; others that are only silent are waited for longer
WATCHED = {
    "BOT_DISCORD__WATCH": f"[{HEALTH}]",
    "BOT_DISCORD__MODERATORS_CHANNEL": str(MODS),
    "BOT_REVIEW__CASES_A_MINUTE": "1000",
    "BOT_SCREENING__SECOND_READER": "false",
}
pytestmark = pytest.mark.soak


def noticed(wire: Wire) -> Counter[str]:
    """How many notices each message has."""
    links = (re.search(rf"/{HEALTH}/(\d+)", str(notice)) for notice in wire.notices())
    return Counter(link[1] for link in links if link)


async def test_stopped_under_load_it_leaves_the_rest_to_the_others(postgres_url: str, tmp_path: Path) -> None:
    async with discord_on_a_wire() as wire, process(wire, postgres_url, tmp_path, **WATCHED) as first:
        await says(first, "invite the bot with")
        async with process(wire, postgres_url, tmp_path, **WATCHED) as second:
            await says(second, "another process has discord")
            posted = []
            for number in range(POSTED):
                posted.append((await wire.post(HEALTH, f"{CLAIM} ({number})"))["id"])
                if number == POSTED // 3:
                    await wire.until(lambda w: len(w.notices()) > 5)
                    first.send_signal(signal.SIGTERM)
                    stopped = time.monotonic()
            assert await asyncio.wait_for(first.wait(), AT_ONCE) == 0
            ended = time.monotonic()
            await says(second, "this process has discord now")
            assert time.monotonic() - ended < SOON, "the lease was not given back"
            assert ended - stopped < AT_ONCE
            async with asyncio.timeout(60):
                await wire.until(lambda w: len(noticed(w)) == POSTED)
            second.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(second.wait(), AT_ONCE) == 0
    assert noticed(wire) == Counter(posted)
