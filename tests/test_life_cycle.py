"""Draft, shadow, live, paused, retired; going to shadow by itself; reviews that are due; what admins are told."""

import json
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.admins import Admins, News
from bot.care import Care
from bot.content import Broken, Content, Loaded
from bot.content_desk import about_content
from bot.core.answers import search
from bot.core.cards import notice
from bot.core.pack import Misconception, Pack, Stage
from bot.core.reader import Screener
from bot.core.review import Policy, Status
from bot.core.reviews import due
from bot.core.screening_checks import held_back
from bot.core.urgent import UrgentReader
from bot.judging import Judge
from bot.moderation import Moderation
from bot.packs.files import Files, collect, glance
from bot.packs.problems import PackErrors
from bot.packs.read import examine_files, read_pack, usable
from bot.ports import Store, Undeliverable
from bot.readers import screener_for
from bot.reading import ReadingRoom
from bot.stores.sqlite import open_sqlite
from tests.packs.test_mutations import STONES
from tests.samples import KEY, NOON, PACK, ManualClock, message
from tests.test_command_line import bot
from tests.test_moderation import Board

CUT = "misconceptions/cut-out-calcium.yaml"
SAYS = "Had a stone? Zero dairy for life."
UNLIVE = [Stage.DRAFT, Stage.SHADOW, Stage.PAUSED, Stage.RETIRED]


class Admin(Board):
    """Somebody who may be out of reach."""

    away = False

    async def alert_admin(self, words: str) -> None:
        if self.away:
            raise Undeliverable("nobody is there")
        await super().alert_admin(words)


def by_rules(folder: Path, judge: Judge, collected: Callable[[Path], Files] = collect) -> Loaded:
    """The content on disk, read without the second reader, which takes its time."""
    files = collected(folder)
    try:
        pack = usable(examine_files(files))
    except PackErrors as error:
        raise Broken(str(error)) from None
    screener = Screener(pack.looked_for(), notice=0.5, shadow=0.3)
    urgent, failing = UrgentReader(pack.safety.red_flags), judge.held_back(pack, screener)
    return Loaded(pack, screener, urgent, files.contents, failing)


@dataclass
class Life:
    """A running bot with the kidney-stone pack, whose files somebody edits."""

    folder: Path
    store: Store
    clock: ManualClock
    moderation: Moderation
    room: ReadingRoom
    admin: Admin

    def __post_init__(self) -> None:
        judge = Judge()
        self.content = Content(
            glance=lambda: glance(self.folder),
            load=lambda: by_rules(self.folder, judge),
            moderation=self.moderation,
            room=self.room,
            store=self.store,
            clock=self.clock,
            notifiers={"sandbox": self.admin},
        )
        self.care = self.new_care()

    def new_care(self) -> Care:
        admins = Admins(store=self.store, clock=self.clock, notifiers={"sandbox": self.admin})
        return Care(moderation=self.moderation, admins=admins, clock=self.clock)

    async def edit(self, change: Callable[[str], str], name: str = CUT) -> None:
        path = self.folder / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")
        await self.settle()

    async def settle(self) -> None:
        await self.content.look()
        await self.content.look()
        await self.care.look()

    async def set_stage(self, stage: str, name: str = CUT) -> None:
        def change(text: str) -> str:
            kept = [line for line in text.split("\n") if not line.startswith("stage:")]
            at = next(n for n, line in enumerate(kept) if line.startswith("id:"))
            return "\n".join([*kept[: at + 1], f"stage: {stage}", *kept[at + 1 :]])

        await self.edit(change, name)

    async def said(self, text: str = SAYS, number: int = 1) -> bool:
        """Whether that message becomes a case."""
        key = replace(KEY, message=f"m{number}")
        return await self.moderation.message_posted(message(text, key)) is not None


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    folder = tmp_path / "pack"
    shutil.copytree(STONES, folder)
    clock = ManualClock()
    loaded = by_rules(folder, Judge())
    async with open_sqlite(tmp_path / "data") as store, ReadingRoom(loaded.screener) as room:
        moderation = Moderation(pack=loaded.pack, screener=room, store=store, clock=clock)
        life = Life(folder, store, clock, moderation, room, Admin())
        await life.settle()
        yield life


@pytest.mark.parametrize("stage", UNLIVE)
async def test_nobody_is_told_of_a_misconception_that_is_not_live(life: Life, stage: Stage) -> None:
    await life.set_stage(stage)
    assert not await life.said()
    await life.set_stage("live")
    assert await life.said(number=2)


