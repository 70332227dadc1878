"""Content is taken over while the bot runs: all or nothing, and what was in force can be gone back to."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.content import Content, changed_since, files_of, revisions
from bot.core import answers
from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.review import Act, Decision
from bot.core.revisions import packed, unpacked
from bot.core.topic_index import TopicIndex
from bot.loading import Loader
from bot.moderation import Moderation
from bot.packs.examples import ExampleFiles
from bot.packs.files import glance
from bot.packs.read import read_pack
from bot.packs.revisions import put_back
from bot.ports import Store
from bot.proposing import Proposing
from bot.reading import ReadingRoom
from bot.settings import Settings
from bot.stores.sqlite import open_sqlite
from tests.packs.small import small_pack
from tests.samples import ANN, BEN, NOON, ManualClock, case, flag
from tests.test_moderation import Board

CLAIM = "misconceptions/vitamin-d-lowers-calcium.yaml"
SAYS = "vitamin d brings down calcium"


class Admin(Board):
    """Somebody who is told what is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    async def alert_admin(self, words: str) -> None:
        self.told.append(words)


@dataclass
class Watch:
    """A running bot's content, and the folder that somebody edits."""

    folder: Path
    store: Store
    moderation: Moderation
    room: ReadingRoom
    admin: Admin = field(default_factory=Admin)

    def __post_init__(self) -> None:
        settings = Settings(content=self.folder)
        self.content = Content(
            glance=lambda: glance(self.folder),
            load=Loader(settings).load,
            moderation=self.moderation,
            room=self.room,
            store=self.store,
            clock=ManualClock(),
            notifiers={"sandbox": self.admin},
        )

    async def settle(self) -> bool:
        """Two looks: what was edited counts once it rests."""
        first = await self.content.look()
        return await self.content.look() or first

    @property
    def correction(self) -> str:
        return self.moderation.pack.misconceptions["vitamin-d-lowers-calcium"].correction

    def edit(self, change: Callable[[str], str], name: str = CLAIM) -> None:
        path = self.folder / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    folder = small_pack(tmp_path / "pack")
    pack = read_pack(folder)
    async with (
        open_sqlite(tmp_path / "data") as store,
        ReadingRoom(Screener(pack, notice=0.5, shadow=0.3)) as room,
    ):
        moderation = Moderation(pack=pack, screener=room, store=store, clock=ManualClock())
        watch = Watch(folder, store, moderation, room)
        await watch.settle()
        yield watch


def upwards(text: str) -> str:
    return text.replace("It does the opposite", "It is the other way round")


async def test_an_edit_is_taken_over_with_answers_and_screening(watch: Watch) -> None:
    before = watch.moderation.pack.revision
    watch.edit(upwards)
    assert await watch.settle()
    assert watch.correction.startswith("It is the other way round")
    assert watch.moderation.pack.revision != before
    assert [r.revision for r in await revisions(watch.store)] == [watch.moderation.pack.revision, before]
    assert await changed_since(watch.store) == ["changed: misconception vitamin-d-lowers-calcium (correction)"]


async def test_a_new_name_is_told_because_commands_are_called_by_it(watch: Watch) -> None:
    watch.edit(lambda t: t.replace("name: calcification", "name: deposits"), "pack.yaml")
    watch.edit(lambda t: t.replace("/calcification", "/deposits"), "safety.yaml")
    assert await watch.settle(), watch.moderation.content_problems
    (told,) = watch.admin.told
    assert "its command is /deposits instead of /calcification" in told


