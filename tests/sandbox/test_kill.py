"""The process is killed at every point of a message's way: after the restart nothing is lost and nothing doubled."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.samples import PACK, WordScreener
from tests.sandbox.stage import running
from tests.sandbox.victim import FLAGGED, POINTS, told, uphold


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
async def test_one_notice_and_one_correction_after_a_kill(tmp_path: Path, point: str, when: str) -> None:
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox.victim", str(tmp_path), point, when, cwd=Path(__file__).parents[2]
    )
    assert await victim.wait() == -signal.SIGKILL
    async with running(tmp_path, PACK, WordScreener()) as stage, stage.page() as page:
        if (point, when) == ("post stored", "before"):
            await page.send("post", {"text": FLAGGED})  # nothing was acknowledged, so the author tries again
        await stage.caught_up()
        await told(stage, page)
        await uphold(page)
        await told(stage, page)
        state = await page.state()
        assert [p["text"] for p in state["posts"]] == [FLAGGED, "It does not."]
        assert [c["id"] for c in state["queue"]["closed"]] == [1]
        assert list(await stage.workspace.notices()) == [1]