@pytest.mark.parametrize("stage", UNLIVE)
async def test_only_a_misconception_in_shadow_is_counted(life: Life, stage: Stage) -> None:
    await life.set_stage(stage)
    for number in range(3):
        await life.said(number=number)
    numbers = await life.moderation.trials.numbers()
    assert {name: t.times for name, t in numbers.items()} == ({"cut-out-calcium": 3} if stage is Stage.SHADOW else {})


@pytest.mark.parametrize("stage", UNLIVE)
def test_messages_are_read_for_what_is_live_or_in_shadow_alone(stage: Stage) -> None:
    pack = read_pack(STONES)
    wrong = replace(pack.misconceptions["cut-out-calcium"], stage=stage)
    staged = replace(pack, misconceptions={**pack.misconceptions, wrong.id: wrong})
    found = screener_for(staged, notice=0.5, shadow=0.3).screen(SAYS).findings
    assert [f.misconception for f in found] == (["cut-out-calcium"] if stage is Stage.SHADOW else [])


@pytest.mark.parametrize("stage", UNLIVE)
async def test_a_topic_that_is_not_live_is_found_by_nobody(life: Life, stage: Stage) -> None:
    await life.set_stage(stage, "topics/diet.yaml")
    assert "diet" not in life.moderation.pack.topics
    assert await life.moderation.find("eating") == ()
    numbers = await life.moderation.trials.numbers()
    assert {name: t.times for name, t in numbers.items()} == ({"diet": 1} if stage is Stage.SHADOW else {})
    await life.set_stage("live", "topics/diet.yaml")
    assert (await life.moderation.find("eating"))[0].topic == "diet"


async def test_numbers_of_a_shadow_end_with_it_and_are_shown_meanwhile(life: Life) -> None:
    await life.set_stage("shadow")
    await life.said()
    assert "• cut-out-calcium: shadow; it would have shown itself once since 2026-03-01" in await report(life)
    await life.set_stage("live")
    assert not any("shown itself" in line for line in await report(life))


async def report(life: Life) -> Sequence[str]:
    return (await about_content(life.moderation, life.clock.now())).lines


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.RETIRED, Stage.SHADOW, Stage.DRAFT])
async def test_an_open_case_of_a_resting_misconception_waits_until_its_words_are_gone(life: Life, stage: Stage) -> None:
    assert await life.said()
    await life.set_stage(stage)
    await life.moderation.message_posted(message(f"Edited: hello! {SAYS}", replace(KEY, message="m1")))
    case = await life.moderation.case(1)
    assert case is not None
    assert (case.status, [f.misconception for f in case.flags]) == (Status.OPEN, ["cut-out-calcium"])
    assert case.text[case.flags[0].start : case.flags[0].end] == case.flags[0].quote
    await life.moderation.message_posted(message("Edited: hello!", replace(KEY, message="m1")))
    case = await life.moderation.case(1)
    assert case is not None
    assert case.status is Status.WITHDRAWN


@pytest.mark.parametrize(("stage", "remarks"), [("retired", 1), ("paused", 1), ("shadow", 1), ("live", 0)])
async def test_a_notice_says_that_its_misconception_rests_while_the_case_waits(
    life: Life, stage: str, remarks: int
) -> None:
    assert await life.said()
    await life.set_stage(stage)
    case = await life.moderation.case(1)
    assert case is not None
    shown = notice(case, life.moderation.pack, {}, Policy()).remarks
    assert [r.startswith(f"cut-out-calcium is {stage} by now") for r in shown] == [True] * remarks
    closed = replace(case, status=Status.UPHELD)
    assert notice(closed, life.moderation.pack, {}, Policy()).remarks == ()


async def test_a_retired_misconception_still_renders_its_old_cases(life: Life) -> None:
    assert await life.said()
    await life.set_stage("retired")
    case = await life.moderation.case(1)
    assert case is not None
    assert "For most calcium stones" in await life.moderation.correction_for(case, ["cut-out-calcium"])


async def test_a_misconception_that_fails_its_examples_goes_to_shadow_and_comes_back(life: Life) -> None:
    await life.edit(lambda t: t.replace("calcium-free diet stops kidney stones", "what a nice day"))
    assert not await life.said()
    assert len(life.admin.alerts) == 1
    assert "cut-out-calcium: 1 of 3 examples under `flags` would not be flagged" in life.admin.alerts[0]
    lines = await report(life)
    assert "In shadow by themselves, because their own examples come out wrong:" in lines
    assert any(line.endswith("it would have shown itself once since 2026-03-01") for line in lines)
    await life.edit(lambda t: t.replace("what a nice day", "calcium-free diet stops kidney stones"))
    assert await life.said(number=2)
    assert life.admin.alerts[1:] == ["Mended, and live again:\n• cut-out-calcium"]


