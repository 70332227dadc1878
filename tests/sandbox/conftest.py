"""One browser for all tests of a module; and a sandbox of its own, with a page, for each test that asks for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.samples import PACK, WordScreener
from tests.sandbox.browsing import launched
from tests.sandbox.stage import Page, Stage, running


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running(tmp_path, PACK, WordScreener()) as stage:
        yield stage


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    async with stage.page() as page:
        yield page
