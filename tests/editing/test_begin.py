"""`new`: questions are asked until the answers can be used, and the file that comes out is valid."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.core.pack import Severity, Stage
from bot.editing.begin import Desk, begin_misconception, begin_topic, scalar, slug, write_entry
from bot.packs.check import check_pack
from bot.packs.read import read_pack
from bot.packs.write import NotWritten
from tests.packs.test_mutations import STONES, TODAY
from tests.test_command_line import bot

CLAIM = "Salt has nothing to do with kidney stones."


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return shutil.copytree(STONES, tmp_path / "pack")


class Somebody:
    """Types answers one after the other and remembers what was said to them."""

    def __init__(self, answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        self.told: list[str] = []

    def ask(self, question: str) -> str:
        self.asked.append(question)
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)


MISCONCEPTION = (
    CLAIM,
    "",  # the short name that is offered
    "harmful",
    "For most calcium stones, eating with less salt works better than cutting out calcium. In a 5-year trial men on"
    " such a diet had fewer repeat stones.",
    "borghi-2002, nkf-calcium-stones-2025",
    *("salt can't give you kidney stones", "kidney stones do not come from salt", "salt and kidney stones? no way", ""),
    *("Less salt may help with kidney stones.", "Does salt matter for kidney stones?", "I like salt.", ""),
    "stones",
)


def test_a_misconception_is_asked_for_and_written(pack: Path) -> None:
    somebody = Somebody(MISCONCEPTION)
    desk = Desk(read_pack(pack), somebody.ask, somebody.told.append)
    path = write_entry(pack, "misconceptions", *begin_misconception(desk))
    made = read_pack(pack).misconceptions["salt-has-nothing-do-with-kidney-stones"]
    assert path == pack / "misconceptions" / f"{made.id}.yaml"
    assert (made.severity, made.stage, made.claim) == (Severity.HARMFUL, Stage.SHADOW, CLAIM)
    assert made.correction == MISCONCEPTION[3]
    assert (len(made.flags), len(made.passes)) == (3, 3)
    assert [rule.say for rule in made.claims] == [("stones",)]
    assert any("speak of: stones" in words for words in somebody.told)
    assert [str(p) for p in check_pack(pack, today=TODAY)] == []


def test_answers_that_can_not_be_used_are_explained_and_asked_for_again(pack: Path) -> None:
    answers = [
        "",  # nothing
        "If you get kidney stones, you should cut out all calcium",  # there already
        CLAIM,
        "Not A Slug",
        "cut-out-calcium",  # taken
        "salt",
        "terrible",
        "minor",
        "It matters.",
        "zebra",
        "low calcium diet",
        "borghi-2002",
        *("one", "ONE", "", "two", "three", ""),
        *("four", "five", "six", ""),
    ]
    somebody = Somebody(answers)
    name, text = begin_misconception(Desk(read_pack(pack), somebody.ask, somebody.told.append))
    assert name == "salt"
    told = "\n".join(somebody.told)
    for words in (
        "Please write something",
        "`cut-out-calcium` has this claim already",
        "small letters",
        "`cut-out-calcium` is there already",
        "Please choose: harmful, misleading, minor",
        "No source has these words",
        "That one is there already",
        "At least 3",
        "by hand later",
    ):
        assert words in told
    write_entry(pack, "misconceptions", name, text)
    assert read_pack(pack).misconceptions["salt"].claims == ()


def test_sources_are_found_by_words_of_their_titles(pack: Path) -> None:
    somebody = Somebody(["recurrent stones", "niddk-gallstones"])
    assert Desk(read_pack(pack), somebody.ask, somebody.told.append).sources("Which?") == ("niddk-gallstones",)
    assert "borghi-2002: Comparison of two diets" in somebody.told[0]
    assert "none is confirmed" in somebody.told[1]


def test_a_topic_is_asked_for_and_written(pack: Path) -> None:
    answers = (
        "Salt: what to know",
        "salt",
        "sodium,  food , sodium",
        "Less salt helps.",
        "Eating a normal amount of calcium with less salt works better than cutting out calcium for most stones.",
        "borghi-2002",
        "In a 5-year trial men on such a diet had fewer repeat stones.",
        "borghi-2002 nkf-calcium-stones-2025",
        "",
    )
    somebody = Somebody(answers)
    path = write_entry(pack, "topics", *begin_topic(Desk(read_pack(pack), somebody.ask, somebody.told.append), TODAY))
    made = read_pack(pack).topics["salt"]
    assert (made.title, made.aliases, made.reviewed_on) == ("Salt: what to know", ("sodium",), TODAY.isoformat())
    assert [f.text for f in made.facts] == [answers[4], answers[6]]
    assert made.facts[1].sources == ("borghi-2002", "nkf-calcium-stones-2025")
    assert any("`food` leads to `diet` already" in words for words in somebody.told)
    assert [str(p) for p in check_pack(pack, today=TODAY)] == []
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=../../schema/topic.json\n")


def test_a_file_that_is_there_is_never_overwritten(pack: Path) -> None:
    with pytest.raises(NotWritten, match="there already"):
        write_entry(pack, "topics", "diet", "id: diet\n")


def test_a_file_that_would_be_wrong_is_shown_and_not_written(pack: Path) -> None:
    with pytest.raises(NotWritten, match="id: other") as caught:
        write_entry(pack, "topics", "new", "id: other\n")
    assert caught.value.problems
    assert not (pack / "topics" / "new.yaml").exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Taking vitamin D lowers the calcium in your blood.", "taking-vitamin-d-lowers-calcium-blood"),
        ("The", "the"),
        ("Ärzte & Café", "arzte-cafe"),
        ("x" * 90, "x" * 60),
    ],
)
def test_short_names_are_made_of_the_words_that_count(text: str, name: str) -> None:
    assert slug(text) == name


def test_long_texts_are_folded_and_read_back_unchanged() -> None:
    import yaml

    for text in ("short: yes", "word " * 60 + "end", "# no comment " * 20 + "x", "a" * 300 + " b", 'say "hi" - \\ it'):
        assert yaml.safe_load(f"key: {scalar(text, 0)}\n")["key"] == text


def test_on_the_command_line(pack: Path) -> None:
    done = bot("new", "misconception", given="\n".join(MISCONCEPTION) + "\n", env={"BOT_CONTENT": str(pack)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "python -m bot try salt-has-nothing" in done.stdout
    assert bot("check", str(pack)).returncode == 0


def test_leaving_in_the_middle_writes_nothing(pack: Path) -> None:
    done = bot("new", "topic", given="A title\n", env={"BOT_CONTENT": str(pack)})
    assert (done.returncode, "Nothing was written." in done.stdout) == (2, True)
    assert sorted(p.name for p in (pack / "topics").iterdir()) == ["ask-doctor.yaml", "diet.yaml"]


def test_the_day_of_today_is_the_review_of_a_new_topic(pack: Path) -> None:
    somebody = Somebody(("T", "t", "", "S.", "F.", "borghi-2002", ""))
    _, text = begin_topic(Desk(read_pack(pack), somebody.ask, somebody.told.append), date(2027, 1, 2))
    assert "reviewed_on: 2027-01-02\n" in text
