"""A real browser on the sandbox's page: opening it for visitors, and choosing who they are."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.sandbox.stage import Stage

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK: dict[str, Any] = {"viewport": {"width": 1360, "height": 860}, "reduced_motion": "reduce"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "reduced_motion": "reduce",
}

Opener = Callable[..., Awaitable[Page]]
expect.set_options(timeout=20_000)  # ms; how long a busy machine may take, not how long anything should take


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def visitors(browser: Browser, stage: Stage) -> AsyncIterator[Opener]:
    """Opens the page for a new visitor; in the end no page has met an error or asked another host for anything."""
    problems: list[str] = []
    contexts = []

    async def opened(look: dict[str, Any] = DESK, **more: Any) -> Page:
        contexts.append(await browser.new_context(**look, **more))
        page = await contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(f"the page failed: {error}"))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        page.on("request", lambda r: None if r.url.startswith(stage.sandbox.url) else problems.append(r.url))
        await page.goto(stage.sandbox.url)
        await plays(page, "Member")
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert problems == []


async def picture(page: Page, name: str) -> None:
    """Keep a screenshot where SCREENSHOTS says."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def plays(page: Page, role: str) -> None:
    """The server has told the page that it has this role; the page shows nothing before."""
    await expect(page.locator("body")).to_have_attribute("data-role", role.lower())
    await expect(page.get_by_role("radio", name=role)).to_be_checked()


async def become(page: Page, role: str) -> None:
    await page.locator(".roles").get_by_text(role, exact=True).click()
    await plays(page, role)
