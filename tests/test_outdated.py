"""Posted corrections whose text or sources changed since: found, amended where they stand, or posted again."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.admins import Admins
from bot.care import Care
from bot.content_desk import about_content
from bot.core.cards import pointer_text
from bot.core.evidence import outdated
from bot.core.message import MessageKey, Workspace
from bot.core.pack import Misconception, Pack, Stage
from bot.core.review import Act, Case, Correction, Decision, HistoryEntry, Policy, Refused, Status, allowed
from bot.moderation import Outbox
from bot.outdated import outdated_case, outdated_corrections, renew
from bot.packs.read import read_pack
from bot.stores.sqlite import open_sqlite
from tests.packs.test_mutations import STONES
from tests.samples import ANN, BEN, KEY, MEMBER, NOON, PACK, message
from tests.test_command_line import bot
from tests.test_moderation import World

NEWER = "It does nothing of the kind."
POSTED = "A note on the message above: {} Sources: <https://example.org/tea>"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_sqlite(tmp_path) as store:
        yield World(store)


def edited(pack: Pack = PACK, name: str = "tea-cures", **changes: object) -> Pack:
    """The pack after an editor changed a misconception."""
    wrong: Misconception = replace(pack.misconceptions[name], **changes)  # type: ignore[arg-type]
    return replace(pack, misconceptions={**pack.misconceptions, name: wrong}, revision="newer")


async def deliver(world: World) -> None:
    while await world.outbox.deliver_due():
        pass


async def corrected(
    world: World,
    text: str = "tea cures all",
    *,
    key: MessageKey = KEY,
    way: Correction = Correction.REPLY,
    words: str | None = None,
) -> Case:
    """A case whose correction stands."""
    case = await world.moderation.message_posted(message(text, key))
    assert case is not None
    if words is None:
        words = await world.moderation.correction_for(case, [f.misconception for f in case.flags])
    told = Decision(Act.UPHOLD, ANN, NOON, case.version, correction=way, text=words)
    await world.moderation.decide(case.id, told)
    await deliver(world)
    after = await world.moderation.case(case.id)
    assert after is not None
    return after


def without_tea_cures(pack: Pack) -> Pack:
    return replace(pack, misconceptions={"tea-is-blue": pack.misconceptions["tea-is-blue"]})


def moved(pack: Pack) -> Pack:
    return replace(pack, sources={"book": replace(pack.sources["book"], url="https://example.org/second-edition")})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda p: p, None),
        (lambda p: edited(p, correction="It  does\nnot."), None),  # only the blanks differ
        (lambda p: edited(p, claim="Tea cures everything."), None),
        (lambda p: edited(p, flags=("a", "b")), None),
        (lambda p: edited(p, "tea-is-blue", correction="It is green."), None),  # another one
        (lambda p: edited(p, stage=Stage.PAUSED), None),
        (lambda p: edited(p, correction=NEWER), "the correction of tea-cures was reworded"),
        (moved, "the correction of tea-cures was given other sources"),
        (lambda p: edited(p, sources=("rumour",)), "the correction of tea-cures was given other sources"),
        (
            lambda p: moved(edited(p, correction=NEWER)),
            "the correction of tea-cures was reworded and given other sources",
        ),
        (lambda p: edited(p, stage=Stage.RETIRED), "tea-cures was retired"),
        (without_tea_cures, "tea-cures is no longer in the content"),
    ],
)
async def test_what_makes_a_posted_correction_outdated(
    world: World, change: Callable[[Pack], Pack], why: str | None
) -> None:
    case = await corrected(world)
    found = outdated(case, change(PACK))
    assert (found.why if found else None) == why


async def test_going_back_to_the_earlier_text_makes_it_good_again(world: World) -> None:
    case = await corrected(world)
    assert outdated(case, edited(correction=NEWER))
    assert outdated(case, PACK) is None


@pytest.mark.parametrize(
    ("way", "words"), [(Correction.RECORD, ""), (Correction.REPLY, pointer_text("https://example.org/earlier"))]
)
async def test_what_says_nothing_of_its_own_is_never_outdated(world: World, way: Correction, words: str) -> None:
    assert outdated(await corrected(world, way=way, words=words), edited(correction=NEWER)) is None


async def test_a_correction_that_was_taken_back_is_not_listed(world: World) -> None:
    case = await corrected(world)
    await world.moderation.decide(1, Decision(Act.UNDO, ANN, NOON, case.version))
    await deliver(world)
    world.moderation.use(edited(correction=NEWER))
    assert await outdated_corrections(world.moderation) == []


async def test_amending_changes_the_post_where_it_stands(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    (stale,) = await outdated_corrections(world.moderation, of=KEY.home)
    assert stale.text == POSTED.format(NEWER)
    after = await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text=stale.text)
    await deliver(world)
    assert world.board.corrections == {1: POSTED.format(NEWER)}
    assert (after.status, after.decided_by) == (Status.UPHELD, ANN)  # who decided stays
    assert await outdated_corrections(world.moderation, of=KEY.home) == []
    (*_, row) = await world.moderation.history(1)
    assert (row.act, row.by, row.detail) == (Act.AMEND, BEN, "tea-cures")
    assert world.board.notices[1].version == after.version


async def test_an_amendment_reaches_its_post_though_the_message_changed_meanwhile(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text=NEWER)
    await world.moderation.message_posted(message("tea cures and is blue"))
    await deliver(world)
    reopened = await world.moderation.case(1)
    assert reopened is not None
    assert reopened.status is Status.OPEN
    assert world.board.corrections == {1: NEWER}


async def test_posting_again_takes_the_old_one_away_first(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    await renew(world.moderation, 1, Act.REISSUE, by=BEN, at=NOON, version=case.version, text="Newer.")
    await deliver(world)
    assert world.board.corrections == {1: "Newer."}
    after = await world.moderation.case(1)
    assert after is not None
    assert after.correction_ref == "c1"


async def test_delivering_an_amendment_twice_changes_nothing_more(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text="Newer.")
    after = await world.moderation.case(1)
    assert after is not None
    for _ in range(2):
        await world.board.amend_correction(after)
    await deliver(world)
    assert world.board.corrections == {1: "Newer."}


async def test_two_at_once_amend_it_once(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text="Newer.")
    with pytest.raises(Refused, match="as it would be posted today"):
        await renew(world.moderation, 1, Act.AMEND, by=ANN, at=NOON, version=case.version, text="Newest.")


async def test_what_was_deleted_by_hand_is_written_down_and_not_posted_again(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    world.board.corrections.clear()
    await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text="Newer.")
    await deliver(world)
    assert world.board.corrections == {}
    (*_, row) = await world.moderation.history(1)
    assert (row.act, row.detail) == (Act.NOT_TOLD, "the correction is gone")
    assert await outdated_corrections(world.moderation, of=KEY.home) == []


async def test_undoing_right_after_amending_leaves_nothing(world: World) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    after = await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text="Newer.")
    await world.moderation.decide(1, Decision(Act.UNDO, ANN, NOON, after.version))
    await deliver(world)
    assert world.board.corrections == {}


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_a_renewed_correction_needs_words(world: World, text: str) -> None:
    case = await corrected(world)
    world.moderation.use(edited(correction=NEWER))
    with pytest.raises(Refused, match="needs some text"):
        await renew(world.moderation, 1, Act.AMEND, by=BEN, at=NOON, version=case.version, text=text)


async def test_of_a_retired_claim_nothing_is_corrected_any_more(world: World) -> None:
    await corrected(world)
    world.moderation.use(edited(stage=Stage.RETIRED))
    with pytest.raises(Refused, match="tea-cures was retired"):
        await outdated_case(world.moderation, 1)


async def test_of_two_claims_only_the_one_that_still_holds_is_kept(world: World) -> None:
    await corrected(world, "tea cures all and is blue")
    world.moderation.use(edited(stage=Stage.RETIRED))
    stale = await outdated_case(world.moderation, 1)
    assert "It does not." not in stale.text
    assert "It is green or brown." in stale.text


@pytest.mark.parametrize("act", [Act.AMEND, Act.REISSUE])
async def test_nothing_can_be_renewed_that_does_not_stand(world: World, act: Act) -> None:
    case = await world.moderation.message_posted(message("tea cures"))
    assert case is not None
    with pytest.raises(Refused, match="can't be done now"):
        await world.moderation.decide(1, Decision(act, ANN, NOON, case.version, text="Newer."))
    after = await world.decide(Act.UPHOLD)
    with pytest.raises(Refused, match="No correction of case 1 stands"):
        await world.moderation.decide(1, Decision(act, ANN, NOON, after.version, text="Newer."))
    assert act not in allowed(after, Policy(may_delete=True))


async def test_the_report_and_an_admin_are_told_once_for_each_revision(world: World) -> None:
    world.outbox = Outbox(
        store=world.store, moderation=world.moderation, notifiers={"discord": world.board}, clock=world.clock
    )
    keys = [replace(KEY, platform="discord", channel=f"c{number}") for number in range(3)]
    for number, key in enumerate(keys):
        await corrected(world, f"tea cures all, says {number}", key=key)
    admins = Admins(store=world.store, clock=world.clock, notifiers={"sandbox": world.board})
    care = Care(moderation=world.moderation, admins=admins, clock=world.clock)
    await care.look()
    world.moderation.use(edited(correction=NEWER))
    for _ in range(3):
        await care.look()
    (told,) = world.board.alerts
    assert "3 posted corrections would read differently today" in told
    about = await about_content(world.moderation, world.clock.now(), of=keys[0].home)
    assert "Posted corrections that would read differently today:" in about.lines
    assert "• Case 3: the correction of tea-cures was reworded" in about.lines
    assert [stale.case.id for stale in about.outdated] == [3, 2, 1]
    assert (await about_content(world.moderation, world.clock.now(), of=Workspace("discord", "7"))).outdated == []


async def test_what_is_kept_of_a_correction_survives_a_restart(world: World) -> None:
    before = await corrected(world)
    assert [name for name, _ in before.made_of] == ["tea-cures"]
    assert await world.store.case(1) == before
    assert await world.store.standing(limit=10) == [before]


def test_the_command_line_lists_and_amends(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    async def begin() -> None:
        async with open_sqlite(tmp_path / "data") as store:
            world = World(store)
            pack = read_pack(STONES)
            old = edited(pack, "cut-out-calcium", correction="Something older.")
            flag = PACK.misconceptions["tea-cures"]
            world.moderation.use(replace(old, misconceptions={**old.misconceptions, "tea-cures": flag}))
            key = replace(KEY, platform="discord")
            case = await world.moderation.message_posted(message("tea cures all", key))
            assert case is not None
            stones = replace(case.flags[0], misconception="cut-out-calcium")
            seen = replace(case, flags=(stones,), version=2)
            await store.save(seen, HistoryEntry(1, Act.EDITED, MEMBER, NOON, "", "abc"), {})
            told = Decision(Act.UPHOLD, ANN, NOON, 2, correction=Correction.REPLY, text="Something older.")
            await world.moderation.decide(1, told)
            world.outbox = Outbox(
                store=store, moderation=world.moderation, notifiers={"discord": world.board}, clock=world.clock
            )
            await deliver(world)

    asyncio.run(begin())
    chosen = {"BOT_CONTENT": str(STONES), "BOT_DATA": str(tmp_path / "data")}
    listed = bot("content", "outdated", env=chosen)
    assert (listed.returncode, listed.stdout) == (1, "Case 1: the correction of cut-out-calcium was reworded\n")
    (entry,) = json.loads(bot("content", "outdated", "--json", env=chosen).stdout)
    assert entry["was"] == "Something older."
    assert "For most calcium stones" in entry["text"]
    assert bot("content", "amend", "7", env=chosen).returncode == 2
    amended = bot("content", "amend", "all", env=chosen)
    assert (amended.returncode, amended.stdout) == (0, "Case 1: the running bot changes the correction now.\n")
    assert bot("content", "outdated", env=chosen).stdout == "Every posted correction reads as it would today.\n"
