"""Pictures of the notice in each state, for docs/moderators.md: `python -m tests.sandbox.pictures docs/pictures`."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Page as Window
from playwright.async_api import expect

from bot.core.pack import Severity
from bot.core.review import Act, Status
from tests.rows import LENIENT
from tests.sandbox.browsing import PHONE, become, launched, visitors
from tests.sandbox.content import shipped_pack, shipped_rules
from tests.sandbox.stage import Page, Stage, running

CLAIM = "Hello. Vitamin D supplements lower your calcium. I have taken them for {} years."  # no two are folded
TELLS: dict[str, Any] = {"chosen": ["vitamin-d-lowers-calcium"], "correction": "reply"}
# So tall that the buttons stand where the card ends.
TALL = PHONE | {"viewport": {"width": 390, "height": 2400}, "device_scale_factor": 1.5}
COLOURS = 24  # enough for flat cards, and keeps the pictures small

# What leads to each state: an act of a moderator with its choices, or what the author does.
STEPS: Mapping[Status, tuple[tuple[str, dict[str, Any]], ...]] = {
    Status.OPEN: (),
    Status.TAKEN: ((Act.TAKE, {}),),
    Status.ESCALATED: ((Act.ESCALATE, {}),),
    Status.SNOOZED: ((Act.SNOOZE, {}),),
    Status.PROPOSED: ((Act.UPHOLD, TELLS),),
    Status.UPHELD: ((Act.UPHOLD, TELLS),),
    Status.DISMISSED: ((Act.DISMISS, {"reason": "quotes"}),),
    Status.APPEALED: ((Act.UPHOLD, TELLS), ("appeal", {})),
    Status.WITHDRAWN: (("edit", {"text": "Vitamin D supplements, anyone?"}),),
    Status.MESSAGE_DELETED: (("delete", {}),),
}


async def draw(folder: Path) -> None:
    """One picture for each state, at the width of a phone."""
    with tempfile.TemporaryDirectory() as data:
        async with (
            running(Path(data), shipped_pack(), shipped_rules(), LENIENT) as stage,
            stage.page() as member,
            stage.page() as moderator,
            launched() as browser,
            visitors(browser, stage) as opened,
        ):
            await moderator.become("moderator")
            window = await opened(TALL)
            await become(window, "Moderator")
            await window.get_by_role("button", name="Queue").click()
            for number, (status, steps) in enumerate(STEPS.items(), start=1):
                await reach(stage, member, moderator, number, steps, two=status is Status.PROPOSED)
                await take(window, number, folder / f"notice-{status.replace('_', '-')}.png")


async def reach(
    stage: Stage,
    member: Page,
    moderator: Page,
    number: int,
    steps: tuple[tuple[str, dict[str, Any]], ...],
    *,
    two: bool,
) -> None:
    """Case `number` in the state to which the steps lead."""
    policy = replace(LENIENT, two_people=frozenset(Severity) if two else frozenset(), may_delete=False)
    stage.moderation.policy = policy
    _, post = await member.send("post", {"text": CLAIM.format(number + 1)})
    for step, choices in steps:
        case = await stage.moderation.case(number)
        assert case is not None
        if step == "appeal":
            status, answer = await member.send(step, {"id": int(case.correction_ref)})
        elif step in ("edit", "delete"):
            status, answer = await member.send(step, {"id": post["id"], **choices})
        else:
            text = await stage.moderation.correction_for(case, choices.get("chosen", ()))
            body = {"case": number, "version": case.version, "act": step, "text": text, **choices}
            status, answer = await moderator.send("act", body)
        assert status == 200, answer
        while await stage.outbox.deliver_due():
            pass


async def take(window: Window, number: int, path: Path) -> None:
    await window.get_by_label("Case", exact=True).fill(str(number))
    card = window.locator(f"#case-{number}")
    await expect(card).to_be_visible()
    picture = Image.open(BytesIO(await card.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
