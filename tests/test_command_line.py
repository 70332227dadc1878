"""The command line as people use it: a process, its output and its exit status."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLAIM = "Vitamin D lowers the calcium in your blood."


def bot(*arguments: str, given: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line; variables that a developer has set for the bot are left out."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "DISCORD_", "SLACK_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=kept | (env or {}),
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "command", ["", "run", "check", "new", "try", "render", "schema", "screen", "health", "answer", "gaps"]
)
def test_help_reads_well(command: str) -> None:
    done = bot(*filter(None, [command, "--help"]))
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: python -m bot {command}".rstrip())
    assert done.stderr == ""


def test_a_claim_is_shown_with_quote_probability_and_why() -> None:
    done = bot("screen", CLAIM, "--trace")
    assert done.returncode == 0
    first, quote, why, *_ = done.stdout.splitlines()
    assert first.split()[0] == "vitamin-d-lowers-calcium"
    assert first.endswith("%")
    assert quote.strip() == f"“{CLAIM.rstrip('.')}”"
    assert why.strip()


@pytest.mark.parametrize("text", ["", "🍵", "Does vitamin D lower calcium?", "Vitamin D raises calcium absorption."])
def test_what_claims_nothing_says_so(text: str) -> None:
    assert bot("screen", text).stdout == "Nothing to flag.\n"


def test_an_answer_is_read_with_the_question() -> None:
    done = bot("screen", "Yes, it does.", "--reply-to", "Does vitamin D lower the calcium in your blood?")
    assert "vitamin-d-lowers-calcium" in done.stdout


def test_lines_are_answered_in_order_and_bad_ones_told() -> None:
    lines = [
        json.dumps({"id": 7, "text": f"Hello. {CLAIM}"}),
        "not json",
        json.dumps({"id": "b"}),
        json.dumps([1]),
        json.dumps({"id": None, "text": "fine"}),
        json.dumps({"id": 8, "text": "yes it does", "reply_to": 5}),
        "[" * 100_000,
        "",
        json.dumps({"id": 9, "text": "Nothing here.", "reply_to": None}),
    ]
    done = bot("screen", "--jsonl", given="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [a["id"] for a in answers] == [7, None, None, None, None, None, None, None, 9]
    assert ["error" in a for a in answers] == [False, True, True, True, False, True, True, True, False]
    finding = answers[0]["findings"][0]
    assert set(finding) == {"misconception", "probability", "quote", "start", "end", "why"}
    text = f"Hello. {CLAIM}"
    assert text[finding["start"] : finding["end"]] == finding["quote"]
    assert 0.5 <= finding["probability"] <= 1


def test_lines_without_problems_end_well() -> None:
    done = bot("screen", "--jsonl", given=json.dumps({"id": 1, "text": "hi"}) + "\n")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"id": 1, "findings": []})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["screen"], "Say what to screen"),
        (["--config", "pyproject.toml", "check"], "pyproject.toml"),
        (["check", "no-such-folder"], "no-such-folder"),
    ],
)
def test_what_can_not_be_done_is_told(arguments: list[str], words: str) -> None:
    done = bot(*arguments)
    assert done.returncode == 2
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_shipped_content_has_no_errors() -> None:
    done = bot("check")
    assert done.returncode == 0, done.stdout


def test_run_refuses_content_that_is_broken(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content" / "calcification", tmp_path / "pack")
    (tmp_path / "pack" / "safety.yaml").write_text("disclaimer: [1", "utf-8")
    done = bot("run", env={"BOT_CONTENT": str(tmp_path / "pack"), "BOT_DATA": str(tmp_path / "data")})
    assert done.returncode == 2
    assert "safety.yaml:" in done.stderr
    assert "Traceback" not in done.stderr


def test_run_says_when_the_data_folder_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder", "utf-8")
    done = bot("run", env={"BOT_DATA": str(tmp_path / "data")})
    assert done.returncode == 2
    assert str(tmp_path / "data") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_is_answered_with_the_urgent_text_first() -> None:
    done = bot("answer", "I'm confused and vomiting, my calcium is 14.5. What are the symptoms of high calcium?")
    assert done.returncode == 0
    assert done.stdout.startswith("What you describe can be an emergency.")
    assert "Symptoms  (symptoms" in done.stdout
    assert bot("answer", "who won the football").stdout == "There is nothing on that.\n"
    assert bot("answer").returncode == 2


def test_questions_in_lines_are_answered_in_order_and_bad_ones_told() -> None:
    lines = [
        json.dumps({"id": 7, "text": "What causes metastatic calcification?"}),
        "not json",
        json.dumps({"id": "b"}),
        "[" * 100_000,
        "",
        json.dumps({"id": None, "text": "my dad is having a seizure right now"}),
        json.dumps({"id": 9, "text": "who won the football"}),
    ]
    done = bot("answer", "--jsonl", given="\n".join(lines))
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [t["id"] for t in told] == [7, None, None, None, None, None, 9]
    assert ["error" in t for t in told] == [False, True, True, True, True, False, False]
    assert (told[0]["topic"], told[0]["urgent"], told[0]["offer"]) == ("causes", None, True)
    assert 0 < told[0]["score"] <= 1
    assert (told[5]["urgent"], told[5]["offer"]) == ("emergency", False)
    assert told[6] == {"id": 9, "topic": None, "score": 0.0, "urgent": None, "offer": False}


def test_content_gaps_are_listed_for_admins(tmp_path: Path) -> None:
    env = {"BOT_DATA": str(tmp_path)}
    assert bot("gaps", env=env).stdout == "Nothing was asked lately that no topic answers.\n"
    assert json.loads(bot("gaps", "--json", env=env).stdout) == []
