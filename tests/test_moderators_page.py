"""The guide for moderators shows every state that a case can be in."""

import re
from pathlib import Path

import pytest

from bot.core.review import Status, describe
from tests.samples import ANN, case

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("status", Status)
def test_every_state_has_its_words_and_its_picture(status: Status) -> None:
    (row,) = re.findall(rf"^\| \*\*.*notice-{status.replace('_', '-')}\.png.*$", _page(), re.MULTILINE)
    words = re.findall(r"\*\*(.+?)\*\*", row)[0].removesuffix(" by …").lower()
    assert describe(case(status=status, decided_by=ANN)).lower().startswith(words)


def test_every_picture_is_there_and_small() -> None:
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", _page())
    assert len(pictures) >= len(Status)
    sizes = {name: (DOCS / name).stat().st_size for name in pictures if "notice-" in name}
    assert max(sizes.values()) < 64 * 1024


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda p: p.name)
def test_the_pictures_of_every_page_are_there(page: Path) -> None:
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", page.read_text("utf-8"))
    assert [name for name in pictures if not (DOCS / name).is_file()] == []


def _page() -> str:
    return (DOCS / "moderators.md").read_text(encoding="utf-8")
