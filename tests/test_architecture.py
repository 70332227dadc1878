"""Who may know whom: adapters -> service -> ports -> core, and the core knows nothing but itself."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "bot"
ADAPTERS = ("discord_", "slack_", "sandbox", "stores", "packs", "second_reader")
MODULES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def folder(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", [p for p in MODULES if folder(p) == "core"], ids=lambda p: p.name)
def test_the_core_imports_the_standard_library_and_itself(path: Path) -> None:
    for name in imports(path):
        assert name.startswith("bot.core") or name.split(".")[0] in sys.stdlib_module_names, name
    for name in ("asyncio", "logging", "sqlite3", "time", "socket", "pathlib", "os"):
        assert name not in set(imports(path)), f"the core does no {name}"


@pytest.mark.parametrize("name", ["moderation.py", "ports.py"])
def test_service_and_ports_know_no_adapter(name: str) -> None:
    known = {n.split(".")[1] for n in imports(ROOT / name) if n.startswith("bot.")}
    assert known.isdisjoint({*ADAPTERS, "app", "settings"})


@pytest.mark.parametrize("platform", ["discord_", "slack_", "sandbox"])
def test_platforms_know_nothing_of_each_other(platform: str) -> None:
    others = {"discord_", "slack_", "sandbox", "stores", "app"} - {platform}
    for path in MODULES:
        if folder(path) == platform:
            known = {n.split(".")[1] for n in imports(path) if n.startswith("bot.") and n.count(".")}
            assert known.isdisjoint(others), path


def test_only_what_puts_the_parts_together_knows_the_adapters() -> None:
    for path in MODULES:
        if path.parent == ROOT and path.name not in ("app.py", "__main__.py", "loading.py", "readers.py"):
            known = {n.split(".")[1] for n in imports(path) if n.startswith("bot.") and n.count(".")}
            assert known.isdisjoint(ADAPTERS), path


def test_the_bot_knows_no_pack_by_name() -> None:
    """What is about a subject stands in content/. The trained model is left out: its labels are ids of the pack that
    it was trained on, and misconceptions that it does not know are learned from their examples."""
    kinds = {".py", ".js", ".html", ".css", ".sql", ".svg", ".yaml", ".json"}
    files = [p for p in ROOT.rglob("*") if p.suffix in kinds and "second_reader/model" not in p.as_posix()]
    assert len(files) > 100
    assert [
        p for p in files if re.search(r"calcif|kidney.?stone|parathyroid", p.read_text("utf-8"), re.IGNORECASE)
    ] == []
