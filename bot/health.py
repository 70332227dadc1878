"""Whether the bot is well: signs of life from its loops, told over HTTP on the loopback address."""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
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

    def problems(self) -> list[str]:
        """Why the bot is not well; empty when it is."""
        now = self._clock.now()
        silent = [f"{name} has been silent for over a minute" for name, at in self._signs.items() if now - at > SILENCE]
        return silent + [words for reason in self._reasons if (words := reason()) is not None]


async def serve(health: Health, host: str, port: int) -> web.AppRunner:
    """Answer GET /healthz with 200 or 503; the caller cleans the runner up. Raises OSError."""

    async def healthz(request: web.Request) -> web.Response:
        problems = health.problems()
        return web.json_response({"ok": not problems, "problems": problems}, status=503 if problems else 200)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
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
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=5):
            return []
    except urllib.error.HTTPError as answer:
        return list(json.load(answer)["problems"])
    except (OSError, ValueError) as error:
        return [f"no bot answers on {host}, port {port}: {error}"]
