"""Ten thousand messages, a kill and a dropped gateway: each is screened once, each case is noticed once."""

import asyncio
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.on_discord import A_SECOND, clicks
from bot.core.pack import Pack
from bot.packs.read import read_pack
from bot.ports import Store
from bot.settings import Settings
from bot.stores.sqlite import open_sqlite
from tests.discord_.life import alive, bot_for
from tests.discord_.wire import HEALTH, MINA, MODS, TOKEN, Wire, discord_on_a_wire

ROOT = Path(__file__).parents[2]
EACH = 100  # one message in so many is a claim
CLAIM = "Vitamin D brings your calcium down."
PLAIN = "see you at the park later, bring the blue frisbee"
LINK = re.compile(r"discord\.com/channels/\d+/(?P<channel>\d+)/(?P<message>\d+)")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(Settings().content)


@pytest.fixture
def many(request: pytest.FixtureRequest) -> int:
    """How many messages are posted; ten thousand with `--posts 10000`."""
    return int(request.config.getoption("posts"))


@pytest.mark.soak
async def test_each_message_of_many_is_screened_once_though_the_gateway_drops(store: Store, many: int) -> None:
    async with discord_on_a_wire() as wire:
        bot, screener = bot_for(wire, store, catch_up_messages=many)
        screener.reads_all = True
        async with alive(bot):
            for number in range(many):
                await wire.post(HEALTH, f"message {number}")
                if number == many // 3:
                    wire.gate.cut()  # and what is missed is replayed
                if number == many // 2:
                    await asyncio.wait_for(wire.until(lambda w: w.gate.resumed >= 1), 60)
                    await wire.gate.invalidate()  # and what is missed is read back
                if number % 50 == 0:
                    await asyncio.sleep(0)
            await screener.until(*(f"message {number}" for number in range(many)))
        read = Counter(screener.read)
        assert len(read) == many
        assert set(read.values()) == {1}
        assert wire.gate.resumed >= 1
        assert wire.gate.identified == 2


@pytest.mark.soak
async def test_each_case_is_noticed_once_though_the_bot_is_killed_and_the_gateway_drops(
    tmp_path: Path, many: int
) -> None:
    async with discord_on_a_wire() as wire:
        async with bot_process(wire, tmp_path, many) as process:
            posted = await write(wire, range(many * 2 // 5))
            process.kill()
        posted |= await write(wire, range(many * 2 // 5, many // 2))
        async with bot_process(wire, tmp_path, many) as process:
            posted |= await write(wire, range(many // 2, many * 7 // 10))
            wire.gate.cut()
            posted |= await write(wire, range(many * 7 // 10, many))
            await asyncio.wait_for(wire.until(lambda w: noticed(w).keys() >= posted), 60)
        assert noticed(wire) == Counter(posted)
    async with open_sqlite(tmp_path) as store:
        cases = await store.cases(limit=many)
        assert Counter(int(c.key.message) for c in cases) == Counter(posted)


@pytest.mark.soak
async def test_clicks_are_answered_while_many_people_write(pack: Pack) -> None:
    """How soon, `python -m bench` tells: that depends on the machine."""
    chat = (ROOT / "bench" / "chat.txt").read_text("utf-8").splitlines()
    subject = [text for m in pack.misconceptions.values() for text in m.flags]
    run = await clicks(pack, chat, subject, 2, a_second=A_SECOND)
    assert len(run.waits) > 3
    assert run.pace > 0


@asynccontextmanager
async def bot_process(wire: Wire, data: Path, many: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The real bot in a process of its own, connected; it is asked to stop when the block ends."""
    environment: dict[str, Any] = os.environ | {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE": f"{wire.url}/api",
        "DISCORD_GATEWAY": wire.gateway,
        "BOT_DATA": str(data),
        "BOT_DISCORD__WATCH": f"[{HEALTH}]",
        "BOT_DISCORD__MODERATORS_CHANNEL": str(MODS),
        "BOT_DISCORD__CATCH_UP_MESSAGES": str(many),
        "BOT_REVIEW__CASES_A_MINUTE": "1000",
        "BOT_HEALTH__PORT": "0",
    }
    listed = rf"GET channels/{HEALTH}/threads/archived/public"  # the last thing that is asked when reading back
    before = wire.asked(listed)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stderr=(data / "log").open("ab")
    )
    try:
        await asyncio.wait_for(wire.until(lambda w: w.asked(listed) > before), 40)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def write(wire: Wire, numbers: range) -> set[int]:
    """Post messages, a few of them claims, each by another person; return the claims."""
    claims: set[int] = set()
    for number in numbers:
        claims_it = number % (EACH) == 7
        author = MINA | {"id": str(1000 + number), "username": f"member{number}"}
        message = await wire.post(HEALTH, CLAIM if claims_it else PLAIN, author)
        if claims_it:
            claims.add(int(message["id"]))
        await asyncio.sleep(0)
    return claims


def noticed(wire: Wire) -> Counter[int]:
    """The messages that moderators were told of, and how often."""
    links = (LINK.search(str(m["embeds"][0].get("description"))) for m in wire.notices())
    return Counter(int(link["message"]) for link in links if link)
