"""Examples from decisions in the sandbox: the server's rules, and the way through the page in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from bot.core.proposals import Label, Proposal
from bot.core.review import Refused
from tests.samples import PACK, WordScreener
from tests.sandbox.browsing import become, launched, picture, visitors
from tests.sandbox.stage import Page, Stage, running

UPHELD = {"case": 1, "version": 1, "act": "uphold", "chosen": ["tea-cures"], "correction": "record"}
PROPOSAL: dict[str, Any] = {"case": 1, "claim": "tea-cures", "label": "flags", "words": "tea cures all"}


class Folder:
    """Where examples are written; it refuses what it is told to."""

    def __init__(self) -> None:
        self.written: list[Proposal] = []
        self.refuses = ""

    async def write(self, proposal: Proposal) -> str:
        if self.refuses:
            raise Refused(self.refuses)
        self.written.append(proposal)
        return ""


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
async def stage(tmp_path: Path, folder: Folder) -> AsyncIterator[Stage]:
    async with running(tmp_path, PACK, WordScreener(), write=folder.write) as stage:
        yield stage


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    """A moderator's page, after a case was upheld."""
    async with stage.page() as page:
        await page.send("post", {"text": "Mika here, tea cures all: https://example.org"})
        await page.become("moderator")
        assert (await page.send("act", UPHELD))[0] == 200
        yield page


async def test_the_draft_is_nobodys_and_follows_the_decision(page: Page) -> None:
    draft = await page.get("examples/draft?case=1")
    assert draft["text"] == "here, tea cures all"
    assert draft["choices"] == [{"claim": "tea-cures", "label": "flags"}]


async def test_an_admin_approves_what_a_moderator_proposed(page: Page, folder: Folder) -> None:
    assert (await page.send("examples/propose", PROPOSAL))[0] == 200
    await page.become("admin")
    (waits,) = (await page.get("examples"))["waiting"]
    assert (waits["text"], waits["label"], waits["by"]) == ("tea cures all", "to be flagged", "Robin")
    status, answer = await page.send("examples/approve", {"id": waits["id"]})
    assert (status, answer["words"]) == (200, "Written into the content file. The bot takes it over within seconds.")
    assert [(p.label, p.text) for p in folder.written] == [(Label.FLAGS, "tea cures all")]
    assert (await page.get("examples"))["waiting"] == []
    assert (await page.send("examples/reject", {"id": waits["id"]}))[0] == 409


async def test_a_refusal_of_the_content_is_told_word_for_word(page: Page, folder: Folder) -> None:
    folder.refuses = "misconceptions/tea-cures.yaml:7:5: the same example is under `passes`"
    await page.send("examples/propose", PROPOSAL)
    await page.become("admin")
    status, answer = await page.send("examples/approve", {"id": 1})
    assert (status, answer["error"]) == (409, folder.refuses)
    assert len((await page.get("examples"))["waiting"]) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"words": "see https://example.org"}, 409),
        ({"words": ""}, 400),
        ({"words": "tea " * 2000}, 400),
        ({"label": "maybe"}, 400),
        ({"claim": "tea-is-blue"}, 409),
        ({"case": 2}, 409),
        ({"case": "1"}, 400),
    ],
)
async def test_what_is_not_fit_is_refused(page: Page, change: dict[str, Any], status: int) -> None:
    assert (await page.send("examples/propose", PROPOSAL | change))[0] == status


@pytest.mark.parametrize(("role", "path"), [("member", "propose"), ("moderator", "approve"), ("moderator", "reject")])
async def test_the_wrong_role_is_refused(page: Page, role: str, path: str) -> None:
    await page.send("examples/propose", PROPOSAL)
    await page.become(role)
    assert (await page.send(f"examples/{path}", PROPOSAL | {"id": 1}))[0] == 403


@pytest.mark.browser
async def test_the_way_through_the_page(stage: Stage, page: Page, folder: Folder) -> None:
    async with launched() as browser, visitors(browser, stage) as opened:
        window = await opened()
        await become(window, "Moderator")
        await expect(window.get_by_role("button", name="Examples")).to_be_hidden()
        await window.locator("#closed-box > summary").click()
        await window.get_by_role("button", name="Use as example…").click()
        await expect(window.locator("#example-words")).to_have_value("here, tea cures all")
        await window.locator("#example-words").fill("tea cures everything")
        await picture(window, "example-proposed")
        await window.get_by_role("button", name="Propose").click()
        await expect(window.locator("#toasts")).to_contain_text("An admin will look at it")
        await become(window, "Admin")
        await window.get_by_role("button", name="Examples").click()
        await expect(window.locator("#example-list")).to_contain_text("tea cures everything")
        await picture(window, "example-waits")
        await window.get_by_role("button", name="Approve").click()
        await expect(window.locator("#example-list")).to_contain_text("No example waits for you.")
        await expect(window.locator("#toasts")).to_contain_text("Written into the content file.")
        assert [p.text for p in folder.written] == ["tea cures everything"]