async def test_an_admin_is_told_once_also_after_a_restart_or_when_nobody_was_there(life: Life) -> None:
    life.admin.away = True
    await life.edit(lambda t: t.replace("calcium-free diet stops kidney stones", "what a nice day"))
    life.admin.away = False
    await life.care.look()
    assert life.admin.alerts == []  # it is tried again in ten minutes, and not at each look
    life.clock.pass_time(timedelta(minutes=11))
    for care in (life.care, life.new_care(), life.new_care()):
        await care.look()
    assert len(life.admin.alerts) == 1


def staged(*, flags: int, missed: int = 0, passes: int = 3, alarms: int = 0, stage: Stage = Stage.LIVE) -> Pack:
    """A pack whose misconception gets that many of its examples wrong."""
    wrong = replace(
        PACK.misconceptions["tea-cures"],
        flags=tuple(f"it {'is nice' if n < missed else 'cures'} {n}" for n in range(flags)),
        passes=tuple(f"it {'cures' if n < alarms else 'is nice'} {n}" for n in range(passes)),
        stage=stage,
    )
    return replace(PACK, misconceptions={wrong.id: wrong})


class Words:
    """A screener that looks for one word."""

    notice = 0.5

    def probabilities(self, text: str) -> dict[str, float]:
        return {"tea-cures": 0.9} if "cures" in text else {}

    def explain(self, text: str, misconception: str) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize(
    ("pack", "held"),
    [
        (staged(flags=3), False),
        (staged(flags=3, missed=1), True),
        (staged(flags=3, alarms=1), True),
        (staged(flags=19, missed=1), True),
        (staged(flags=20, missed=1), False),
        (staged(flags=40, missed=2), False),
        (staged(flags=40, missed=3), True),
        (staged(flags=3, passes=20, alarms=1), False),
        (staged(flags=3, missed=3, stage=Stage.SHADOW), False),
        (staged(flags=3, missed=3, stage=Stage.PAUSED), False),
    ],
)
def test_one_slip_in_twenty_is_forgiven(pack: Pack, held: bool) -> None:
    assert bool(held_back(pack, Words())) is held


def test_what_was_judged_is_judged_again_only_after_an_edit() -> None:
    class Counting(Screener):
        read = 0

        def probabilities(self, text: str) -> dict[str, float]:
            Counting.read += 1
            return dict(super().probabilities(text))

    pack, judge = read_pack(STONES), Judge()
    screener = Counting(pack)
    assert judge.held_back(pack, screener) == {}
    first = Counting.read
    assert judge.held_back(pack, screener) == {}
    assert Counting.read == first > 0
    wrong = pack.misconceptions["cut-out-calcium"]
    edited = replace(pack, misconceptions={**pack.misconceptions, wrong.id: replace(wrong, flags=("fine weather",))})
    assert list(judge.held_back(edited, screener)) == ["cut-out-calcium"]
    assert Counting.read < first * 2
    gone = {name: m for name, m in pack.misconceptions.items() if name != wrong.id}
    assert judge.held_back(replace(pack, misconceptions=gone), screener) == {}


def test_a_retired_entry_makes_room_for_another_with_its_names(tmp_path: Path) -> None:
    shutil.copytree(STONES, tmp_path / "pack")
    for folder, old in (("topics", "diet"), ("misconceptions", "cut-out-calcium")):
        path = tmp_path / "pack" / folder / f"{old}.yaml"
        text = path.read_text("utf-8")
        path.with_name("newer.yaml").write_text(text.replace(f"id: {old}", "id: newer"), "utf-8")
        path.write_text(text.replace(f"id: {old}", f"id: {old}\nstage: retired"), "utf-8")
    pack = read_pack(tmp_path / "pack")
    assert pack.topics["diet"].stage is Stage.RETIRED
    assert search(pack.shown(), "eating")[0].topic == "newer"


def wrong(reviewed_on: str | None, stage: Stage = Stage.LIVE) -> Misconception:
    return replace(PACK.misconceptions["tea-cures"], reviewed_on=reviewed_on, stage=stage)


