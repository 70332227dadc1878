"""What every store promises about votes, offers and choices of servers, on SQLite and PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest

from bot.ports import Store, Vote, Votes
from tests.samples import NOON


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


def vote(useful: bool, voter: str = "v1", **more: str) -> Vote:
    whose = {"platform": "discord", "workspace": "1", "topic": "green"} | more
    return Vote(**whose, voter=voter, useful=useful, at=NOON)


async def test_a_person_has_one_vote_on_a_topic_and_can_change_it(store: Store) -> None:
    assert await store.vote(vote(True)) is None
    assert await store.vote(vote(True, voter="v2")) is None
    assert await store.vote(vote(False)) is True
    assert await store.vote(vote(False)) is False
    assert await store.votes("discord", "1") == {"green": Votes(useful=1, cast=2)}


async def test_votes_are_counted_for_each_workspace_and_topic_alone(store: Store) -> None:
    for where in ({}, {"topic": "black"}, {"workspace": "2"}, {"platform": "slack"}):
        await store.vote(vote(True, **where))
    assert await store.votes("discord", "1") == {"green": Votes(1, 1), "black": Votes(1, 1)}
    assert await store.votes("discord", "3") == {}


async def test_a_topic_is_offered_in_a_channel_once_in_a_quiet_period(store: Store) -> None:
    async def claim(topic: str = "green", channel: str = "c", after: timedelta = timedelta()) -> bool:
        return await store.claim_offer("discord", channel, topic, NOON + after, timedelta(minutes=30))

    assert await claim()
    assert not await claim(after=timedelta(minutes=29))
    assert await claim(topic="black")
    assert await claim(channel="d")
    assert await claim(after=timedelta(minutes=30))
    assert not await claim(after=timedelta(minutes=59))


async def test_of_many_who_offer_a_topic_at_once_one_does(store: Store) -> None:
    offers = (store.claim_offer("discord", "c", "green", NOON, timedelta(minutes=30)) for _ in range(20))
    assert sum(await asyncio.gather(*offers)) == 1


async def test_the_last_choices_of_a_workspace_are_kept_and_changes_are_found(store: Store) -> None:
    for platform, workspace, body, hours in (
        ("discord", "1", "a", 0),
        ("discord", "2", "b", 1),
        ("slack", "1", "c", 1),
    ):
        await store.keep_workspace_settings(platform, workspace, body, NOON + timedelta(hours=hours))
    assert await store.workspace_settings("discord", NOON) == {"1": "a", "2": "b"}
    assert await store.workspace_settings("discord", NOON + timedelta(hours=1)) == {"2": "b"}
    await store.keep_workspace_settings("discord", "1", "d", NOON + timedelta(hours=2))
    assert await store.workspace_settings("discord", NOON + timedelta(hours=2)) == {"1": "d"}
