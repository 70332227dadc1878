"""Examples from decisions: proposed, approved or turned down, and forgotten when there is no ground for them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.admins import Admins
from bot.core.message import Person
from bot.core.pack import Stage
from bot.core.proposals import Choice, Label, Proposal
from bot.core.reader import Screener
from bot.core.review import Act, Case, Correction, Decision, Reason, Refused
from bot.moderation import Moderation
from bot.packs.examples import ExampleFiles
from bot.packs.read import read_pack
from bot.packs.write import set_stage
from bot.ports import Store
from bot.privacy import Privacy
from bot.proposing import Proposing
from bot.stores.cipher import cipher, new_key
from bot.stores.sql import SqlStore
from bot.stores.sqlite import open_sqlite
from tests.packs.small import small_pack
from tests.samples import ANN, BEN, KEY, MEMBER, PACK, ManualClock, WordScreener, case, flag, message
from tests.test_content import Admin

ADMIN = Person("3", "Ada")
CURES = Choice("tea-cures", Label.FLAGS)
WORDS = "tea cures all, says my aunt"


def anybody(case: Case) -> bool:
    return True


class Table:
    """Moderators and an admin around one store."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, ManualClock()
        self.moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=self.clock)
        self.written: list[Proposal] = []
        self.refuses = ""
        self.proposing = Proposing(store=store, clock=self.clock, write=self.write)
        self.privacy = Privacy(store=store, clock=self.clock, keep_text=timedelta(hours=72))

    async def write(self, proposal: Proposal) -> str:
        if self.refuses:
            raise Refused(self.refuses)
        self.written.append(proposal)
        return "All well."

    async def decided(self, act: Act = Act.UPHOLD) -> Case:
        """A case on which a moderator has decided."""
        opened = await self.moderation.message_posted(message("@Ben tea cures all! https://example.org"))
        assert opened is not None
        return await self.decide(opened, act)

    async def decide(self, case: Case, act: Act) -> Case:
        reason = Reason.JOKE if act is Act.DISMISS else None
        decision = Decision(act, ANN, self.clock.now(), case.version, correction=Correction.RECORD, reason=reason)
        return await self.moderation.decide(case.id, decision)

    async def propose(self, words: str = WORDS, choice: Choice = CURES) -> Proposal:
        return await self.proposing.propose(1, choice, words, ANN, anybody)

    async def waiting(self) -> list[Proposal]:
        return await self.proposing.waiting(anybody)

    async def acts(self) -> list[tuple[Act, str, str]]:
        return [(e.act, e.by.name, e.detail) for e in await self.moderation.history(1)]


@pytest.fixture
def table(any_store: Store) -> Table:
    return Table(any_store)


@pytest.mark.parametrize(("act", "label"), [(Act.UPHOLD, Label.FLAGS), (Act.DISMISS, Label.PASSES)])
async def test_the_draft_follows_the_decision(table: Table, act: Act, label: Label) -> None:
    await table.decided(act)
    draft = await table.proposing.draft(1, anybody)
    assert (draft.choices, draft.text) == ((Choice("tea-cures", label),), "tea cures all!")


async def test_an_approved_example_is_written_and_its_words_are_forgotten(table: Table) -> None:
    await table.decided()
    await table.propose()
    (waits,) = await table.waiting()
    assert (waits.text, waits.label, waits.by) == (WORDS, Label.FLAGS, ANN)
    assert (await table.proposing.approve(waits.id, ADMIN, anybody)).endswith("All well.")
    assert [(p.misconception, p.text) for p in table.written] == [("tea-cures", WORDS)]
    assert await table.waiting() == []
    assert (await table.acts())[-2:] == [
        (Act.EXAMPLE_PROPOSED, "Ann", "tea-cures, to be flagged"),
        (Act.EXAMPLE_APPROVED, "Ada", "tea-cures, to be flagged"),
    ]
    with pytest.raises(Refused, match="no longer there"):
        await table.proposing.approve(waits.id, ADMIN, anybody)


async def test_a_rejected_example_is_written_nowhere(table: Table) -> None:
    await table.decided()
    made = await table.propose()
    (waits,) = await table.waiting()
    assert made.text == waits.text
    await table.proposing.reject(waits.id, ADMIN, anybody)
    assert (table.written, await table.waiting()) == ([], [])
    assert (await table.acts())[-1] == (Act.EXAMPLE_REJECTED, "Ada", "tea-cures, to be flagged")
    await table.propose("tea cures, again")  # it may be proposed anew


async def test_the_number_of_a_proposal_that_is_gone_never_names_another(table: Table) -> None:
    await table.decided()
    first = await table.propose()
    assert first.text == WORDS
    number = (await table.waiting())[0].id
    await table.proposing.reject(number, ADMIN, anybody)
    await table.propose("tea cures, again")
    assert (await table.waiting())[0].id > number


