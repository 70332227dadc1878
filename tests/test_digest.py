"""The regular summary: once a period, with a picture."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.digest import Digest
from bot.ports import Notifier, Undeliverable
from bot.stores.sqlite import open_sqlite
from tests.samples import message
from tests.test_moderation import World

DAY = timedelta(days=1)


class Posted:
    """A platform that remembers its digests."""

    def __init__(self) -> None:
        self.digests: list[tuple[str, str, bytes | None]] = []
        self.away = False

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        if self.away:
            raise Undeliverable("away")
        self.digests.append((name, words, picture))


def digest_of(world: World, board: Posted) -> Digest:
    notifiers: Mapping[str, Notifier] = {"sandbox": board}  # type: ignore[dict-item]
    return Digest(moderation=world.moderation, store=world.store, notifiers=notifiers, clock=world.clock, period=DAY)


@pytest.mark.parametrize("away_first", [False, True])
async def test_a_summary_comes_once_a_period_also_after_a_restart(tmp_path: Path, away_first: bool) -> None:
    async with open_sqlite(tmp_path) as store:
        world, board = World(store), Posted()
        assert not await digest_of(world, board).post_if_due()
        await world.moderation.message_posted(message("tea cures all"))
        world.clock.pass_time(DAY - timedelta(minutes=1))
        assert not await digest_of(world, board).post_if_due()
        world.clock.pass_time(timedelta(minutes=1))
        board.away = away_first
        assert await digest_of(world, board).post_if_due() is not away_first
        board.away = False
        assert await digest_of(world, board).post_if_due() is away_first
        assert not await digest_of(world, board).post_if_due()
        ((name, words, picture),) = board.digests
        assert name == "digest-2026-03-02"
        assert words.startswith("Summary of 02 March 2026\n1 case in the last 24 hours; 1 waiting")
        assert picture is not None
        assert picture.startswith(b"\x89PNG")
