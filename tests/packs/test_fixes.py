"""What --fix mends, what it leaves to people, and that it never makes a file worse."""

import io
import json
import shutil
from pathlib import Path

import pytest

from bot.core.content_checks import Level
from bot.packs.check import check_pack
from bot.packs.command import FINE, FOUND, Options, check
from bot.packs.read import read_pack
from tests.packs.test_mutations import ASK, CUT, DIET, MUTANTS, PACK, PILLS, SAFETY, STONES, TODAY, WORDS, Mutant


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(STONES, tmp_path / "pack")
    return tmp_path / "pack"


def fixed(pack: Path) -> tuple[int, str]:
    out = io.StringIO()
    return check(pack, Options(today=TODAY, fix=True), out), out.getvalue()


MENDED = (  # the file, what it says, how it is broken, and what it says after --fix (the same, if nothing is named)
    (DIET, "summary:", "sumary:", "summary:"),
    (PACK, "title:", "Titel:", "title:"),
    (CUT, "severity: harmful", "severity: harmfull", "severity: harmful"),
    (CUT, "severity: harmful", 'severity: "Harmful"', 'severity: "harmful"'),
    (WORDS, "kind: denial", "kind: denail", "kind: denial"),
    (DIET, '"Diet and kidney stones"', "2024   # a year", '"2024"   # a year'),
    (DIET, "[food, eating", "[7, eating", '["7", eating'),
    (DIET, "[food, eating, kidney stones]", "food", "[food]"),
    (DIET, "2026-11-24", '"24.11.2026"', '"2026-11-24"'),
    (DIET, "2026-11-24", "2026/11/24", "2026-11-24"),
    (DIET, '"Diet and kidney stones"', "Diet: stones", '"Diet: stones"'),
    (DIET, '"Diet and kidney stones"', '@home, say "hi"', '@home, say "hi"'),
    (DIET, '"Diet and kidney stones"', "*Diet*", '"*Diet*"'),
    (DIET, "Diet and", "Diet\x07 and", "Diet and"),
    (DIET, "  - text: >-", "\t- text: >-", "  - text: >-"),
    (CUT, '  - "had a stone?', '  - "HAD a stone? zero dairy for life"\n  - "had a stone?', '  - "HAD a stone?'),
)  # fmt: skip


@pytest.mark.parametrize(("file", "old", "broken", "after"), MENDED, ids=[m[2][:20] for m in MENDED])
def test_plain_cases_are_mended_and_the_rest_of_the_file_stays(
    pack: Path, file: str, old: str, broken: str, after: str
) -> None:
    good = (pack / file).read_text("utf-8")
    assert old in good
    (pack / file).write_text(good.replace(old, broken, 1), "utf-8")
    status, told = fixed(pack)
    if broken == after:
        assert status == FOUND  # a text with quotes inside is left to a person
        return
    assert status == FINE, told
    assert "Mended " in told
    assert (pack / file).read_text("utf-8") in (good.replace(old, after, 1), good.replace(f"{old}", after, 1))
    read_pack(pack)


def test_several_mistakes_behind_one_another_are_mended_in_one_go(pack: Path) -> None:
    text = (pack / DIET).read_text("utf-8").replace("\nsummary: ", "\nsumary: ").replace("  - text:", "\t- text:")
    (pack / DIET).write_text(text.replace('"Diet and kidney stones"', "Diet: and stones"), "utf-8")
    (pack / CUT).write_text((pack / CUT).read_text("utf-8").replace("severity: harmful", "severity: harmfull"), "utf-8")
    status, told = fixed(pack)
    assert status == FINE, told
    assert told.count("Mended ") == 5
    assert read_pack(pack).topics["diet"].title == "Diet: and stones"


@pytest.mark.parametrize(
    ("file", "old", "broken"),
    [
        (DIET, "[borghi-2002]", "[borghi-2020]"),  # another source would be another statement
        (CUT, "[stones, cut-out]", "[stone, cut-out]"),
        (SAFETY, "{correction}", "{corection}"),
        (ASK, "id: ask-doctor", "id: ask"),
    ],
)
def test_what_changes_a_meaning_is_left_to_people(pack: Path, file: str, old: str, broken: str) -> None:
    text = (pack / file).read_text("utf-8").replace(old, broken, 1)
    (pack / file).write_text(text, "utf-8")
    status, told = fixed(pack)
    assert status == FOUND
    assert "Mended" not in told
    assert (pack / file).read_text("utf-8") == text


def test_line_ends_and_byte_order_marks_survive(pack: Path) -> None:
    path = pack / DIET
    good = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(good.replace(b"summary:", b"sumary:"))
    assert fixed(pack)[0] == FINE
    assert path.read_bytes() == good


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_no_mutant_gets_worse(pack: Path, mutant: Mutant) -> None:
    text, _ = mutant.edit((pack / mutant.file).read_text("utf-8"))
    (pack / mutant.file).write_text(text, "utf-8")
    before = check_pack(pack, today=TODAY)
    fixed(pack)
    after = check_pack(pack, today=TODAY)
    assert sum(p.rule == "yaml" for p in after) <= sum(p.rule == "yaml" for p in before)
    if "yaml" not in {p.rule for p in before}:  # which hides all that follows
        assert sum(p.severity is Level.ERROR for p in after) <= sum(p.severity is Level.ERROR for p in before)


def test_a_file_that_can_not_be_written_is_named(pack: Path) -> None:
    text = (pack / PILLS).read_text("utf-8").replace("severity: misleading", "severity: misleding")
    (pack / PILLS).write_text(text, "utf-8")
    target = pack / "real.txt"
    (pack / PILLS).rename(target)
    (pack / PILLS).symlink_to(target)
    status, told = fixed(pack)
    assert status in (FINE, FOUND)
    assert "Traceback" not in told


def test_the_fix_is_shown_before_it_is_made(pack: Path) -> None:
    (pack / DIET).write_text((pack / DIET).read_text("utf-8").replace("summary:", "sumary:"), "utf-8")
    out = io.StringIO()
    assert check(pack, Options(today=TODAY), out) == FOUND
    shown = out.getvalue()
    assert '    | sumary: "Kidney stones form in the urine."\n    | ^\n    Did you mean `summary`?' in shown
    assert '--fix writes: summary: "Kidney stones form in the urine."' in shown
    assert "1 can be mended with --fix." in shown
    out = io.StringIO()
    check(pack, Options(today=TODAY, as_json=True), out)
    told = json.loads(out.getvalue())
    assert (told["text"], told["fix"]) == (
        'sumary: "Kidney stones form in the urine."',
        'summary: "Kidney stones form in the urine."',
    )