async def test_what_can_not_be_written_goes_on_waiting(table: Table) -> None:
    await table.decided()
    await table.propose()
    table.refuses = "misconceptions/tea-cures.yaml:7:5: the same example is under `passes`"
    with pytest.raises(Refused, match="the same example"):
        await table.proposing.approve((await table.waiting())[0].id, ADMIN, anybody)
    assert len(await table.waiting()) == 1


async def test_the_same_is_not_proposed_twice(table: Table) -> None:
    await table.decided()
    await table.propose()
    with pytest.raises(Refused, match="proposed already"):
        await table.propose("tea cures, in other words")


async def test_of_two_admins_at_once_one_hears_that_the_other_was_faster(table: Table) -> None:
    await table.decided()
    await table.propose()
    number = (await table.waiting())[0].id
    both = (table.proposing.approve(number, ADMIN, anybody), table.proposing.reject(number, BEN, anybody))
    ends = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(end, Refused) for end in ends) == 1
    assert len(table.written) == (not isinstance(ends[0], Refused))


async def test_who_may_not_see_the_case_sees_no_example_of_it(table: Table) -> None:
    def nothing(case: Case) -> bool:
        return False

    await table.decided()
    with pytest.raises(Refused, match="no such case"):
        await table.proposing.propose(1, CURES, WORDS, ANN, nothing)
    await table.propose()
    assert await table.proposing.waiting(nothing) == []
    with pytest.raises(Refused, match="no longer there"):
        await table.proposing.reject((await table.waiting())[0].id, ADMIN, nothing)


async def test_admins_hear_once_that_something_waits_and_read_none_of_the_words(table: Table) -> None:
    admin = Admin()
    admins = Admins(store=table.store, clock=table.clock, notifiers={"discord": admin})
    key = replace(KEY, platform="discord")
    await table.moderation.message_posted(message("tea cures all", key))
    await admins.tell(await table.proposing.news())
    case = await table.moderation.case(1)
    assert case is not None
    await table.decide(case, Act.UPHOLD)
    await table.propose()
    for _ in range(2):
        await admins.tell(await table.proposing.news())
    (told,) = admin.told
    assert told.endswith("• 1 example waits")
    assert "cures" not in told


async def test_what_is_tried_in_the_sandbox_calls_nobody_elsewhere(table: Table) -> None:
    await table.decided()
    await table.propose()
    assert (await table.proposing.news()).lines == {}


async def undone(table: Table, case: Case) -> None:
    await table.decide(case, Act.UNDO)


async def deleted(table: Table, case: Case) -> None:
    await table.moderation.message_deleted(KEY)


async def retold(table: Table, case: Case) -> None:
    await table.moderation.message_posted(message("tea cures much"))


async def outlived(table: Table, case: Case) -> None:
    table.clock.pass_time(timedelta(hours=73))
    await table.privacy.purge()


async def erased(table: Table, case: Case) -> None:
    await table.privacy.erase("sandbox", MEMBER.id)


@pytest.mark.parametrize("end", [undone, deleted, retold, outlived, erased])
async def test_a_proposal_ends_with_its_ground(table: Table, end: Callable[[Table, Case], object]) -> None:
    await table.decided()
    await table.propose()
    case = await table.moderation.case(1)
    assert case is not None
    await end(table, case)  # type: ignore[misc]
    assert await table.waiting() == []


async def test_a_note_leaves_a_proposal_alone(table: Table) -> None:
    await table.decided()
    await table.propose()
    case = await table.moderation.case(1)
    assert case is not None
    await table.decide(case, Act.NOTE)
    assert len(await table.waiting()) == 1


async def test_the_author_sees_it_among_what_is_kept_and_the_moderator_without_the_words(table: Table) -> None:
    await table.decided()
    await table.propose()
    own = await table.privacy.kept("sandbox", MEMBER.id)
    assert "Words of yours that wait to become an example, without your name: 1." in own.lines
    assert [e["text"] for e in json.loads(own.as_json)["examples"]] == [WORDS]
    theirs = await table.privacy.kept("sandbox", ANN.id)
    assert [e["text"] for e in json.loads(theirs.as_json)["examples"]] == [""]


async def test_a_moderator_who_is_erased_leaves_the_proposal_without_a_name(table: Table) -> None:
    await table.decided()
    await table.propose()
    await table.privacy.erase("sandbox", ANN.id)
    (waits,) = await table.waiting()
    assert (waits.by.name, waits.text) == ("somebody", WORDS)
    assert waits.by.id != ANN.id


async def test_the_words_are_encrypted_at_rest(any_store: Store) -> None:
    assert isinstance(any_store, SqlStore)
    table = Table(any_store.sealed_with(cipher(new_key())))
    await table.decided()
    await table.propose()
    (row,) = await any_store._db.rows("SELECT body FROM proposals")
    assert row["body"].startswith("sealed:")
    assert (await table.waiting())[0].text == WORDS


