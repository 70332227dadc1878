"""The bot may no longer read its content: what was in force stays until it may again."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from bot.content import Content
from bot.judging import Judge
from bot.moderation import Moderation
from bot.packs.files import collect, glance
from bot.reading import ReadingRoom
from bot.stores.sqlite import open_sqlite
from tests.packs.test_mutations import STONES
from tests.samples import ManualClock
from tests.test_life_cycle import CUT, Admin, by_rules

Seen = TypeVar("Seen")
NOBODY = 65534  # a user whom permissions bind, also where the tests run as root


def bound(look: Callable[[Path], Seen]) -> Callable[[Path], Seen]:
    """The same look at the files, as somebody whom permissions bind."""

    def looks(folder: Path) -> Seen:
        with _as_nobody():
            return look(folder)

    return looks


@contextmanager
def _as_nobody() -> Iterator[None]:
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A pack in a place that everybody may enter, unlike those that pytest makes."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield Path(shutil.copytree(STONES, place / "pack"))
    shutil.rmtree(place)


@pytest.fixture
async def parts(folder: Path, tmp_path: Path) -> AsyncIterator[tuple[Content, Moderation, Admin]]:
    judge, admin = Judge(), Admin()
    loaded = by_rules(folder, judge)
    async with open_sqlite(tmp_path) as store, ReadingRoom(loaded.screener) as room:
        moderation = Moderation(pack=loaded.pack, screener=room, store=store, clock=ManualClock())
        content = Content(
            glance=lambda: bound(glance)(folder),
            load=lambda: by_rules(folder, judge, bound(collect)),
            moderation=moderation,
            room=room,
            store=store,
            clock=ManualClock(),
            notifiers={"sandbox": admin},
        )
        await settle(content)
        yield content, moderation, admin


async def settle(content: Content) -> bool:
    first = await content.look()
    return await content.look() or first


@pytest.mark.parametrize("name", [CUT, "safety.yaml", "topics/diet.yaml", "misconceptions", "topics", ""])
async def test_what_was_in_force_stays_until_the_files_can_be_read_again(
    parts: tuple[Content, Moderation, Admin], folder: Path, name: str
) -> None:
    content, moderation, admin = parts
    before, mode = moderation.pack, (folder / name).stat().st_mode
    (folder / name).chmod(0)
    for _ in range(3):
        assert not await settle(content)
    assert moderation.pack is before
    assert len(admin.alerts) == 1
    assert "ermission" in admin.alerts[0] or "this folder does not exist" in admin.alerts[0]
    (folder / name).chmod(mode)
    await settle(content)
    assert moderation.content_problems == ""
    path = folder / CUT
    path.write_text(path.read_text("utf-8").replace("severity: harmful", "severity: minor"), "utf-8")
    assert await settle(content)
    assert moderation.pack is not before
