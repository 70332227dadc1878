"""Sentences that people read stand in a few modules of wording, so that a translation touches no logic."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "bot"
WORDING = {"wording.py"}
OPERATORS = {"errors.py", "setup.py"}  # what the operator reads in a terminal, and why Slack refuses a thing
UNUSABLE = {"SlackUnusable", "AddressUnusable", "OutOfReach"}
TOLD_TO_OPERATORS = {"Undeliverable", "Unwritable", "NotHere", "ValueError", "AssertionError"} | UNUSABLE
SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|CREATE|PRAGMA|WHERE)\b")
NOT_FOR_PEOPLE = {
    "Send Messages in Threads",  # what Discord itself calls a permission
    "Discord is not connected",  # the health check says it to whoever runs the bot
    "Slack is not connected",  # the same
    "Slack's socket is closed, and is being opened again",  # the same
    "The app was removed from the Slack workspace, or its token was revoked. Install it again.",  # the same
    "The sandbox's file ",  # whoever starts the bot reads it
    " can't be used: ",  # the same
    ". Check that the bot may write in that folder.",  # the same
    "this process",  # whoever has no name among processes
    "the outbox",  # for the meter
    "an unexpected error",  # in a line of the log
    "the case has changed meanwhile",  # the same
    "it answered ",  # in a line of the log
    "(poll option) ",  # for the screener
}
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
PLATFORMS = ("discord_", "slack_", "sandbox")
SERVICE = ("asking", "content", "digest", "moderation", "privacy")
MODULES = sorted(
    p
    for platform in PLATFORMS
    for p in (ROOT / platform).glob("*.py")
    if p.name not in WORDING | OPERATORS or (platform, p.name) == ("discord_", "setup.py")
) + [ROOT / f"{name}.py" for name in SERVICE]


def said(path: Path) -> Iterator[str]:
    """Text in the module that looks like a sentence and may reach people."""
    tree = ast.parse(path.read_text("utf-8"))
    hidden = {id(node) for part in _not_said(tree) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in hidden:
            continue
        if SENTENCE.search(node.value) and not SQL.match(node.value) and node.value not in NOT_FOR_PEOPLE:
            yield f"line {node.lineno}: {node.value!r}"


def _not_said(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, log lines, and what is raised for operators."""
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text or (isinstance(node, ast.Call) and _called(node) in TOLD_TO_OPERATORS | {"log"}):
            yield node


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).split(".")[0]


@pytest.mark.parametrize(
    "path", [*MODULES, *(ROOT / f"{name}.py" for name in SERVICE)], ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_what_people_read_stands_in_a_module_of_wording(path: Path) -> None:
    assert list(said(path)) == []


def test_the_search_finds_a_sentence_and_passes_over_what_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('"""A doc string here."""\nlog.info("a line for operators")\nsay(f"Hello there {name}")\n', "utf-8")
    assert list(said(path)) == ["line 3: 'Hello there '"]


@pytest.mark.parametrize(
    "path", [ROOT / f"{where}/wording.py" for where in ("core", *PLATFORMS)], ids=lambda p: p.parent.name
)
def test_wording_is_pure(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot."):
            assert node.module.startswith("bot.core.")
