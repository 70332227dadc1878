"""The service and its outbox over a real store: messages in, cases and notices out."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.message import MessageKey
from bot.core.pack import Severity
from bot.core.review import Act, Case, Correction, Decision, Policy, Refused, Status
from bot.moderation import Moderation, Outbox
from bot.ports import Impossible, Record, Store, Undeliverable
from bot.stores.sqlite import open_sqlite
from tests.samples import ANN, BEN, KEY, NOON, PACK, ManualClock, WordScreener, message


class Board:
    """A platform that remembers what it was told; see bot.ports.Notifier."""

    def __init__(self) -> None:
        self.notices: dict[int, Case] = {}
        self.corrections: dict[int, str] = {}
        self.broken = False
        self.closed = False  # nobody can be told anything, ever
        self.deleted: list[int] = []

    async def show(self, case: Case, records: Mapping[str, Record]) -> str:
        if self.broken:
            raise Undeliverable("the board is away")
        self.notices[case.id] = case
        return f"n{case.id}"

    async def post_correction(self, case: Case) -> str:
        if self.closed:
            raise Impossible("the author has left")
        self.corrections[case.id] = case.correction
        return f"c{case.id}"

    async def delete_message(self, case: Case) -> None:
        self.deleted.append(case.id)

    async def remove_correction(self, case: Case) -> None:
        self.corrections.pop(case.id, None)


class World:
    def __init__(self, store: Store, policy: Policy | None = None) -> None:
        self.clock, self.board, self.store = ManualClock(), Board(), store
        self.moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=self.clock, policy=policy)
        self.outbox = Outbox(
            store=store, moderation=self.moderation, notifiers={"sandbox": self.board}, clock=self.clock
        )

    async def decide(self, act: Act, version: int = 1, **more: object) -> Case:
        return await self.moderation.decide(1, Decision(act, ANN, NOON, version, **more))  # type: ignore[arg-type]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_sqlite(tmp_path) as store:
        yield World(store)


async def test_a_clean_message_opens_nothing(world: World) -> None:
    assert await world.moderation.message_posted(message("nice weather")) is None
    assert await world.outbox.deliver_due() == 0


async def test_a_claim_becomes_one_case_with_one_notice(world: World) -> None:
    for _ in range(3):  # redelivered
        await world.moderation.message_posted(message("tea cures all and is blue"))
    assert await world.outbox.deliver_due() == 1
    (shown,) = world.board.notices.values()
    assert [f.misconception for f in shown.flags] == ["tea-cures", "tea-is-blue"]


async def test_the_same_message_from_two_tasks_makes_one_case(world: World) -> None:
    cases = await asyncio.gather(*(world.moderation.message_posted(message("tea cures")) for _ in range(8)))
    assert {c.id for c in cases if c} == {1}
    assert await world.outbox.deliver_due() == 1


@pytest.mark.parametrize(
    ("edited", "status", "flags"),
    [
        ("tea is nice", Status.WITHDRAWN, ["tea-cures"]),
        ("tea cures and is blue", Status.OPEN, ["tea-cures", "tea-is-blue"]),
    ],
)
async def test_an_edit_updates_the_notice(world: World, edited: str, status: Status, flags: list[str]) -> None:
    await world.moderation.message_posted(message("tea cures"))
    await world.moderation.message_posted(message(edited))
    await world.outbox.deliver_due()
    shown = world.board.notices[1]
    assert (shown.status, [f.misconception for f in shown.flags]) == (status, flags)


async def test_what_can_never_be_told_is_written_down_instead(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    world.board.closed = True
    await world.decide(Act.UPHOLD, correction=Correction.PRIVATE, text="It does not.")
    while await world.outbox.deliver_due():
        pass
    shown = world.board.notices[1]
    assert (shown.status, shown.correction, world.board.corrections) == (Status.UPHELD, "", {})
    assert [e.detail for e in await world.moderation.history(1)][-1] == "the author has left"
    assert await world.outbox.deliver_due() == 0


async def test_two_people_are_needed_where_the_policy_says_so(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path) as store:
        world = World(store, Policy(two_people=frozenset({Severity.HARMFUL}), may_delete=True))
        await world.moderation.message_posted(message("tea cures"))
        await world.decide(Act.DELETE)
        await world.outbox.deliver_due()
        assert (world.board.notices[1].status, world.board.deleted) == (Status.PROPOSED, [])
        with pytest.raises(Refused, match="needs a second person"):
            await world.decide(Act.CONFIRM, 2)
        await world.moderation.decide(1, Decision(Act.CONFIRM, BEN, NOON, 2))
        await world.outbox.deliver_due()
        assert (world.board.notices[1].status, world.board.deleted) == (Status.UPHELD, [1])


async def test_a_deleted_message_closes_its_case_and_its_text_is_gone(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    await world.moderation.message_deleted(KEY)
    await world.moderation.message_deleted(KEY)  # told twice
    await world.moderation.message_deleted(MessageKey("sandbox", "local", "health", "unknown"))
    await world.outbox.deliver_due()
    assert (world.board.notices[1].status, world.board.notices[1].text) == (Status.MESSAGE_DELETED, "")


async def test_an_upheld_claim_is_corrected_once_and_undo_takes_it_back(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    await world.decide(Act.UPHOLD, correction=Correction.REPLY, text="It does not.")
    await world.outbox.deliver_due()
    assert world.board.corrections == {1: "It does not."}
    await world.decide(Act.UNDO, version=2)
    await world.outbox.deliver_due()
    assert world.board.corrections == {}
    await world.decide(Act.UPHOLD, version=3, correction=Correction.REPLY, text="Really not.")
    await world.outbox.deliver_due()
    assert world.board.corrections == {1: "Really not."}


async def test_a_correction_undone_before_it_was_told_is_never_told(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    await world.decide(Act.UPHOLD, correction=Correction.REPLY, text="It does not.")
    await world.decide(Act.UNDO, version=2)
    await world.outbox.deliver_due()
    assert world.board.corrections == {}


async def test_of_two_moderators_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    both = await asyncio.gather(
        *(world.moderation.decide(1, Decision(a, p, NOON, 1)) for a, p in [(Act.UPHOLD, ANN), (Act.DISMISS, BEN)]),
        return_exceptions=True,
    )
    assert sorted(type(r).__name__ for r in both) == ["Case", "Refused"]
    assert len(await world.moderation.history(1)) == 1


async def test_an_unknown_case_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="no case 1"):
        await world.decide(Act.TAKE)


async def test_while_a_platform_is_away_notices_wait_and_none_is_lost(world: World) -> None:
    world.board.broken = True
    await world.moderation.message_posted(message("tea cures"))
    for _ in range(3):
        assert await world.outbox.deliver_due() == 0
        world.clock.pass_time(timedelta(minutes=11))
    world.board.broken = False
    assert await world.outbox.deliver_due() == 1
    assert list(world.board.notices) == [1]


async def test_a_lease_that_ran_out_gives_the_case_back(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    await world.decide(Act.TAKE)
    world.clock.pass_time(timedelta(hours=1))
    await world.moderation.release_lapsed()
    await world.outbox.deliver_due()
    assert (world.board.notices[1].status, world.board.notices[1].holder) == (Status.OPEN, None)


async def test_the_record_of_similar_flags_counts_decisions(world: World) -> None:
    await world.moderation.message_posted(message("tea cures"))
    await world.decide(Act.DISMISS)
    assert await world.moderation.records() == {"tea-cures": Record(upheld=0, decided=1)}
