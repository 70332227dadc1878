"""The service and its outbox over a real store: messages in, cases and notices out."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import cards
from bot.core.message import MessageKey, Person
from bot.core.pack import Severity
from bot.core.review import Act, Case, Correction, Decision, Policy, Refused, Report, Status
from bot.moderation import Moderation, Outbox
from bot.ports import Impossible, Record, Store, Told, Unwritable
from bot.stores.sqlite import open_sqlite
from tests.samples import ANN, BEN, KEY, MEMBER, NOON, PACK, ManualClock, WordScreener, message


class Board:
    """A platform that remembers what it was told; see bot.ports.Notifier."""

    def __init__(self) -> None:
        self.notices: dict[int, Case] = {}
        self.corrections: dict[int, str] = {}
        self.broken = False
        self.closed = False  # nobody can be told anything, ever
        self.deleted: list[int] = []
        self.folded: dict[int, int] = {}
        self.told: list[str] = []
        self.escalated: list[int] = []
        self.reminded: list[tuple[int, list[str]]] = []
        self.alerts: list[str] = []
        self.digests: dict[str, str] = {}
        self.urgent: list[tuple[str, str]] = []
        self.order: list[str] = []  # what was told, in turn

    async def show(self, case: Case, records: Mapping[str, Record], *, folded: int = 0) -> str:
        if self.broken:
            raise Unwritable("the board is away")
        self.order.append("notice")
        self.notices[case.id] = case
        self.folded[case.id] = folded
        return f"n{case.id}"

    async def post_correction(self, case: Case) -> Told:
        if self.closed:
            raise Impossible("the author has left")
        self.corrections[case.id] = case.correction
        return Told(f"c{case.id}", f"https://example.org/c{case.id}")

    async def post_urgent(self, case: Case, words: str) -> None:
        if self.closed:
            raise Impossible("the channel is closed")
        self.urgent.append((case.key.message, words))
        self.order.append("urgent")

    async def tell_author(self, case: Case, words: str) -> None:
        self.told.append(words)

    async def escalate(self, case: Case) -> None:
        self.escalated.append(case.id)

    async def remind(self, case: Case, people: Sequence[Person]) -> None:
        self.reminded.append((case.id, [p.name for p in people]))

    async def alert_admin(self, words: str) -> None:
        self.alerts.append(words)

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        self.digests[name] = words

    async def delete_message(self, case: Case) -> None:
        self.deleted.append(case.id)

    async def amend_correction(self, case: Case) -> None:
        if case.id not in self.corrections:
            raise Impossible("the correction is gone")
        self.corrections[case.id] = case.correction

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


def another(number: int) -> MessageKey:
    return replace(KEY, message=f"m{number}")


@pytest.mark.parametrize("decided", [None, Act.DISMISS, Act.UPHOLD])
async def test_the_same_text_again_is_folded_into_its_case(world: World, decided: Act | None) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    if decided:
        await world.decide(decided)
    again = message("TEA  cures all!!", another(2))
    for _ in range(2):  # told twice, as after a crash
        folded = await world.moderation.message_posted(again)
        assert folded is not None
        assert (folded.id, folded.repeats) == (1, 1)
    await world.outbox.deliver_due()
    assert list(world.board.notices) == [1]


async def test_an_open_case_takes_in_only_what_its_author_repeats(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    other = await world.moderation.message_posted(message("tea cures all", another(2), author=BEN))
    assert other is not None
    assert other.id == 2


async def test_after_a_while_the_same_text_is_asked_about_again(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    world.clock.pass_time(world.moderation.policy.fold + timedelta(minutes=1))
    asked = await world.moderation.message_posted(message("tea cures all", another(2)))
    assert asked is not None
    assert asked.id == 2


@pytest.mark.parametrize(("edited", "cases"), [("tea is blue", 2), ("tea is fine", 1)])
async def test_a_repeat_that_is_edited_stands_for_itself(world: World, edited: str, cases: int) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.moderation.message_posted(message("tea cures all", another(2)))
    await world.moderation.message_posted(message(edited, another(2)))
    assert len(await world.moderation.queue()) == cases


async def test_a_member_who_corrects_it_is_named_on_the_notice(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    reply = message("No, nothing cures all", another(2), author=BEN, answers=KEY, link="https://example.org/2")
    assert await world.moderation.message_posted(reply) is None
    await world.outbox.deliver_due()
    case = world.board.notices[1]
    assert (case.answered_by, case.answer_link) == (BEN, "https://example.org/2")


async def test_a_report_opens_a_case_even_where_the_bot_sees_nothing(world: World) -> None:
    assert await world.moderation.report(message("tea is magic"), BEN, "dangerous nonsense")
    await world.outbox.deliver_due()
    case = world.board.notices[1]
    assert (case.flags, case.reports) == ((), (Report(BEN, "dangerous nonsense"),))
    assert cards.notice(case, PACK, {}, Policy()).remarks == ("Reported by Ben: dangerous nonsense",)
    after = await world.decide(Act.UPHOLD, correction=Correction.REPLY, text="Tea is a drink.")
    assert after.status is Status.UPHELD


async def test_reports_of_one_message_gather_on_its_case(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    for reporter in (ANN, BEN):
        assert await world.moderation.report(message("tea cures all"), reporter, "")
    with pytest.raises(Refused, match="already"):
        await world.moderation.report(message("tea cures all"), BEN, "")
    with pytest.raises(Refused, match="your own"):
        await world.moderation.report(message("tea cures all"), MEMBER, "")
    case = await world.moderation.case(1)
    assert case is not None
    assert [r.by for r in case.reports] == [ANN, BEN]


async def test_a_member_can_not_report_without_end(world: World) -> None:
    for number in range(world.moderation.policy.reports_an_hour):
        await world.moderation.report(message(f"tea is magic {number}", another(number)), BEN, "")
    with pytest.raises(Refused, match="a lot"):
        await world.moderation.report(message("tea is bliss", another(99)), BEN, "")
    world.clock.pass_time(timedelta(hours=1, seconds=1))
    assert await world.moderation.report(message("tea is bliss", another(99)), BEN, "")


async def test_who_mostly_reported_wrongly_is_heard_but_not_alone(world: World) -> None:
    for number in range(5):
        await world.moderation.report(message(f"tea is fine {number}", another(number)), BEN, "")
        world.clock.pass_time(timedelta(hours=1))
        decision = Decision(Act.DISMISS, ANN, world.clock.now(), 1)
        await world.moderation.decide(number + 1, decision)
    assert not await world.moderation.report(message("tea is magic", another(9)), BEN, "")
    assert await world.moderation.case(6) is None
    assert await world.moderation.report(message("tea is magic", another(9)), ANN, "")


async def test_a_correction_that_stands_in_the_channel_is_linked_not_repeated(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.decide(Act.UPHOLD, correction=Correction.REPLY, text="Tea does not cure.")
    await world.outbox.deliver_due()
    second = await world.moderation.message_posted(message("green tea cures everything", another(2)))
    assert second is not None
    assert "https://example.org/c1" in await world.moderation.correction_for(second, ["tea-cures"])
    assert "green or brown" in await world.moderation.correction_for(second, ["tea-cures", "tea-is-blue"])
    world.clock.pass_time(world.moderation.policy.quiet + timedelta(minutes=1))
    assert "It does not." in await world.moderation.correction_for(second, ["tea-cures"])


@pytest.mark.parametrize("edited", [None, "tea is a drink"])
async def test_where_the_author_is_told_first_an_edit_in_time_is_enough(tmp_path: Path, edited: str | None) -> None:
    async with open_sqlite(tmp_path) as store:
        world = World(store, Policy(self_edit=timedelta(minutes=30)))
        await world.moderation.message_posted(message("tea cures all"))
        await world.decide(Act.UPHOLD, correction=Correction.REPLY, text="Tea does not cure.")
        await world.outbox.deliver_due()
        assert "in 30 minutes" in world.board.told[0]
        assert world.board.corrections == {}
        if edited:
            await world.moderation.message_posted(message(edited))
        world.clock.pass_time(timedelta(minutes=31))
        await world.outbox.deliver_due()
        assert world.board.corrections == ({} if edited else {1: "Tea does not cure."})


@pytest.mark.parametrize(("act", "stands"), [(Act.CONFIRM, True), (Act.DISMISS, False)])
async def test_the_author_hears_what_became_of_a_complaint(world: World, act: Act, stands: bool) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.decide(Act.UPHOLD, correction=Correction.REPLY, text="Tea does not cure.")
    await world.outbox.deliver_due()
    with pytest.raises(Refused, match="Only the author"):
        await world.moderation.appeal(1, BEN)
    await world.moderation.appeal(1, MEMBER)
    await world.moderation.decide(1, Decision(act, BEN, NOON, 3))
    await world.outbox.deliver_due()
    assert bool(world.board.corrections) is stands
    assert ("should stay" if stands else "taken the note back") in world.board.told[0]


async def test_moderators_are_reminded_once_of_what_waits(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.decide(Act.NOTE, text="hm")
    world.clock.pass_time(timedelta(hours=13))
    await world.decide(Act.NOTE, version=2, text="hm")
    await world.outbox.deliver_due()
    world.clock.pass_time(timedelta(hours=13))
    await world.outbox.deliver_due()
    assert world.board.reminded == [(1, ["Ann"])]


async def test_nobody_is_reminded_of_what_is_decided(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.decide(Act.DISMISS)
    world.clock.pass_time(timedelta(hours=13))
    await world.outbox.deliver_due()
    assert world.board.reminded == []


async def test_a_flood_is_counted_on_one_notice(world: World) -> None:
    for number in range(25):
        text = f"tea cures all {number}"
        await world.moderation.message_posted(message(text, another(number), author=Person(str(number), "N")))
    while await world.outbox.deliver_due():
        pass
    assert sorted(world.board.notices) == list(range(1, 11))
    assert world.board.folded[10] == 15
    await world.moderation.decide(20, Decision(Act.DISMISS, ANN, NOON, 1))
    await world.outbox.deliver_due()
    assert world.board.folded[10] == 14
    world.clock.pass_time(timedelta(minutes=2))
    await world.moderation.message_posted(message("tea cures all later", another(99)))
    await world.outbox.deliver_due()
    assert 26 in world.board.notices


@pytest.mark.parametrize(("repost", "status"), [(True, Status.OPEN), (False, Status.DISMISSED)])
async def test_a_notice_deleted_by_hand_is_posted_again_or_its_case_closed(
    tmp_path: Path, repost: bool, status: Status
) -> None:
    async with open_sqlite(tmp_path) as store:
        world = World(store, Policy(repost=repost))
        await world.moderation.message_posted(message("tea cures all"))
        await world.outbox.deliver_due()
        world.board.notices.clear()
        await world.moderation.notice_removed("sandbox", "n1")
        await world.outbox.deliver_due()
        assert world.board.notices[1].status is status
        assert await world.moderation.notice_removed("sandbox", "n7") is None


async def test_an_admin_is_told_once_that_moderators_can_not_be_reached(world: World) -> None:
    world.board.broken = True
    await world.moderation.message_posted(message("tea cures all"))
    for _ in range(3):
        await world.outbox.deliver_due()
        world.clock.pass_time(timedelta(minutes=20))
    assert len(world.board.alerts) == 1
    world.board.broken = False
    await world.outbox.deliver_due()
    assert 1 in world.board.notices
    world.board.broken = True
    await world.moderation.message_posted(message("tea is blue", another(2)))
    await world.outbox.deliver_due()
    assert len(world.board.alerts) == 2


async def test_escalating_calls_somebody(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.decide(Act.ESCALATE)
    await world.outbox.deliver_due()
    assert world.board.escalated == [1]


@pytest.mark.parametrize("where", [None, "sandbox:health"])
async def test_screening_can_be_paused_and_stays_so_after_a_restart(world: World, where: str | None) -> None:
    await world.moderation.pause(where)
    restarted = World(world.store)
    assert await restarted.moderation.message_posted(message("tea cures all")) is None
    elsewhere = await restarted.moderation.message_posted(message("tea cures all", replace(KEY, channel="other")))
    assert (elsewhere is None) == (where is None)
    await restarted.moderation.resume(where)
    assert await restarted.moderation.message_posted(message("tea cures all")) is not None


@pytest.mark.parametrize("where", [None, "sandbox:health"])
async def test_an_emergency_is_answered_also_while_screening_is_paused(world: World, where: str | None) -> None:
    await world.moderation.pause(where)
    await world.moderation.message_posted(message("help, I'm choking"), fresh=True)
    await world.outbox.deliver_due()
    assert world.board.urgent == [("m1", "Call for help now.")]
    assert world.board.order == ["urgent", "notice"]


async def test_admins_may_choose_that_a_pause_silences_emergencies_too(world: World) -> None:
    world = World(world.store, Policy(urgent_in_pauses=False))
    await world.moderation.pause()
    assert await world.moderation.message_posted(message("help, I'm choking")) is None
    assert not await world.outbox.deliver_due()


async def test_a_red_flag_is_answered_at_once_and_calls_moderators(world: World) -> None:
    for _ in range(2):  # redelivered
        await world.moderation.message_posted(message("help, I'm choking"))
    await world.outbox.deliver_due()
    assert world.board.urgent == [("m1", "Call for help now.")]
    assert world.board.order == ["urgent", "notice"]
    shown = world.board.notices[1]
    assert (shown.urgent, shown.flags, shown.severity) == ("emergency", (), Severity.HARMFUL)
    card = cards.notice(shown, PACK, {}, Policy())
    assert card.title.startswith("URGENT")


async def test_urgent_texts_go_out_before_everything_else_that_waits(world: World) -> None:
    for number in range(30):
        await world.moderation.message_posted(message(f"tea cures {number}", another(number)))
    await world.moderation.message_posted(message("I'm choking", another(99)))
    await world.outbox.deliver_due()
    assert world.board.order[0] == "urgent"
    assert (await world.moderation.queue())[0].urgent == "emergency"


async def test_claims_beside_a_red_flag_are_listed_for_moderators_only(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all but I can't breathe"))
    await world.outbox.deliver_due()
    assert [f.misconception for f in world.board.notices[1].flags] == ["tea-cures"]
    assert world.board.corrections == {}


@pytest.mark.parametrize(
    ("edited", "told"),
    [
        ("my tea is choking me", ["Call for help now."]),
        ("I scalded my hand", ["See a doctor today."]),
        ("nice tea", []),
    ],
)
async def test_an_edit_may_raise_a_red_flag(world: World, edited: str, told: list[str]) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.moderation.message_posted(message(edited))
    await world.outbox.deliver_due()
    assert [words for _, words in world.board.urgent] == told


async def test_an_edit_never_takes_a_red_flag_back_and_only_a_worse_one_is_told_again(world: World) -> None:
    for text in ("I scalded my hand", "I scalded my hand badly", "I'm choking", "I scalded it", "all is nice"):
        await world.moderation.message_posted(message(text))
        await world.outbox.deliver_due()
    assert [words for _, words in world.board.urgent] == ["See a doctor today.", "Call for help now."]
    shown = world.board.notices[1]
    assert (shown.urgent, shown.status) == ("emergency", Status.OPEN)


async def test_a_decided_case_opens_again_when_an_edit_raises_a_red_flag(world: World) -> None:
    await world.moderation.message_posted(message("tea cures all"))
    await world.decide(Act.DISMISS)
    await world.moderation.message_posted(message("tea cures all, I'm choking"))
    case = await world.moderation.case(1)
    assert case is not None
    assert case.status is Status.OPEN


async def test_a_message_that_was_deleted_in_time_is_not_answered(world: World) -> None:
    await world.moderation.message_posted(message("I'm choking"))
    await world.moderation.message_deleted(KEY)
    await world.outbox.deliver_due()
    assert world.board.urgent == []


async def test_the_same_red_flag_by_another_is_answered_and_by_the_same_person_only_after_a_while(world: World) -> None:
    await world.moderation.message_posted(message("I'm choking"))
    await world.moderation.message_posted(message("I'm choking", another(2)))
    await world.moderation.message_posted(message("I'm choking", another(3), author=BEN))
    world.clock.pass_time(timedelta(minutes=61))
    await world.moderation.message_posted(message("I'm choking", another(4)))
    await world.outbox.deliver_due()
    assert [place for place, _ in world.board.urgent] == ["m1", "m3", "m4"]


async def test_in_a_flood_a_red_flag_has_a_notice_of_its_own(world: World) -> None:
    for number in range(15):
        await world.moderation.message_posted(message(f"tea cures {number}", another(number)))
    case = await world.moderation.message_posted(message("I'm choking", another(99)))
    assert case is not None
    assert case.folded_into == 0


async def test_moderators_are_called_again_soon_where_nobody_looked(world: World) -> None:
    await world.moderation.message_posted(message("I'm choking"))
    await world.outbox.deliver_due()
    world.clock.pass_time(timedelta(minutes=16))
    await world.outbox.deliver_due()
    assert [number for number, _ in world.board.reminded] == [1]


async def test_where_nobody_can_be_shown_the_urgent_text_moderators_read_why(world: World) -> None:
    world.board.closed = True
    await world.moderation.message_posted(message("I'm choking"))
    while await world.outbox.deliver_due():
        pass
    assert [e.detail for e in await world.moderation.history(1)] == ["the channel is closed"]
    assert world.board.notices[1].status is Status.OPEN


def test_words_typed_to_the_bot_are_answered_with_the_urgent_text_first(world: World) -> None:
    assert world.moderation.urgent_words("I'm choking, what is matcha?") == "Call for help now."
    assert world.moderation.urgent_words("what is matcha?") == ""


async def test_what_no_topic_answers_is_counted_for_admins_without_who_asked(world: World) -> None:
    for typed in ("Is coffee blue?", "is coffee blue", "who grows oranges", "I'm choking on qwertz"):
        assert await world.moderation.find(typed) == ()
    assert (await world.moderation.find("matcha"))[0].topic == "green"
    assert [(gap.words, gap.times) for gap in await world.moderation.gaps()] == [
        ("is coffee blue", 2),
        ("who grows oranges", 1),
    ]
    assert "Mina" not in (await world.store.recall("gaps") or "")


async def test_questions_at_once_are_all_counted(world: World) -> None:
    await asyncio.gather(*(world.moderation.find(f"who grows {fruit}") for fruit in ("kiwis", "figs", "pears")))
    assert len(await world.moderation.gaps()) == 3


def test_nothing_is_offered_under_a_red_flag(world: World) -> None:
    assert world.moderation.offer("I'm choking. What is matcha?") is None
