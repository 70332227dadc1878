"""A pack on another subject on Slack: its own command, its own words, its own channels, and no line of code."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.packs.read import read_pack
from bot.readers import screener_for
from bot.reading import ReadingRoom
from bot.settings import load
from tests.packs.test_mutations import STONES
from tests.packs.test_second_pack import CLAIM, OTHER_PACKS_CLAIM
from tests.slack_.conftest import Workspace
from tests.slack_.people import words


@pytest.fixture
async def stones(empty: Workspace, tmp_path: Path) -> AsyncIterator[Workspace]:
    """The workspace whose bot runs with the kidney-stone pack, as its settings say."""
    watched = empty.slack.add_channel("stones")
    watched.members.add(empty.mina.id)
    file = tmp_path / "bot.yaml"
    file.write_text(
        f"content: {STONES}\nslack:\n  watch: [{watched.id}]\n  moderators_channel: {empty.mods.id}\n", "utf-8"
    )
    settings = load(file, {})
    empty.pack = read_pack(settings.content)
    limits = settings.screening
    async with ReadingRoom(screener_for(empty.pack, notice=limits.notice, shadow=limits.shadow)) as room:
        empty.screener = room
        await empty.start(watch=settings.slack.watch, moderators_channel=settings.slack.moderators_channel)
        yield empty
        await empty.stop()


async def test_its_command_has_its_name_and_its_topics(stones: Workspace) -> None:
    await stones.mina.command("/kidney-stones", "food", stones.health)
    await stones.settle()
    shown = words(stones.mina.whisper["blocks"])
    assert "Diet and kidney stones" in shown
    assert "Comparison of two diets" in shown


async def test_its_words_are_recognised_in_its_channel_alone(stones: Workspace) -> None:
    channel = next(c for c in stones.slack.channels.values() if c.name == "stones")
    for where, text in (
        (stones.health, CLAIM),
        (channel, OTHER_PACKS_CLAIM),
        (channel, "Should I cut out all calcium with kidney stones?"),
    ):
        await stones.mina.say(where, text)
        await stones.deliver()
    assert stones.notices == []
    await stones.mina.say(channel, CLAIM)
    await stones.deliver()
    assert "cut-out-calcium" in stones.notice_words
    assert "https://pubmed.ncbi.nlm.nih.gov/11784873/" in stones.notice_words
