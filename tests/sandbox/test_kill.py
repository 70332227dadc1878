"""The process is killed at every point of a message's way: after the restart nothing is lost and nothing doubled."""

import asyncio
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.core.review import Case, Correction
from bot.sandbox.desk import CASES_SHOWN
from bot.sandbox.posts import PRIVATE_NOTE, Kind
from tests.rows import LENIENT
from tests.samples import PACK, WordScreener
from tests.sandbox.stage import Page, Stage, running
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


ROOT = Path(__file__).parents[2]
MIXED_ACTS = 500
LIVES = (80, 130)  # acts that are acknowledged in one life of the process, at least and at most


@pytest.mark.soak
async def test_500_mixed_acts_with_kills_leave_every_case_with_one_true_notice(tmp_path: Path) -> None:
    dice = random.Random(4)
    done: list[tuple[str, ...]] = []
    while len(done) < MIXED_ACTS:
        done += await one_life(tmp_path, dice.randint(*LIVES), seed=len(done))
    async with running(tmp_path, PACK, WordScreener(), LENIENT) as stage, stage.page() as page:
        await stage.caught_up()
        await told(stage, page)
        cases = {c.id: c for c in await stage.moderation.queue(limit=10_000)}
        assert len(cases) > 20
        assert await stage.workspace.notices() == {c.id: c.version for c in cases.values()}
        listed = [case for number in range(1, 2 + len(cases) // CASES_SHOWN) for case in await ids(page, number)]
        assert Counter(listed) == Counter(list(cases))
        assert await corrections(stage) == {(c.id, c.way, c.correction) for c in cases.values() if c.correction}
        await check_history(stage, cases, done)


async def one_life(folder: Path, acts: int, *, seed: int) -> list[tuple[str, ...]]:
    """Let a process work until that many acts were acknowledged, then kill it in the middle of the next."""
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox.busy", str(folder), str(seed), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    lines = [await victim.stdout.readline() for _ in range(acts)]
    victim.kill()
    lines += (await victim.stdout.read()).splitlines()
    assert await victim.wait() == -signal.SIGKILL
    return [tuple(line.decode().split()) for line in lines]


async def ids(page: Page, number: int) -> list[int]:
    """The cases on that page of the queue; none after the last one."""
    queue = (await page.get(f"state?show=all&page={number}"))["queue"]
    return [c["id"] for c in queue["waiting"]] if queue["page"] == number else []


async def corrections(stage: Stage) -> set[tuple[int | None, Correction, str]]:
    """What stands in the channel, and with authors alone; nothing stands twice."""
    posts = await stage.workspace.posts(limit=10_000)
    public = [(p.case_id, Correction.REPLY, p.text) for p in posts if p.kind is Kind.CORRECTION]
    private = [(p.case_id, Correction.PRIVATE, p.text) for p in posts if p.topic == PRIVATE_NOTE]
    assert max(Counter(case for case, *_ in public + private).values(), default=1) == 1
    return {*public, *private}


async def check_history(stage: Stage, cases: dict[int, Case], done: list[tuple[str, ...]]) -> None:
    """Each change has one row, and each act that was acknowledged is among them."""
    rows: Counter[tuple[str, ...]] = Counter()
    for case in cases.values():
        history = await stage.moderation.history(case.id)
        assert len(history) == case.version - 1
        rows.update((str(case.id), e.act.value, e.by.id) for e in history)
    acknowledged = Counter(line for line in done if line[0] != "0" and line[1] not in ("edit", "delete"))
    assert acknowledged <= rows
