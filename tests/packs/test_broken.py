"""Every way of breaking a pack is reported at the right file and line, with words that help."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.core.content_checks import Level
from bot.packs.check import check_pack
from bot.packs.command import COULD_NOT, FINE, FOUND, Options, check
from bot.packs.problems import PackErrors, Problem
from bot.packs.read import read_pack
from bot.packs.tree import MAX_BYTES
from tests.packs.small import small_pack

TODAY = date(2026, 11, 24)
TOPIC = "topics/overview.yaml"
OTHER = "topics/vitamin-d-calcium.yaml"
WRONG = "misconceptions/vitamin-d-lowers-calcium.yaml"


@dataclass(frozen=True)
class Break:
    """One edit of one file, the line it must be reported at, and a word that must be said."""

    name: str
    file: str
    old: str  # the text that is replaced; "" stands for the end of the file
    new: str
    at: str  # the line that is blamed is the first that holds this text after the edit
    says: str
    level: Level = Level.ERROR


YAML = (
    Break("unclosed quote", TOPIC, 'calcification?"', "calcification?", "title:", "quote"),
    Break("colon in plain text", TOPIC, '"What is calcification?"', "Note: it: that", "title:", "quotes"),
    Break("tab", TOPIC, "reviewed_on:", "\treviewed_on:", "\treviewed_on", "tab"),
    Break("duplicate key", TOPIC, "reviewed_on:", "id: overview\nreviewed_on:", "id: overview\nreviewed", "twice"),
    Break("anchor", TOPIC, 'title: "', 'title: &a "', "title:", "anchor"),
    Break("alias", TOPIC, '"What is calcification?"', "*what", "title:", "alias"),
    Break("tag", TOPIC, 'title: "', 'title: !!python/name:os.system "', "title:", "tag"),
    Break("second document", TOPIC, "", "---\nid: other\n", "---", "second document"),
    Break("nesting", TOPIC, "aliases: [", f"aliases: {'[' * 30}{']' * 30}\nother: [", "aliases", "levels"),
    Break("date that does not exist", TOPIC, "2026-11-24", "2026-02-30", "reviewed_on", "no date"),
    Break("control character", TOPIC, "What is", "What\x07 is", "title", "character"),
    Break("list as key", TOPIC, "id: overview", "? [a, b]\n: overview\nid: overview", "? [a", "key"),
    Break("unclosed bracket", TOPIC, "intro, calcification]", "intro, calcification", "aliases", "bracket"),
)

SHAPE = (
    Break("misspelt key", TOPIC, "summary:", "sumary:", "sumary:", "`summary`"),
    Break("unknown key", TOPIC, "id: overview", "id: overview\nqqq: 1", "qqq", "Known here"),
    Break("missing key", TOPIC, 'title: "What is calcification?"\n', "", "id: overview", "`title` is missing"),
    Break("true is no text", TOPIC, '"What is calcification?"', "true", "title:", "quotes"),
    Break("number is no text", TOPIC, "[what-is,", "[2024,", "aliases", "item 1 of `aliases`"),
    Break("text is no list", TOPIC, "[what-is, intro, calcification]", "intro", "aliases", "a list"),
    Break("text is no date", TOPIC, "2026-11-24", '"November"', "reviewed_on", "2026-01-31"),
    Break("nothing after the colon", TOPIC, ' "What is calcification?"', "", "title:", "empty"),
    Break("blank text", TOPIC, "What is calcification?", "  ", "title:", "empty"),
    Break("id with capitals", TOPIC, "id: overview", "id: Over View", "id:", "hyphens"),
    Break(
        "fact without sources", TOPIC, "    sources: [cvvd-review]\n", "", "- text: >-\n      It becomes", "no source"
    ),
    Break("fact with an unknown key", TOPIC, "sources: [cvvd", "source: [cvvd", "source: [cvvd", "`sources`"),
    Break("severity", WRONG, "severity: harmful", "severity: harmfull", "severity", "`harmful`"),
    Break("rule without concepts", WRONG, "flags:", "claims2: []\nflags:", "claims2", "`claims`"),
    Break("source flag", "sources.yaml", "  confirmed: yes", "  confirmed: 1", "confirmed: 1", "yes or no"),
    Break("source year", "sources.yaml", "year: 2007", 'year: "2007"', 'year: "2007"', "whole number"),
    Break("source key", "sources.yaml", "gmc-review-2007:", "GMC review:", "GMC review", "hyphens"),
    Break("pack name", "pack.yaml", "name: calcification", "name: Calc Ification", "name:", "small letters"),
)

MEANING = (
    Break("unknown source", TOPIC, "[cvvd-review]", "[cvvd-reviw]", "cvvd-reviw", "`cvvd-review`"),
    Break("file name", TOPIC, "id: overview", "id: over", "id: over", "differs"),
    Break("unconfirmed source", TOPIC, "[cvvd-review]", "[ods-calcium]", "[ods-calcium]", "shown", Level.WARNING),
    Break("no web address", "sources.yaml", "https://doi.org/10.1097", "doi.org/10.1097", '"doi.org', "https://"),
    Break("space in address", "sources.yaml", "https://doi.org/10.1097", "https://doi.org/ 10", "/ 10", "spaces"),
    Break("alias taken", OTHER, "[vitamin-d,", "[Intro,", "aliases", "`overview`"),
    Break("alias is a topic", TOPIC, "[what-is,", "[Vitamin D calcium,", "aliases", "vitamin-d-calcium"),
    Break("future review", TOPIC, "2026-11-24", "2027-11-24", "reviewed_on", "future", Level.WARNING),
    Break("old review", TOPIC, "2026-11-24", "2024-11-24", "reviewed_on", "year ago", Level.WARNING),
    Break("long title", TOPIC, "What is", "What is " + "x" * 156, "title", "150 fit in Slack"),
    Break("long fact", TOPIC, "off. Dystrophic", "off. " + "x " * 520, "- text: >-\n      There are two", "1024"),
    Break("long correction", WRONG, "to bring calcium down.", "down. " + "x " * 500, "correction:", "1024"),
    Break("unknown placeholder", "safety.yaml", "{source_links}", "{source_link}", "correction_template", "links"),
    Break("no correction in it", "safety.yaml", "{correction}", "(it)", "correction_template", "{correction}"),
    Break("open brace", "safety.yaml", "{correction}", "{correction", "correction_template", "brace"),
    Break("unknown urgent text", "safety.yaml", "message: overdose,", "message: overdos,", "overdos,", "`overdose`"),
    Break("unknown sign", "safety.yaml", "say: [swallowed, am", "say: [swallwd, am", "swallwd", "`swallowed`"),
    Break("unknown topic", "pack.yaml", "- overview", "- overviw", "overviw", "`overview`"),
    Break("unknown concept", WRONG, "passes:", "unless_: []\npasses:", "unless_", "not a key"),
    Break("same example", WRONG, "passes:\n", 'passes:\n  - "Vit D supplements  will bring your calcium down"\n',
          "Vit D", "under `flags`"),
)  # fmt: skip


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return small_pack(tmp_path / "pack")


@pytest.mark.parametrize("broken", [*YAML, *SHAPE, *MEANING], ids=lambda b: b.name)
def test_reported_where_it_is(pack: Path, broken: Break) -> None:
    text = _edit(pack / broken.file, broken.old, broken.new)
    line = text[: text.index(broken.at)].count("\n") + 1
    if broken.name == "duplicate key":
        assert text.split("\n")[line - 1] == "id: overview"
    found = [p for p in check_pack(pack, today=TODAY) if p.file == str(pack / broken.file)]
    fitting = [p for p in found if broken.says in f"{p.message} {p.hint}" and p.severity is broken.level]
    assert [p.line for p in fitting][:1] == [line], [str(p) for p in found]


def test_the_small_pack_has_no_errors(pack: Path) -> None:
    assert read_pack(pack).name == "calcification"


def test_a_misspelt_key_is_one_problem_not_two(pack: Path) -> None:
    _edit(pack / TOPIC, "summary:", "sumary:")
    assert len(_errors(pack)) == 1


def test_problems_of_all_files_come_at_once(pack: Path) -> None:
    _edit(pack / TOPIC, "summary:", "sumary:")
    _edit(pack / WRONG, "severity: harmful", "severity: huge")
    _edit(pack / "topics/vitamin-d-calcium.yaml", "[vitd-calgary]", "[nobody]")
    assert [Path(p.file).name for p in _errors(pack)] == [
        "vitamin-d-lowers-calcium.yaml",
        "overview.yaml",
        "vitamin-d-calcium.yaml",
    ]


def test_a_broken_topic_is_not_called_unknown_too(pack: Path) -> None:
    _edit(pack / TOPIC, "id: overview", "id: [overview")
    assert {Path(p.file).name for p in _errors(pack)} == {"overview.yaml"}


def test_unknown_concepts_are_named_with_the_nearest_known(pack: Path) -> None:
    (pack / "vocabulary.yaml").write_text("concepts:\n  vitamin-d: [vit d]\n  lowers: [brings down]\n", "utf-8")
    for name in ("vitamin-d-lowers-calcium", "nothing-can-be-done"):
        path = pack / "misconceptions" / f"{name}.yaml"
        kept = path.read_text("utf-8").split("\nclaims:")[0]
        rules = "\nclaims:\n  - [vitamin-d, lowers|lowrs]\n  - say: [vitamind]\n    within: 3\n    unless: [qqq]\n"
        path.write_text(f'{kept}{rules}flags: ["a {name}"]\npasses: ["b {name}"]\n', "utf-8")
    found = [p for p in _errors(pack) if p.file.endswith("vitamin-d-lowers-calcium.yaml")]
    first = found[0].line
    assert [(p.line - first, p.message, p.hint) for p in found] == [
        (0, "no concept is called `lowrs`", "Did you mean `lowers`?"),
        (1, "no concept is called `vitamind`", "Did you mean `vitamin-d`?"),
        (3, "no concept is called `qqq`", "Add it to vocabulary.yaml, or correct the name."),
    ]


def test_yes_and_no_are_words_where_words_are_meant(pack: Path) -> None:
    _edit(pack / TOPIC, "[what-is,", "[no, Yes, on,")
    assert read_pack(pack).topics["overview"].aliases[:3] == ("no", "Yes", "on")


def test_cues_are_checked(pack: Path) -> None:
    text = "concepts: {}\ncues:\n  - kind: deny\n    say: [not]\n  - {kind: denial, say: ['no'], reach: forwards}\n"
    (pack / "vocabulary.yaml").write_text(text, "utf-8")
    found = [p for p in _errors(pack) if p.file.endswith("vocabulary.yaml")]
    assert [(p.line, p.column, p.hint) for p in found] == [
        (3, 11, "Did you mean `denial`?"),
        (5, 40, "Did you mean `forward`?"),
    ]


@pytest.mark.parametrize("key", ["flags", "passes"])
def test_missing_examples_are_asked_for(pack: Path, key: str) -> None:
    path = pack / WRONG
    kept = path.read_text("utf-8").split("\nclaims:")[0]
    other = "passes" if key == "flags" else "flags"
    path.write_text(f'{kept}\n{other}: ["an example"]\n{key}: []\n', "utf-8")
    assert [(p.line, p.rule) for p in _errors(pack)] == [(len(kept.split("\n")) + 2, "no-example")]


def _remove_safety(pack: Path) -> Path:
    (pack / "safety.yaml").unlink()
    return pack / "safety.yaml"


def _remove_topics(pack: Path) -> Path:
    for path in (pack / "topics").iterdir():
        path.unlink()
    return pack / "topics"


def _make_huge(pack: Path) -> Path:
    (pack / TOPIC).write_bytes(b"#" * (MAX_BYTES + 1))
    return pack / TOPIC


def _make_latin(pack: Path) -> Path:
    (pack / TOPIC).write_bytes('id: overview\ntitle: "é"\n'.encode("latin-1"))
    return pack / TOPIC


def _make_empty(pack: Path) -> Path:
    (pack / TOPIC).write_bytes(b"")
    return pack / TOPIC


def _link_outside(pack: Path) -> Path:
    outside = pack.parent / "outside.yaml"
    outside.write_text("id: outside\n", "utf-8")
    (pack / "topics" / "outside.yaml").symlink_to(outside)
    return pack / "topics" / "outside.yaml"


def _link_in_a_circle(pack: Path) -> Path:
    link = pack / "topics" / "circle.yaml"
    link.symlink_to(link)
    return link


def _make_pipe(pack: Path) -> Path:
    os.mkfifo(pack / "topics" / "pipe.yaml")
    return pack / "topics" / "pipe.yaml"


def _make_folder(pack: Path) -> Path:
    (pack / "topics" / "folder.yaml").mkdir()
    return pack / "topics" / "folder.yaml"


def _copy_topic(pack: Path) -> Path:
    (pack / "topics" / "overview.yml").write_bytes((pack / TOPIC).read_bytes())
    return pack / "topics" / "overview.yml"


@pytest.mark.parametrize(
    ("break_it", "line", "says"),
    [
        (_remove_safety, 1, "missing"),
        (_remove_topics, 1, "no topics"),
        (_make_huge, 1, "256 kB"),
        (_make_latin, 2, "UTF-8"),
        (_make_empty, 1, "the file is empty"),
        (_link_outside, 1, "leads out"),
        (_link_in_a_circle, 1, "not a file"),
        (_make_pipe, 1, "not a file"),
        (_make_folder, 1, "not a file"),
        (_copy_topic, 3, "Keep one"),
    ],
)
def test_files_that_are_no_content(pack: Path, break_it: Callable[[Path], Path], line: int, says: str) -> None:
    blamed = break_it(pack)
    found = [p for p in _errors(pack) if p.file == str(blamed)]
    assert [(p.line, says in f"{p.message} {p.hint}") for p in found] == [(line, True)]


@pytest.mark.parametrize("name", ["overview.yaml~", ".overview.yaml.swp", "overview.yaml.bak", ".hidden.yaml", "#a#"])
def test_what_editors_leave_behind_is_ignored(pack: Path, name: str) -> None:
    before = read_pack(pack).revision
    (pack / "topics" / name).write_bytes(b"\xff\x00 [")
    assert read_pack(pack).revision == before
    assert not [p for p in check_pack(pack, today=TODAY) if name in p.file]


@pytest.mark.parametrize(("name", "says"), [("source.yaml", "`sources`"), ("topics/new.yaml.txt", ".yaml")])
def test_files_that_look_like_content_are_not_passed_over_in_silence(pack: Path, name: str, says: str) -> None:
    (pack / name).write_text("id: new\n", "utf-8")
    found = [p for p in check_pack(pack, today=TODAY) if p.file == str(pack / name)]
    assert [(p.severity, says in p.hint) for p in found] == [(Level.WARNING, True)]


def test_the_short_suffix_is_read(pack: Path) -> None:
    (pack / TOPIC).rename(pack / "topics" / "overview.yml")
    assert "overview" in read_pack(pack).topics


def test_any_change_gives_a_new_revision(pack: Path) -> None:
    before = read_pack(pack).revision
    _edit(pack / TOPIC, "What is", "What  is")
    assert read_pack(pack).revision != before


def test_errors_read_well(pack: Path) -> None:
    text = _edit(pack / TOPIC, "summary:", "sumary:")
    line = text[: text.index("sumary")].count("\n") + 1
    with pytest.raises(PackErrors) as caught:
        read_pack(pack)
    expected = f"{pack / TOPIC}:{line}:1: `sumary` is not a key that is known here\n    Did you mean `summary`?"
    assert str(caught.value) == expected


class TestCommand:
    def test_a_good_pack_is_fine(self, pack: Path) -> None:
        out = io.StringIO()
        assert check(pack, Options(today=TODAY), out) == FINE
        assert "0 errors" in out.getvalue()

    def test_json_is_one_object_a_line(self, pack: Path) -> None:
        _edit(pack / TOPIC, "summary:", "sumary:")
        out = io.StringIO()
        assert check(pack, Options(today=TODAY, as_json=True), out) == FOUND
        objects = [json.loads(line) for line in out.getvalue().splitlines()]
        keys = {"file", "line", "column", "message", "hint", "rule", "severity", "text", "fix", "trace"}
        assert keys == set(objects[0])
        assert "error" in [o["severity"] for o in objects]

    def test_no_folder_can_not_be_checked(self, tmp_path: Path) -> None:
        out = io.StringIO()
        assert check(tmp_path / "nowhere", Options(today=TODAY), out) == COULD_NOT
        assert "nowhere" in out.getvalue()

    def test_reading_no_folder_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(PackErrors, match="does not exist"):
            read_pack(tmp_path / "nowhere")


def _edit(path: Path, old: str, new: str) -> str:
    text = path.read_text("utf-8")
    assert old in text
    changed = text.replace(old, new, 1) if old else text + new
    path.write_text(changed, "utf-8")
    return changed


def _errors(pack: Path) -> list[Problem]:
    return [p for p in check_pack(pack, today=TODAY) if p.severity is Level.ERROR]
