"""Every row of the state table in the sandbox: the act is done by real clicks in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect
from playwright.async_api import Page as Window

from bot.core.cards import ACT_WORDS
from bot.core.proposals import choices
from bot.core.review import OUTCOMES, Act, Case, Status, allowed, describe
from tests.rows import CLAIM, ROWS, policy_for, title
from tests.samples import PACK, WordScreener
from tests.sandbox.browsing import CHROMIUM, become, visitors
from tests.sandbox.stage import Page, Stage, running

# In the sandbox everybody can be told something, and the queue is no channel where a notice could be deleted.
HERE = [row for row in ROWS if row[1] not in (Act.NOT_TOLD, Act.REMOVED)]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("rows in the sandbox"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@dataclass
class Hall:
    """One sandbox that all rows share, with a window for each person, and a client that sets the scene."""

    stage: Stage
    member: Window
    robin: Window
    ada: Window
    scenes: dict[str, Page]  # by role: clients that set the scene without a browser
    rows: int = 0


@dataclass
class Row:
    hall: Hall
    case_id: int
    post_id: int

    async def case(self) -> Case:
        case = await self.hall.stage.moderation.case(self.case_id)
        assert case is not None
        return case

    async def send(self, act: Act, **more: object) -> None:
        """Set the scene without a browser."""
        version = (await self.case()).version
        status, answer = await self.hall.scenes["moderator"].send(
            "act", {"case": self.case_id, "version": version, "act": act, **more}
        )
        assert status == 200, answer
        await self.told()

    async def told(self) -> None:
        while await self.hall.stage.outbox.deliver_due():
            pass

    def card(self, window: Window) -> Locator:
        return window.locator(f"#case-{self.case_id}")

    def post(self, window: Window) -> Locator:
        return window.locator(f"#post-{self.post_id}")

    async def click(self, act: Act, window: Window | None = None) -> Locator:
        """Click on the card; returns the dialog that may follow."""
        window = window or self.hall.robin
        await window.get_by_label("Case", exact=True).fill(str(self.case_id))
        await self.card(window).locator(f"[data-act={act}]").click()
        return window.get_by_role("dialog")

    async def write(self, window: Window, text: str) -> None:
        await window.get_by_label("Message", exact=True).fill(text)
        await window.get_by_label("Message", exact=True).press("Enter")


async def _button(row: Row, act: Act) -> None:
    await row.click(act, row.hall.ada if act is Act.CONFIRM else None)


async def _uphold(row: Row, act: Act) -> None:
    dialog = await row.click(act)
    await dialog.get_by_role("button", name="Record only").click()


async def _dismiss(row: Row, act: Act) -> None:
    appealed = (await row.case()).status is Status.APPEALED  # which somebody else decides than before
    dialog = await row.click(act, row.hall.ada if appealed else None)
    await dialog.get_by_text("It is a joke").click()
    await dialog.get_by_role("button", name="Close the case").click()


async def _note(row: Row, act: Act) -> None:
    dialog = await row.click(act)
    await dialog.get_by_role("textbox").fill("Asked Ada.")
    await dialog.get_by_role("button", name="Save the note").click()


async def _delete(row: Row, act: Act) -> None:
    dialog = await row.click(act)
    await dialog.get_by_role("button", name="Delete message").click()


async def _undo(row: Row, act: Act) -> None:
    dialog = await row.click(act)
    await dialog.get_by_role("button", name="Undo").click()


async def _edit(row: Row, act: Act) -> None:
    text = "tea is a drink" if act is Act.EDITED_AWAY else f"{CLAIM.format(row.case_id)}, and I mean it"
    await row.post(row.hall.member).get_by_role("button", name="Edit").click()
    await row.write(row.hall.member, text)


async def _remove(row: Row, act: Act) -> None:
    await row.post(row.hall.member).get_by_role("button", name="Delete").click()
    await row.hall.member.get_by_role("dialog").get_by_role("button", name="Delete").click()


async def _appeal(row: Row, act: Act) -> None:
    correction = row.hall.member.locator(f"#post-{(await row.case()).correction_ref}")
    await correction.get_by_role("button", name="This was wrong about me").click()


async def _repeat(row: Row, act: Act) -> None:
    await row.write(row.hall.member, (await row.case()).text)


async def _report(row: Row, act: Act) -> None:
    await row.post(row.hall.robin).get_by_role("button", name="Report").click()
    await row.hall.robin.get_by_role("dialog").get_by_role("button", name="Report").click()


async def _answer(row: Row, act: Act) -> None:
    await row.post(row.hall.robin).get_by_role("button", name="Reply").click()
    await row.write(row.hall.robin, "No, nothing cures all")


ACTS: dict[Act, Callable[[Row, Act], Awaitable[None]]] = {
    **dict.fromkeys((Act.TAKE, Act.RELEASE, Act.CANCEL, Act.CONFIRM, Act.ESCALATE, Act.SNOOZE), _button),
    Act.UPHOLD: _uphold,
    Act.DISMISS: _dismiss,
    Act.NOTE: _note,
    Act.DELETE: _delete,
    Act.UNDO: _undo,
    Act.EDITED: _edit,
    Act.EDITED_AWAY: _edit,
    Act.MESSAGE_DELETED: _remove,
    Act.APPEAL: _appeal,
    Act.REPEATED: _repeat,
    Act.REPORTED: _report,
    Act.ANSWERED: _answer,
}
TELLS: dict[str, Any] = {"chosen": ["tea-cures"], "correction": "reply", "text": "It does not."}
SCENES: dict[Status, tuple[tuple[Act, dict[str, Any]], ...]] = {
    Status.TAKEN: ((Act.TAKE, {}),),
    Status.ESCALATED: ((Act.ESCALATE, {}),),
    Status.SNOOZED: ((Act.SNOOZE, {}),),
    Status.PROPOSED: ((Act.UPHOLD, TELLS),),
    Status.UPHELD: ((Act.UPHOLD, TELLS),),
    Status.APPEALED: ((Act.UPHOLD, TELLS),),
    Status.DISMISSED: ((Act.DISMISS, {"reason": "true"}),),
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def hall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(running(tmp_path_factory.mktemp("rows"), PACK, WordScreener()))
        opened = await stack.enter_async_context(visitors(browser, stage))
        scenes = {role: await stack.enter_async_context(stage.page()) for role in ("member", "moderator", "admin")}
        for role, scene in scenes.items():
            await scene.become(role)
        hall = Hall(stage, await opened(), await opened(), await opened(), scenes)
        await become(hall.robin, "Moderator")
        await become(hall.ada, "Admin")
        yield hall


async def begin(hall: Hall, status: Status, act: Act) -> Row:
    """A case in that state, where the admins allow the row."""
    hall.stage.moderation.policy = policy_for(status, act)
    hall.stage.clock.shift += timedelta(days=4)  # nothing of an earlier row is folded or held
    hall.rows += 1
    await hall.scenes["admin"].send("clear")
    member = hall.scenes["member"]
    _, posted = await member.send("post", {"text": CLAIM.format(hall.rows)})
    found = [c for c in await hall.stage.moderation.queue(limit=1000) if c.key.message == str(posted["id"])]
    row = Row(hall, found[0].id, posted["id"])
    for step, more in SCENES.get(status, ()):
        await row.send(step, **more)
    if status is Status.APPEALED:
        await member.send("appeal", {"id": int((await row.case()).correction_ref)})
    if status is Status.WITHDRAWN:
        await member.send("edit", {"id": row.post_id, "text": "tea is a drink"})
    if status is Status.MESSAGE_DELETED:
        await member.send("delete", {"id": row.post_id})
    return row


@pytest.mark.parametrize(("status", "act"), HERE, ids=map(title, HERE))
async def test_every_row_leads_where_it_says(hall: Hall, status: Status, act: Act) -> None:
    row = await begin(hall, status, act)
    assert (await row.case()).status is status
    await ACTS[act](row, act)
    await hall.ada.get_by_label("Case", exact=True).fill(str(row.case_id))
    done = row.card(hall.ada).locator(".history li", has_text=ACT_WORDS[act].lower())
    await expect(done).to_have_count(1)
    after = await row.case()
    assert after.status is OUTCOMES[status, act]
    await expect(row.card(hall.ada).locator(".state")).to_contain_text(describe(after), ignore_case=True)
    possible = {*allowed(after, hall.stage.moderation.policy), *(["example"] if choices(after) else [])}
    shown = await row.card(hall.ada).locator(".case-acts button").all()
    assert {await b.get_attribute("data-act") for b in shown} == possible
