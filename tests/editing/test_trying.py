"""`try`: what an editor sees while the file is edited."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.editing.trying import NoSuchEntry, tries
from bot.settings import Settings
from tests.packs.test_mutations import CUT, DIET, STONES
from tests.test_command_line import ROOT, bot

CUT_OUT = "cut-out-calcium"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return shutil.copytree(STONES, tmp_path / "pack")


@pytest.fixture
def stop() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def rules(pack: Pack) -> Screener:
    return Screener(pack)


def edit(path: Path, old: str, new: str) -> None:
    """As editors save: a new file in the place of the old one."""
    text = path.read_text("utf-8")
    assert old in text
    new_file = path.with_suffix(".tmp")
    new_file.write_text(text.replace(old, new), "utf-8")
    new_file.replace(path)


def test_examples_are_shown_with_their_scores(pack: Path) -> None:
    lines = next(tries(pack, CUT_OUT, rules))
    assert lines[0] == "cut-out-calcium · harmful · live · a notice takes 50%"
    assert "  ✓  92%  stones are calcium so stop eating calcium" in lines
    assert "  ✓   0%  Drink more fluid to prevent stones." in lines
    assert lines[-1] == "All examples come out right."


def test_each_edit_is_shown_with_what_it_changed(pack: Path, stop: Event) -> None:
    looks = tries(pack, CUT_OUT, rules, stop=stop)
    next(looks)
    edit(pack / CUT, "[stones, cut-out]", "[diuretic, cut-out]")
    changed = next(looks)
    assert "  ✗   0%  stones are calcium so stop eating calcium  (was 92%)" in changed
    assert any("no rule matches" in line for line in changed)
    assert changed[-1] == "3 of 6 examples come out right."
    edit(pack / CUT, "[diuretic, cut-out]", "[stones, cut-out]")
    edit(pack / CUT, "flags:\n", 'flags:\n  - "with stones, cut calcium"\n')
    assert any(line.endswith("with stones, cut calcium  (new)") for line in next(looks))


def test_a_broken_edit_says_where_and_the_next_good_one_goes_on(pack: Path, stop: Event) -> None:
    looks = tries(pack, CUT_OUT, rules, stop=stop)
    next(looks)
    edit(pack / CUT, "severity: harmful", "severity: harmfull")
    broken = next(looks)
    assert broken[0] == "This edit can't be used yet:"
    assert f"{pack / CUT}:3:" in broken[1]
    edit(pack / CUT, "severity: harmfull", "severity: minor")
    assert next(looks)[0].startswith("cut-out-calcium · minor")


def test_an_edit_of_the_vocabulary_counts_too(pack: Path, stop: Event) -> None:
    looks = tries(pack, CUT_OUT, rules, stop=stop)
    next(looks)
    edit(pack / "vocabulary.yaml", "zero dairy, ", "")
    assert "  ✗   0%  had a stone? zero dairy for life  (was 92%)" in next(looks)


def test_a_topic_shows_what_leads_to_it_and_how_hard_it_is_to_read(pack: Path) -> None:
    lines = next(tries(pack, "diet", rules))
    assert "  ✓ 100%  food" in lines
    assert lines[-1] == "4 of 4 lead here."
    assert sum("Kidney stones form in the urine." in line for line in lines) == 1


def test_a_name_that_leads_elsewhere_is_told(pack: Path) -> None:
    edit(pack / DIET, "[food,", "[ask doctors about,")
    lines = next(tries(pack, "diet", rules))
    assert any("leads to ask-doctor instead" in line for line in lines) or "4 of 4" in lines[-1]


def test_an_id_that_is_not_there_gets_the_nearest(pack: Path) -> None:
    with pytest.raises(NoSuchEntry, match="Did you mean `cut-out-calcium`"):
        next(tries(pack, "cut-calcium", rules))


def test_on_the_command_line_once(pack: Path) -> None:
    done = bot("try", CUT_OUT, "--once", env={"BOT_CONTENT": str(pack)})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        f"cut-out-calcium · harmful · live · a notice takes {Settings().screening.notice:.0%}"
    )
    assert bot("try", "nobody", "--once", env={"BOT_CONTENT": str(pack)}).returncode == 2


def test_on_the_command_line_until_it_is_interrupted(pack: Path) -> None:
    """A process that is told of an edit shows it, and Ctrl+C ends it well."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "try", CUT_OUT],
        cwd=ROOT,
        env=os.environ | {"BOT_CONTENT": str(pack)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        assert any("Watching" in line for line in process.stdout)
        edit(pack / CUT, "severity: harmful", "severity: minor")
        assert any("cut-out-calcium · minor" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in errors
    finally:
        process.kill()
        process.wait()
