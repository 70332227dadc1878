"""What the bot writes into a content file: the change that was meant, and not a character more."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.core.pack import Stage
from bot.packs.read import read_pack
from bot.packs.write import Examples, NotWritten, add_example, edited, replace_file, set_stage, set_value
from tests.packs.small import SHIPPED, small_pack

WRONG = "vitamin-d-lowers-calcium"
FILE = f"misconceptions/{WRONG}.yaml"
EVERY_FILE = sorted(p.relative_to(SHIPPED).as_posix() for p in SHIPPED.rglob("*.yaml"))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return small_pack(tmp_path / "pack")


def change(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone, and those that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_an_example_is_one_new_line(pack: Path) -> None:
    before = (pack / FILE).read_text("utf-8")
    path = add_example(pack, WRONG, ' D3 brings it "right" down: \\ always ', to=Examples.FLAGS)
    assert path == pack / FILE
    gone, new = change(before, path.read_text("utf-8"))
    assert (gone, new) == ([], ['  - "D3 brings it \\"right\\" down: \\\\ always"'])
    assert read_pack(pack).misconceptions[WRONG].flags[-1] == 'D3 brings it "right" down: \\ always'


def test_an_example_goes_to_the_end_of_its_list(pack: Path) -> None:
    add_example(pack, WRONG, "Ask a pharmacist.", to=Examples.PASSES)
    read = read_pack(pack).misconceptions[WRONG]
    assert read.passes[-1] == "Ask a pharmacist."
    assert "Ask a pharmacist." not in read.flags


def test_repeating_an_example_changes_nothing(pack: Path) -> None:
    add_example(pack, WRONG, "D3 brings it down.", to=Examples.FLAGS)
    before = (pack / FILE).read_bytes()
    add_example(pack, WRONG, "  d3 BRINGS it\ndown. ", to=Examples.FLAGS)
    assert (pack / FILE).read_bytes() == before


@pytest.mark.parametrize(
    "text", ["two\nlines", "émoji 🍵 and “quotes”", "- a: [b] {c} # d", "'", "yes", "2026-01-01", "a\x00b\x07"]
)
def test_any_text_is_read_back_as_it_was(pack: Path, text: str) -> None:
    add_example(pack, WRONG, text, to=Examples.PASSES)
    assert read_pack(pack).misconceptions[WRONG].passes[-1] == text


@pytest.mark.parametrize("stage", [Stage.SHADOW, Stage.PAUSED])
def test_a_stage_is_one_line_below_the_severity_and_goes_back(pack: Path, stage: Stage) -> None:
    before = (pack / FILE).read_text("utf-8")
    set_stage(pack, ("misconceptions", WRONG), stage)
    now = (pack / FILE).read_text("utf-8")
    assert change(before, now) == ([], [f"stage: {stage}"])
    assert f"severity: harmful\nstage: {stage}\n" in now
    assert read_pack(pack).misconceptions[WRONG].stage is stage
    set_stage(pack, ("misconceptions", WRONG), Stage.LIVE)
    assert read_pack(pack).misconceptions[WRONG].stage is Stage.LIVE


def test_live_is_not_spelled_out_where_nothing_else_was_said(pack: Path) -> None:
    before = (pack / FILE).read_bytes()
    set_stage(pack, ("misconceptions", WRONG), Stage.LIVE)
    assert (pack / FILE).read_bytes() == before


def test_a_date_can_be_set(pack: Path) -> None:
    set_value(pack, ("topics", "overview"), "reviewed_on", date(2026, 11, 25))
    assert read_pack(pack).topics["overview"].reviewed_on == "2026-11-25"
    assert "reviewed_on: 2026-11-25\n" in (pack / "topics/overview.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", EVERY_FILE)
def test_files_that_ship_keep_every_line_that_is_not_meant(name: str) -> None:
    data = (SHIPPED / name).read_bytes()
    after = edited(data, lambda values: values.update({"zz-new": "1"}))
    assert after.decode() in (f"{data.decode()}zz-new: '1'\n", f"{data.decode()}zz-new: 1\n")


ODD = """\
# top
id: a      # beside the id
flags:
- "one"    # beside one
- 'two'    # beside two

