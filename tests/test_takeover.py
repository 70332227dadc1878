"""Two whole processes with one Discord token: one is connected, and when it dies or hangs the other one is, in time."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.discord_.wire import TOKEN, Wire, discord_on_a_wire

ROOT = Path(__file__).parents[1]
IN_TIME = 10.0  # seconds
LOGIN = "GET /api/users/@me"
pytestmark = pytest.mark.soak


@asynccontextmanager
async def process(wire: Wire, url: str, data: Path) -> AsyncIterator[Process]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "DISCORD_", "SLACK_"))}
    given = {"BOT_STORE": url, "BOT_DATA": str(data), "BOT_SANDBOX__ENABLED": "'no'", "BOT_HEALTH__ENABLED": "'no'"}
    given |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_BASE": f"{wire.url}/api", "DISCORD_GATEWAY": wire.gateway}
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=kept | given, cwd=ROOT, stderr=PIPE
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def says(one: Process, words: str) -> None:
    """Return once the process has logged the words."""
    assert one.stderr is not None
    while line := (await asyncio.wait_for(one.stderr.readline(), 60)).decode():
        if words in line:
            return
    raise AssertionError(f"it ended without {words!r}")


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
async def test_another_process_takes_discord_over_within_ten_seconds(
    fate: signal.Signals, postgres_url: str, tmp_path: Path
) -> None:
    async with discord_on_a_wire() as wire, process(wire, postgres_url, tmp_path) as first:
        await says(first, "this process has discord now")
        await says(first, "invite the bot with")  # it is connected
        async with process(wire, postgres_url, tmp_path) as second:
            await says(second, "another process has discord")
            assert wire.requests.count(LOGIN) == 1
            first.send_signal(fate)
            began = time.monotonic()
            await says(second, "this process has discord now")
            assert time.monotonic() - began < IN_TIME
            await says(second, "invite the bot with")
            if fate is signal.SIGSTOP:
                first.send_signal(signal.SIGCONT)  # it was only asleep, and must leave what is another's now
                await says(first, "another process has taken discord over")
            second.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(second.wait(), 30) == 0