WRONG = "vitamin-d-lowers-calcium"
FILE = f"misconceptions/{WRONG}.yaml"


def about(text: str, label: Label) -> Proposal:
    return Proposal(1, WRONG, label, text, ANN, ManualClock().now())


def files(folder: Path) -> ExampleFiles:
    return ExampleFiles(small_pack(folder), lambda pack: Screener(pack, notice=0.5, shadow=0.3))


async def test_an_example_is_written_into_its_file_and_nothing_else_is_touched(tmp_path: Path) -> None:
    writer, path = files(tmp_path), tmp_path / FILE
    path.write_text(f"# mind the doses\n{path.read_text('utf-8')}# the end\n", "utf-8")
    before = path.read_text("utf-8").splitlines()
    assert await writer.write(about("D3 brings down calcium, I was told so", Label.FLAGS)) == ""
    after = path.read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ['  - "D3 brings down calcium, I was told so"']
    assert [line for line in before if line not in after] == []
    assert read_pack(tmp_path).misconceptions[WRONG].flags[-1].startswith("D3 brings down")


async def test_what_the_bot_goes_on_reading_wrongly_is_told(tmp_path: Path) -> None:
    writer = files(tmp_path)
    set_stage(tmp_path, ("misconceptions", WRONG), Stage.SHADOW)
    assert "would still not flag these words" in await writer.write(about("It shrinks the stuff", Label.FLAGS))
    assert "would still flag these words" in await writer.write(about("d3 lowers calcium, you bet", Label.PASSES))


@pytest.mark.parametrize(
    ("text", "label"), [("It shrinks the stuff", Label.FLAGS), ("d3 lowers calcium, you bet", Label.PASSES)]
)
async def test_an_example_that_would_silence_its_misconception_is_not_written(
    tmp_path: Path, text: str, label: Label
) -> None:
    folder = small_pack(tmp_path)
    path = folder / FILE
    head, _, _ = path.read_text("utf-8").partition("flags:")
    path.write_text(f"{head}flags:\n  - d3 lowers calcium\npasses:\n  - does d3 matter?\n", "utf-8")
    before = path.read_bytes()
    writer = ExampleFiles(folder, lambda pack: Screener(pack, notice=0.5, shadow=0.3))
    with pytest.raises(Refused, match="would fail its own examples"):
        await writer.write(about(text, label))
    assert path.read_bytes() == before


async def test_nothing_is_written_into_content_that_has_errors(tmp_path: Path) -> None:
    writer, path = files(tmp_path), tmp_path / FILE
    path.write_text(path.read_text("utf-8").replace("severity: harmful", "severity: terrible"), "utf-8")
    with pytest.raises(Refused, match="The content on disk has errors"):
        await writer.write(about("D3 brings it down.", Label.FLAGS))


async def test_an_example_of_both_kinds_is_not_written(tmp_path: Path) -> None:
    writer, path = files(tmp_path), tmp_path / FILE
    known = read_pack(tmp_path).misconceptions[WRONG].passes[0]
    before = path.read_bytes()
    with pytest.raises(Refused, match="It was not written"):
        await writer.write(about(known, Label.FLAGS))
    assert path.read_bytes() == before


async def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    writer = files(tmp_path)
    with pytest.raises(Refused, match="There is no file"):
        await writer.write(replace(about("tea", Label.FLAGS), misconception="black-tea"))


def command(*arguments: str, folder: Path, data: Path) -> tuple[int, str]:
    """`python -m bot examples …` on that content and store: its exit status, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "examples", *arguments],
        env={**os.environ, "BOT_DATA": str(data), "BOT_CONTENT": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def test_whoever_runs_the_bot_decides_on_the_command_line(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", small_pack(tmp_path / "pack")
    data.mkdir()
    pack = read_pack(folder)
    flagged = replace(flag(), misconception=WRONG)
    async with open_sqlite(data) as store:
        opened = await store.open_case(case(flags=(flagged,), id=0), {})
        assert opened is not None
        table = Table(store)
        await table.decide(opened, Act.UPHOLD)
        await table.propose("d3 lowers calcium, you bet", Choice(WRONG, Label.FLAGS))
    status, said = await asyncio.to_thread(command, folder=folder, data=data)
    assert (status, "d3 lowers calcium, you bet" in said) == (0, True), said
    status, said = await asyncio.to_thread(command, "--approve", "1", folder=folder, data=data)
    assert (status, "Written into the content file." in said) == (0, True), said
    assert read_pack(folder).misconceptions[WRONG].flags == (
        *pack.misconceptions[WRONG].flags,
        "d3 lowers calcium, you bet",
    )
    status, said = await asyncio.to_thread(command, "--reject", "1", folder=folder, data=data)
    assert (status, "no longer there" in said) == (2, True), said
