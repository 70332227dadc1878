"""The `evaluate` command on a small file of labelled messages."""

import json
from pathlib import Path

import pytest

from tests.test_command_line import bot

LINES = (
    {"id": "1", "text": "Vitamin D lowers the calcium in your blood.", "labels": ["vitamin-d-lowers-calcium"]},
    {"id": "2", "text": "Vitamin D raises calcium absorption.", "labels": [], "kind": "true"},
    {"id": "3", "text": "Yes, it does.", "labels": ["vitamin-d-lowers-calcium"], "reply_to": "Does D3 lower calcium?"},
    {"id": "4", "text": "Good morning!", "labels": ["dairy-causes-calcification"], "kind": "lay"},
)


def written(folder: Path, *lines: object) -> str:
    path = folder / "examples.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return str(path)


def test_it_tells_figures_and_every_error(tmp_path: Path) -> None:
    done = bot("evaluate", written(tmp_path, *LINES))
    assert done.returncode == 0, done.stderr
    assert "4 messages" in done.stdout
    assert "labelled, but not flagged: 1\n- 4 (lay) dairy-causes-calcification" in done.stdout


def test_json_holds_figures_and_no_text(tmp_path: Path) -> None:
    done = bot("evaluate", written(tmp_path, *LINES), "--json")
    report = json.loads(done.stdout)
    assert report["messages"] == 4
    assert report["precision"]["value"] == 1.0
    assert report["missed"] == [{"id": "4", "misconception": "dairy-causes-calcification", "probability": 0}]
    assert "Good morning" not in done.stdout


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    done = bot("evaluate", written(tmp_path, *LINES), "--plot", str(tmp_path / "out.png"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "this line is not JSON"),
        ('["a"]', "should be an object"),
        ({"id": 1}, "should be an object"),
        ({"text": "x", "labels": "a"}, "labels should be a list"),
        ({"text": "x", "labels": ["no-such"]}, "there is no misconception no-such"),
        ({"text": "x", "labels": [], "reply_to": 7}, "reply_to should be text"),
    ],
)
def test_a_bad_line_is_told_with_its_place(tmp_path: Path, line: object, words: str) -> None:
    done = bot("evaluate", written(tmp_path, LINES[0], line))
    assert done.returncode == 2
    assert "examples.jsonl:2: " in done.stderr
    assert words in done.stderr


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    done = bot("evaluate", str(tmp_path / "none.jsonl"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "can't be read" in done.stderr
