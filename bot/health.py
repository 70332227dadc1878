"""Whether the bot is well: signs of life from its loops, told over HTTP on the loopback address."""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiohttp import web

from bot.ports import Clock

log = logging.getLogger(__name__)
SILENCE = timedelta(seconds=60)  # a loop that says nothing for longer is taken to be stuck


class Health:
    """Collects signs of life, and reasons why something is not ready."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._signs: dict[str, datetime] = {}
        self._reasons: list[Callable[[], str | None]] = []

    def beat(self, loop: str) -> None:
        """The loop of that name is alive now."""
        self._signs[loop] = self._clock.now()

    def watch(self, reason: Callable[[], str | None]) -> None:
        """Ask `reason` at each check; it returns None when all is well, else a plain sentence."""
        self._reasons.append(reason)

    def forget(self, reason: Callable[[], str | None]) -> None:
        """Ask no longer."""
        self._reasons.remove(reason)

    def stuck(self) -> list[str]:
        """Loops that have fallen silent."""
        now = self._clock.now()
        return [f"{name} has been silent for over a minute" for name, at in self._signs.items() if now - at > SILENCE]

    def waits(self) -> list[str]:
        """Why the bot can't do its work now, though nothing is stuck."""
        return [words for reason in self._reasons if (words := reason()) is not None]

    def problems(self) -> list[str]:
        """Why the bot is not well; empty when it is."""
        return self.stuck() + self.waits()


async def serve(
    health: Health, host: str, port: int, metrics: Callable[[], Awaitable[bytes]] | None = None
) -> web.AppRunner:
    """Answer GET /healthz with 200 or 503, and /metrics; the caller cleans the runner up. Raises OSError.

    The answer tells apart `live` (no loop is stuck; otherwise restart it) and `ready` (it can do its work).
    """

    async def healthz(request: web.Request) -> web.Response:
        stuck, waits = health.stuck(), health.waits()
        said = {"live": not stuck, "ready": not stuck and not waits, "problems": stuck + waits}
        return web.json_response(said, status=200 if said["ready"] else 503)

    async def numbers(request: web.Request) -> web.Response:
        assert metrics is not None
        return web.Response(body=await metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    if metrics is not None:
        app.router.add_get("/metrics", numbers)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


def ask(host: str, port: int) -> list[str]:
    """What a running bot says about itself: its problems, or why it can't be asked."""
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=5):  # always http  # nosec B310
            return []
    except urllib.error.HTTPError as answer:
        return list(json.load(answer)["problems"])
    except (OSError, ValueError) as error:
        return [f"no bot answers on {host}, port {port}: {error}"]