@pytest.mark.parametrize(
    ("pack", "today", "lines"),
    [
        (PACK, date(2026, 11, 1), []),
        (PACK, date(2026, 12, 2), ["topic green: due in 30 days (last reviewed on 2026-01-01)"]),
        (PACK, date(2026, 12, 31), ["topic green: due in 1 day (last reviewed on 2026-01-01)"]),
        (PACK, date(2027, 1, 1), ["topic green: due today (last reviewed on 2026-01-01)"]),
        (PACK, date(2027, 1, 11), ["topic green: due for 10 days (last reviewed on 2026-01-01)"]),
        (
            replace(PACK, misconceptions={"tea-cures": wrong("2025-01-01")}),
            date(2026, 1, 2),
            ["misconception tea-cures: due for 1 day (last reviewed on 2025-01-01)"],
        ),
        (replace(PACK, misconceptions={"tea-cures": wrong("2025-01-01", Stage.RETIRED)}), date(2026, 1, 2), []),
        (
            replace(PACK, sources={"book": replace(PACK.sources["book"], expires_on="2026-06-10")}),
            date(2026, 6, 1),
            ["source book: due in 9 days (look for newer evidence)"],
        ),
    ],
)
def test_what_is_due_is_listed(pack: Pack, today: date, lines: list[str]) -> None:
    assert [d.line(today) for d in due(pack, today)] == lines


async def test_admins_are_reminded_once_in_thirty_days_until_it_is_reviewed(life: Life) -> None:
    assert life.admin.alerts == []
    life.clock.pass_time(date(2027, 11, 26) - NOON.date())
    for _ in range(3):
        await life.care.look()
    assert len(life.admin.alerts) == 1
    assert "topic diet: due for 2 days" in life.admin.alerts[0]
    life.clock.pass_time(timedelta(days=20))
    await life.care.look()
    assert len(life.admin.alerts) == 1
    life.clock.pass_time(timedelta(days=10))
    await life.care.look()
    assert len(life.admin.alerts) == 2
    for topic in ("diet", "ask-doctor"):
        await life.edit(lambda t: t.replace("2026-11-24", "2027-12-20"), f"topics/{topic}.yaml")
    life.clock.pass_time(timedelta(days=40))
    await life.care.look()
    assert len(life.admin.alerts) == 2


async def test_many_things_are_told_in_one_message(life: Life) -> None:
    lines = {str(n): f"number {n}" for n in range(40)}
    await Admins(store=life.store, clock=life.clock, notifiers={"sandbox": life.admin}).tell(
        News("numbers", "Numbers:", lines, {})
    )
    (told,) = life.admin.alerts
    assert told.splitlines()[0] == "Numbers:"
    assert told.splitlines()[-1] == "… and 25 more"


async def test_the_report_says_what_is_in_force_and_what_changed(life: Life) -> None:
    life.clock.pass_time(timedelta(hours=3))
    await life.edit(lambda t: t.replace("severity: harmful", "severity: minor\nstage: shadow"))
    life.clock.pass_time(timedelta(hours=2))
    lines = await report(life)
    assert lines[0] == f"Revision {life.moderation.pack.revision} is in force, taken over 2 hours ago."
    assert lines[1:3] == ["Misconceptions: 1 live, 1 shadow.", "Topics: 2 live."]
    assert "• changed: misconception cut-out-calcium (severity, stage live → shadow)" in lines


async def test_the_report_begins_with_a_broken_edit(life: Life) -> None:
    await life.edit(lambda t: t.replace("severity: harmful", "stage: shaddow\nseverity: harmful"))
    lines = await report(life)
    assert lines[0].startswith("The files on disk can't be used")
    assert "cut-out-calcium.yaml:3:8" in lines[1]
    assert lines[2] == "• Did you mean `shadow`?"
    assert await life.said()  # what was in force still works


async def test_the_numbers_survive_a_store_written_by_another_release(life: Life) -> None:
    await life.store.remember("content.trials", '["what?"]')
    await life.set_stage("shadow")
    await life.said()
    assert (await life.moderation.trials.numbers())["cut-out-calcium"].times == 1


def test_the_due_list_is_printed_for_people_and_programs(tmp_path: Path) -> None:
    shutil.copytree(STONES, tmp_path / "pack")
    diet = tmp_path / "pack" / "topics" / "diet.yaml"
    diet.write_text(diet.read_text("utf-8").replace("2026-11-24", "2020-01-31"), "utf-8")
    chosen = {"BOT_CONTENT": str(tmp_path / "pack")}
    told = bot("content", "due", env=chosen)
    assert told.returncode == 1
    assert told.stdout.startswith("topic diet: due for ")
    (entry, *_) = json.loads(bot("content", "due", "--json", env=chosen).stdout)
    assert (entry["kind"], entry["id"], entry["on"], entry["late"]) == ("topic", "diet", "2021-01-30", True)
