"""What docs/operations.md and deploy/ say is still true."""

import re
from pathlib import Path

import pytest
import yaml

from bot.core.reader import Screener
from bot.metrics import Metrics
from bot.packs.read import read_pack
from bot.reading import ReadingRoom
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
UNIT = (ROOT / "deploy" / "moderation-bot.service").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))


async def test_the_guide_names_every_number_and_no_other() -> None:
    metrics = Metrics()
    async with ReadingRoom(Screener(read_pack(ROOT / "content" / "calcification"), notice=0.85, shadow=0.4)) as room:
        metrics.watch(room)
        there = {line.split()[2] for line in metrics.page().decode().splitlines() if line.startswith("# TYPE")}
    told = set(re.findall(r"`(moderation_\w+)`", GUIDE))
    assert told == {n for n in there if not n.endswith("_created")}


@pytest.mark.parametrize("variable", sorted(set(re.findall(r"\bBOT_\w+(?==)", UNIT))))
def test_the_unit_sets_only_settings_that_exist(variable: str) -> None:
    assert variable.removeprefix("BOT_").lower().split("__")[0] in Settings.model_fields


def test_the_containers_folders_are_there() -> None:
    bot = COMPOSE["services"]["bot"]
    for mount in bot["volumes"]:
        outside, inside = mount.split(":")[:2]
        assert inside.startswith("/app/")
        assert not outside.startswith(".") or (ROOT / "deploy" / outside).is_dir()
    assert (ROOT / "deploy" / bot["build"] / "Dockerfile").is_file()
    assert (ROOT / ".env.example").is_file()


def test_the_container_has_few_rights_and_no_secrets() -> None:
    bot = COMPOSE["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert all(mount.endswith(":ro") for mount in bot["volumes"] if mount.startswith("."))
    assert not {"ports", "privileged", "network_mode", "environment"} & bot.keys()
    image = (ROOT / "Dockerfile").read_text("utf-8")
    users = re.findall(r"^USER (\S+)", image, re.MULTILINE)
    assert users[-1:] == ["bot"]
    assert f"--uid 10001 --create-home {users[-1]}" in image
    assert not re.search(r"(?i)(token|secret|password|key)\s*=", image)
    assert "--require-hashes" in image
    copied = {
        source for line in re.findall(r"^COPY (?!--from)(.*)", image, re.MULTILINE) for source in line.split()[:-1]
    }
    assert copied <= {"requirements-run.lock", "bot", "config", "content"}
    assert {".git", ".env", "data"} <= set((ROOT / ".dockerignore").read_text("utf-8").split())
    assert not re.search(r"(?m)^[A-Z_]+=\S", (ROOT / ".env.example").read_text("utf-8"))


def test_the_unit_has_few_rights_and_no_secrets() -> None:
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "User=moderation-bot"):
        assert line in UNIT.splitlines(), line
    assert not re.search(r"(?im)^Environment=.*(token|secret|password)=(?!%)", UNIT)


def test_links_of_the_guide_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target
