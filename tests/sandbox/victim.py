"""A sandbox that kills itself at a named point, while a message is flagged and its case is upheld."""

import asyncio
import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.sandbox.workspace import Workspace
from bot.stores.sql import SqlStore
from tests.samples import PACK, WordScreener
from tests.sandbox.stage import Page, Stage, running

FLAGGED = "I heard tea cures all."
UPHOLD = {"act": "uphold", "chosen": ["tea-cures"], "correction": "reply", "text": "It does not."}
POINTS: dict[str, tuple[type, str]] = {
    "post stored": (Workspace, "add"),
    "case opened": (SqlStore, "open_case"),
    "post screened": (Workspace, "mark_screened"),
    "notice shown": (Workspace, "show"),
    "duty done": (SqlStore, "done"),
    "case decided": (SqlStore, "save"),
    "correction posted": (Workspace, "post_correction"),
}


def arm(owner: type, name: str, *, before: bool) -> None:
    """Make the method kill the process, before or after it has done its work."""
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @functools.wraps(original)
    async def deadly(*arguments: Any, **named: Any) -> None:
        if not before:
            await original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)


async def live(folder: Path) -> None:
    """Post something flagged, let its notice be shown, uphold it, let the correction be posted."""
    async with running(folder, PACK, WordScreener()) as stage, stage.page() as page:
        await page.send("post", {"text": FLAGGED})
        await told(stage, page)
        await uphold(page)
        await told(stage, page)


async def told(stage: Stage, page: Page) -> None:
    """Everything that is due was done, by whichever worker came first."""
    await page.become("moderator")
    while await stage.outbox.deliver_due():
        pass


async def uphold(page: Page) -> None:
    """Uphold the case if it still waits."""
    for case in await page.waiting():
        await page.send("act", UPHOLD | {"case": case["id"], "version": case["version"]})


if __name__ == "__main__":
    arm(*POINTS[sys.argv[2]], before=sys.argv[3] == "before")
    asyncio.run(live(Path(sys.argv[1])))
