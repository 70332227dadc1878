"""What the health check says: well, stuck, not connected, or not there."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.health import Health, ask, serve
from tests.samples import ManualClock


def port_of(runner: web.AppRunner) -> int:
    port: int = runner.addresses[0][1]
    return port


def test_a_loop_that_falls_silent_is_named() -> None:
    clock = ManualClock()
    health = Health(clock)
    health.beat("the outbox")
    assert health.problems() == []
    clock.pass_time(timedelta(seconds=61))
    assert health.problems() == ["the outbox has been silent for over a minute"]


@pytest.mark.parametrize(("reason", "status"), [(None, 200), ("Discord is not connected", 503)])
async def test_it_answers_over_http(reason: str | None, status: int) -> None:
    health = Health(ManualClock())
    health.watch(lambda: reason)
    runner = await serve(health, "127.0.0.1", 0)
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port_of(runner)}/healthz") as got,
        ):
            assert got.status == status
        said = await asyncio.to_thread(ask, "127.0.0.1", port_of(runner))
        assert said == ([reason] if reason else [])
    finally:
        await runner.cleanup()


async def test_a_bot_that_does_not_run_is_a_problem() -> None:
    runner = await serve(Health(ManualClock()), "127.0.0.1", 0)
    port = port_of(runner)
    await runner.cleanup()
    said = await asyncio.to_thread(ask, "127.0.0.1", port)
    assert "no bot answers" in said[0]