# before passes
passes: [
  "three", "four"]   # odd but valid

# the end
"""


def test_comments_blank_lines_quotes_and_another_layout_are_kept() -> None:
    after = edited(ODD.encode(), lambda values: _add(values, "new")).decode()
    assert after == ODD.replace("# beside two\n", '# beside two\n- "new"\n')


def _add(values: object, text: str) -> None:
    from bot.packs.write import _append

    _append(values, Examples.FLAGS, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark_are_kept(pack: Path, ending: str, start: bytes) -> None:
    path = pack / FILE
    path.write_bytes(start + path.read_text("utf-8").replace("\n", ending).encode())
    before = path.read_bytes()
    add_example(pack, WRONG, "One more.", to=Examples.PASSES)
    assert path.read_bytes() == before + f'  - "One more."{ending}'.encode()


def test_permissions_are_kept_and_nothing_is_left_behind(pack: Path) -> None:
    (pack / FILE).chmod(0o640)
    add_example(pack, WRONG, "One more.", to=Examples.PASSES)
    assert (pack / FILE).stat().st_mode & 0o777 == 0o640
    assert [p.name for p in (pack / "misconceptions").iterdir() if p.suffix != ".yaml"] == []


class TestRefused:
    def test_an_example_that_the_other_list_has(self, pack: Path) -> None:
        before = (pack / FILE).read_bytes()
        with pytest.raises(NotWritten, match="under `flags` as well") as caught:
            add_example(pack, WRONG, "vit d supplements will bring your calcium down", to=Examples.PASSES)
        assert [p.rule for p in caught.value.problems] == ["same-example"]
        assert (pack / FILE).read_bytes() == before

    def test_no_text(self, pack: Path) -> None:
        with pytest.raises(NotWritten, match="needs some text"):
            add_example(pack, WRONG, " \n", to=Examples.FLAGS)

    def test_a_value_that_the_file_may_not_have(self, pack: Path) -> None:
        with pytest.raises(NotWritten, match="should be harmful, misleading or minor"):
            set_value(pack, ("misconceptions", WRONG), "severity", "huge")

    def test_half_a_character(self, pack: Path) -> None:
        with pytest.raises(NotWritten, match="would break the content"):
            add_example(pack, WRONG, "\ud83c", to=Examples.FLAGS)

    def test_an_entry_that_is_not_there(self, pack: Path) -> None:
        with pytest.raises(NotWritten, match=r"no file misconceptions/nobody\.yaml"):
            add_example(pack, "nobody", "text", to=Examples.FLAGS)

    def test_an_id_that_leads_elsewhere(self, pack: Path) -> None:
        with pytest.raises(NotWritten):
            add_example(pack, "../sources", "text", to=Examples.FLAGS)

    def test_a_file_that_is_broken(self, pack: Path) -> None:
        (pack / FILE).write_text("id: [", "utf-8")
        with pytest.raises(NotWritten, match="no valid YAML"):
            add_example(pack, WRONG, "text", to=Examples.FLAGS)
        assert (pack / FILE).read_text("utf-8") == "id: ["

    def test_a_file_that_somebody_saved_meanwhile(self, pack: Path) -> None:
        with pytest.raises(NotWritten, match="changed meanwhile"):
            replace_file(pack / FILE, b"id: mine", known=b"id: what I read")
        assert b"id: mine" not in (pack / FILE).read_bytes()

    def test_a_folder_that_is_gone(self, pack: Path) -> None:
        shutil.rmtree(pack / "misconceptions")
        with pytest.raises(NotWritten, match="can't be written"):
            replace_file(pack / FILE, b"id: mine")


def test_a_broken_file_elsewhere_does_not_stop_a_change(pack: Path) -> None:
    (pack / "topics" / "overview.yaml").write_text("id: [", "utf-8")
    add_example(pack, WRONG, "One more.", to=Examples.PASSES)
    assert (pack / FILE).read_text("utf-8").endswith('  - "One more."\n')
