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

from tests.discord_.test_shards import FAR, THERE
from tests.discord_.wire import TOKEN, Wire, discord_on_a_wire, server

ROOT = Path(__file__).parents[1]
IN_TIME = 10.0  # seconds
LOGIN = "GET /api/users/@me"
pytestmark = pytest.mark.soak


@asynccontextmanager
async def process(wire: Wire, url: str, data: Path, shards: str = "auto", **more: str) -> AsyncIterator[Process]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "DISCORD_", "SLACK_"))}
    given = {"BOT_STORE": url, "BOT_DATA": str(data), "BOT_SANDBOX__ENABLED": "'no'", "BOT_HEALTH__ENABLED": "'no'"}
    given |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_BASE": f"{wire.url}/api", "DISCORD_GATEWAY": wire.gateway}
    given |= {"BOT_DISCORD__SHARDS": shards}
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=kept | given | more, cwd=ROOT, stderr=PIPE
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


async def test_shards_are_never_held_twice_and_a_spare_process_takes_over_those_of_a_dead_one(
    postgres_url: str, tmp_path: Path
) -> None:
    """One process has shard 0 and another one shard 1; a third one waits, with the settings of the first."""
    guilds = [server(), server(FAR, {THERE: "health too"})]
    async with (
        discord_on_a_wire(guilds=guilds, shards=2) as wire,
        process(wire, postgres_url, tmp_path, "0 of 2") as first,
        process(wire, postgres_url, tmp_path, "1 of 2") as second,
    ):
        await says(first, "this process has discord shard 0 of 2 now")
        async with process(wire, postgres_url, tmp_path, "0 of 2") as spare:
            await says(first, "invite the bot with")  # it is connected
            await says(second, "invite the bot with")
            await says(spare, "another process has discord shard 0 of 2")
            assert connected(wire) == [0, 1]
            first.kill()
            began = time.monotonic()
            await says(spare, "this process has discord shard 0 of 2 now")
            assert time.monotonic() - began < IN_TIME
            await says(spare, "invite the bot with")
            assert connected(wire) == [0, 1]
            assert wire.gate.identified == 3  # nobody connected anew but the spare one


def connected(wire: Wire) -> list[int]:
    """The shards that somebody is connected with."""
    return sorted(session.shard[0] for session in wire.gate.sessions.values() if session.line is not None)
