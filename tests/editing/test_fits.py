"""Nothing of an answer gets lost on the way to Discord and Slack, and what would is told."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.pack import Fact, Pack, Source
from bot.editing.fits import cut_remarks
from bot.packs.check import check_pack
from bot.packs.read import read_pack
from tests.packs.small import SHIPPED
from tests.packs.test_mutations import DIET, STONES


def test_every_fact_and_every_source_of_the_pack_that_ships_is_shown() -> None:
    assert list(cut_remarks(read_pack(SHIPPED))) == []


def test_twenty_long_sources_on_one_page_are_all_shown() -> None:
    assert list(cut_remarks(pack_with(sources=20, text="Less salt helps."))) == []


@pytest.mark.parametrize(
    ("sources", "text", "platform", "what"),
    [
        (2, "Less salt helps. " * 300, "Discord", "this fact"),
        (60, "Less salt helps.", "Discord", "the source"),
        (1, "Less salt helps. " * 300, "Slack", "this fact"),
    ],
)
def test_what_a_platform_would_cut_is_named(sources: int, text: str, platform: str, what: str) -> None:
    found = list(cut_remarks(pack_with(sources=sources, text=text)))
    fitting = [r for r in found if platform in r.message and what in r.message]
    assert fitting, found
    assert all(r.rule == "cut" and r.hint and r.at[:2] == ("topics", "diet") for r in found)


def test_check_tells_it_at_the_line_of_the_fact(tmp_path: Path) -> None:
    folder = shutil.copytree(STONES, tmp_path / "pack")
    text = (folder / DIET).read_text("utf-8")
    (folder / DIET).write_text(text.replace('"In a 5-year', f'"{"Less salt helps. " * 300} In a 5-year'), "utf-8")
    found = [p for p in check_pack(folder, today=date(2026, 11, 25), also=cut_remarks) if p.rule == "cut"]
    assert {(Path(p.file).name, p.line) for p in found} == {("diet.yaml", 12)}


def pack_with(*, sources: int, text: str) -> Pack:
    """The kidney-stone pack with a topic of one fact that has that many sources."""
    pack = read_pack(STONES)
    page = "https://example.org/a-rather-long-address-as-publishers-like-them/with-parts/and-more-parts"
    keys = tuple(f"source-{n}" for n in range(sources))
    known = {
        key: Source(key, f"A title of the usual length, number {key}", "A journal", f"{page}/{key}", True)
        for key in keys
    }
    diet = replace(pack.topics["diet"], facts=(Fact(text, keys),))
    return replace(pack, topics={"diet": diet}, sources=known, misconceptions={})