async def test_what_answers_questions_is_built_while_content_is_loaded_and_not_under_the_first_question(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = Loader(Settings(content=watch.folder)).load()

    def too_late(pack: Pack) -> TopicIndex:
        raise AssertionError("built on the event loop")

    monkeypatch.setattr(answers, "TopicIndex", too_late)
    assert answers.search(loaded.pack, next(iter(loaded.pack.topics)))


async def test_an_approved_example_is_in_force_moments_later(watch: Watch) -> None:
    name = "vitamin-d-lowers-calcium"
    files = ExampleFiles(watch.folder, lambda pack: Screener(pack, notice=0.5, shadow=0.3))
    proposing = Proposing(store=watch.store, clock=ManualClock(), write=files.write)
    opened = await watch.store.open_case(case(flags=(flag(name),), id=0), {})
    assert opened is not None
    await watch.moderation.decide(opened.id, Decision(Act.UPHOLD, ANN, NOON, opened.version))
    draft = await proposing.draft(opened.id, lambda case: True)
    await proposing.propose(opened.id, draft.choices[0], "d3 brings down calcium, you bet", ANN, lambda case: True)
    await proposing.approve(1, BEN, lambda case: True)
    assert await watch.settle()
    assert watch.moderation.pack.misconceptions[name].flags[-1] == "d3 brings down calcium, you bet"


async def test_a_new_way_to_say_a_claim_is_found_at_once(watch: Watch) -> None:
    said = "d3 shrinks it"
    assert (await watch.room.screen(said)).findings == ()
    watch.edit(
        lambda t: t.replace("lowers: [lowers, brings down]", "lowers: [lowers, brings down, shrinks]"),
        "vocabulary.yaml",
    )
    assert await watch.settle()
    assert [f.misconception for f in (await watch.room.screen(said)).findings] == ["vitamin-d-lowers-calcium"]


async def test_a_broken_edit_keeps_what_was_in_force_and_is_told_once(watch: Watch) -> None:
    before = watch.moderation.pack
    watch.edit(lambda t: t.replace("severity: harmful", "severity: terrible"))
    assert not await watch.settle()
    assert not await watch.settle()
    assert watch.moderation.pack is before
    assert len(watch.admin.told) == 1
    assert f"{CLAIM}:" in watch.admin.told[0]
    assert watch.moderation.content_problems
    watch.edit(lambda t: upwards(t.replace("severity: terrible", "severity: harmful")))
    assert await watch.settle()
    assert watch.moderation.content_problems == ""


async def test_a_file_that_is_still_being_written_is_waited_for(watch: Watch) -> None:
    path = watch.folder / CLAIM
    whole = upwards(path.read_text("utf-8"))
    path.write_text(whole[:80], "utf-8")
    assert not await watch.content.look()
    path.write_text(whole, "utf-8")
    assert await watch.settle()
    assert watch.admin.told == []


async def test_a_file_replaced_by_a_rename_is_seen(watch: Watch) -> None:
    path = watch.folder / CLAIM
    half = path.with_name("half.tmp")
    half.write_text(upwards(path.read_text("utf-8")), "utf-8")
    os.replace(half, path)
    assert await watch.settle()
    assert watch.correction.startswith("It is the other way round")


@pytest.mark.parametrize(
    "name", [".#vitamin.yaml", "vitamin.yaml~", "vitamin.yaml.swp", "#vitamin.yaml#", "v.yaml.bak"]
)
async def test_what_editors_leave_behind_changes_nothing(watch: Watch, name: str) -> None:
    (watch.folder / "misconceptions" / name).write_text("half a thought: [", "utf-8")
    assert not await watch.settle()
    assert watch.admin.told == []


async def test_a_folder_that_is_gone_for_a_while_does_no_harm(watch: Watch) -> None:
    away = watch.folder.with_name("away")
    shutil.move(watch.folder, away)
    before = watch.moderation.pack
    assert not await watch.settle()
    assert watch.moderation.pack is before
    assert len(watch.admin.told) == 1
    shutil.move(away, watch.folder)
    watch.edit(upwards)
    assert await watch.settle()


@pytest.mark.parametrize("name", ["topics", "misconceptions"])
async def test_a_deleted_part_is_not_taken_for_an_edit(watch: Watch, name: str) -> None:
    before = watch.moderation.pack
    away = watch.folder.with_name("away")
    shutil.move(watch.folder / name, away)
    assert not await watch.settle()
    assert watch.moderation.pack is before
    assert len(watch.admin.told) == 1
    assert f"pack/{name}" in watch.admin.told[0]
    shutil.move(away, watch.folder / name)
    await watch.settle()
    assert watch.moderation.content_problems == ""


async def test_an_earlier_revision_is_gone_back_to(watch: Watch) -> None:
    first = watch.moderation.pack.revision
    watch.edit(upwards)
    (watch.folder / "topics" / "extra.yaml").write_text(
        (watch.folder / "topics" / "overview.yaml")
        .read_text("utf-8")
        .replace("id: overview", "id: extra")
        .replace("aliases:", "aliases: [extra] #"),
        "utf-8",
    )
    await watch.settle()
    files = await files_of(watch.store, first)
    assert files is not None
    put_back(
        watch.folder,
        {p.relative_to(watch.folder).as_posix(): p.read_bytes() for p in watch.folder.rglob("*.yaml")},
        files,
    )
    await watch.settle()
    assert watch.moderation.pack.revision == first
    assert read_pack(watch.folder).revision == first


async def test_cases_keep_the_revision_that_they_were_made_with(watch: Watch) -> None:
    from tests.samples import message

    case = await watch.moderation.message_posted(message(SAYS))
    assert case is not None
    watch.edit(upwards)
    await watch.settle()
    kept = await watch.moderation.case(case.id)
    assert kept is not None
    assert kept.pack_revision != watch.moderation.pack.revision
    assert await files_of(watch.store, kept.pack_revision) is not None


def test_what_is_kept_of_a_revision_is_what_it_was() -> None:
    files = {"a.yaml": b"\x00\xff text", "b/c.yaml": b""}
    assert unpacked(packed(files)) == files
    with pytest.raises(ValueError, match="incompletely"):
        unpacked(packed(files)[:-20])
