"""A pack on another subject needs no line of code: its own command, its own words, its own channels."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.env import Env

from bot.core.answers import search
from bot.discord_.client import DiscordBot
from bot.moderation import Moderation, Outbox
from bot.packs.read import read_pack
from bot.readers import screener_for
from bot.reading import ReadingRoom
from bot.settings import load
from bot.stores.sqlite import open_sqlite
from tests.discord_.conftest import within_limits
from tests.packs.small import SHIPPED
from tests.packs.test_mutations import STONES
from tests.samples import ManualClock, WordScreener
from tests.sandbox.stage import running
from tests.test_command_line import bot

__all__ = ["within_limits"]  # what goes to Discord from here is read, too
CLAIM = "Had a stone last year. Zero dairy for life, that is how you stay free of them."
OTHER_PACKS_CLAIM = "Vitamin D lowers the calcium in your blood."


@dataclass
class Guild:
    """A server whose bot runs with the kidney-stone pack, as its settings say."""

    stones: Any  # the watched channel
    tea: Any  # another one
    mods: Any
    member: Any
    outbox: Outbox

    @property
    def notice(self) -> discord.Message | None:
        message: discord.Message | None = self.mods.last_message
        return message

    async def post(self, channel: Any, text: str) -> int:
        await self.member.send(channel, text)
        return await self.outbox.deliver_due()


@pytest.fixture
async def guild(tmp_path: Path) -> AsyncIterator[Guild]:
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_sqlite(tmp_path / "data"))
        first = Moderation(pack=read_pack(STONES), screener=WordScreener(), store=store, clock=clock)
        env = Env(DiscordBot(load(tmp_path / "none", {}).discord, moderation=first, store=store, clock=clock))
        await env.start()
        server = env.create_guild("Stone formers")
        stones, tea, mods = (server.create_text_channel(name) for name in ("stones", "tea", "mods"))
        file = tmp_path / "bot.yaml"
        file.write_text(
            f"content: {STONES}\ndiscord:\n  watch: [{stones.id}]\n  moderators_channel: {mods.id}\n", "utf-8"
        )
        settings = load(file, {})
        pack, limits = read_pack(settings.content), settings.screening
        screener = screener_for(pack, notice=limits.notice, shadow=limits.shadow)
        room = await stack.enter_async_context(ReadingRoom(screener))
        moderation = Moderation(pack=pack, screener=room, store=store, clock=clock, policy=settings.policy)
        running_bot = DiscordBot(settings.discord, moderation=moderation, store=store, clock=clock)
        await env.restart_bot(running_bot)
        await env.settle()
        outbox = Outbox(store=store, moderation=moderation, notifiers={"discord": running_bot.notifier}, clock=clock)
        yield Guild(stones, tea, mods, server.add_member(env.create_user("mina")), outbox)
        await env.shutdown()
        env.raise_errors()


async def test_its_command_has_its_name_and_its_topics(guild: Guild) -> None:
    shown = await guild.member.slash(guild.stones, "kidney-stones", topic="food")
    embed = shown.response.embeds[0]
    assert embed.title == "Diet and kidney stones"
    label = next(c["label"] for c in shown.response.components[0]["components"] if c["label"].startswith("Sources"))
    sources = await guild.member.click(shown.response, label=label)
    assert "Comparison of two diets" in (sources.response.embeds[0].description or "")


async def test_its_words_are_recognised_in_its_channel_alone(guild: Guild) -> None:
    assert await guild.post(guild.tea, CLAIM) == 0
    assert await guild.post(guild.stones, OTHER_PACKS_CLAIM) == 0
    assert await guild.post(guild.stones, "Should I cut out all calcium with kidney stones?") == 0
    assert guild.notice is None
    assert await guild.post(guild.stones, CLAIM) == 1
    notice = guild.notice
    assert notice is not None
    assert "cut-out-calcium" in (notice.embeds[0].fields[0].name or "")
    assert "https://pubmed.ncbi.nlm.nih.gov/11784873/" in (notice.embeds[0].fields[0].value or "")


async def test_the_sandbox_takes_its_name_and_has_no_thread_to_replay(tmp_path: Path) -> None:
    async with running(tmp_path, read_pack(STONES), WordScreener()) as stage, stage.page() as page:
        state = await page.state()
        assert (state["pack"]["name"], state["pack"]["title"]) == ("kidney-stones", "Kidney stones")
        assert state["pack"]["thread"] == 0
        await page.send("replay")
        assert (await page.state())["posts"] == []


def test_each_pack_answers_from_its_own_topics() -> None:
    stones, shipped = read_pack(STONES), read_pack(SHIPPED)
    assert search(stones, "eating")[0].topic == "diet"
    assert "diet" not in {match.topic for match in search(shipped, "eating")}


def test_the_command_line_works_with_it() -> None:
    chosen = {"BOT_CONTENT": str(STONES)}
    assert bot("check", env=chosen).returncode == 0
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate((CLAIM, OTHER_PACKS_CLAIM))]
    answers = map(json.loads, bot("screen", "--jsonl", given="\n".join(lines), env=chosen).stdout.splitlines())
    assert [[f["misconception"] for f in a["findings"]] for a in answers] == [["cut-out-calcium"], []]
