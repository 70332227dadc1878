"""The service for those who ask, over a real store."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.asking import Answering
from bot.core.message import Person
from bot.core.pace import Pace, Room
from bot.moderation import Moderation
from bot.ports import Store, Votes
from bot.stores.sqlite import open_sqlite
from tests.samples import ANN, BEN, PACK, ManualClock, WordScreener


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_sqlite(tmp_path) as opened:
        yield opened


def mentions(folder: Path, what: bytes) -> bool:
    return any(what in file.read_bytes() for file in folder.iterdir())


def answering(store: Store, clock: ManualClock | None = None) -> Answering:
    clock = clock or ManualClock()
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock)
    return Answering(moderation=moderation, store=store, clock=clock, pace=Pace(by_person=1))


async def test_votes_outlive_the_process_and_count_each_person_once(store: Store) -> None:
    first = answering(store)
    assert await first.vote("discord", "1", ANN, "green", useful=True) is None
    assert await first.vote("discord", "1", BEN, "green", useful=False) is None
    second = answering(store)
    assert await second.vote("discord", "1", ANN, "green", useful=False) is True
    assert await second.votes("discord", "1") == {"green": Votes(useful=0, cast=2)}


async def test_the_same_person_on_two_servers_votes_twice(store: Store) -> None:
    service = answering(store)
    await service.vote("discord", "1", ANN, "green", useful=True)
    await service.vote("discord", "2", ANN, "green", useful=True)
    assert await service.votes("discord", "1") == await service.votes("discord", "2") == {"green": Votes(1, 1)}


async def test_who_voted_stands_nowhere_in_the_store(store: Store, tmp_path: Path) -> None:
    await answering(store).vote("discord", "1", Person("424242", "Ann"), "green", useful=True)
    assert not mentions(tmp_path, b"424242")


async def test_offers_are_quiet_for_a_while_also_after_a_restart(store: Store) -> None:
    clock = ManualClock()
    assert await answering(store, clock).may_offer("discord", "c", "green")
    assert not await answering(store, clock).may_offer("discord", "c", "green")
    clock.pass_time(timedelta(minutes=30))
    assert await answering(store, clock).may_offer("discord", "c", "green")


async def test_public_answers_are_counted_and_private_ones_take_no_room(store: Store) -> None:
    service = answering(store)
    service.answered("discord", "c", ANN, public=False)
    assert service.room("discord", "c", ANN) is Room.EVERYBODY
    service.answered("discord", "c", ANN, public=True)
    assert service.room("discord", "c", ANN) is Room.EAGER
    assert service.room("slack", "c", ANN) is Room.EVERYBODY
