"""The whole bot as an operator starts it: one command, the tokens of both platforms, and a first flag."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from tests.discord_.wire import TOKEN, discord_on_a_wire
from tests.slack_.fake import APP_TOKEN, BOT_TOKEN, FakeSlack, slack_on_a_wire
from tests.slack_.people import Somebody, words

ROOT = Path(__file__).parents[2]
CONFIG = """
data: {data}
health: {{enabled: no}}
slack:
  watch: [C0HEALTH]
  moderators_channel: C0MODS
"""


def written(folder: Path) -> Path:
    file = folder / "bot.yaml"
    file.write_text(CONFIG.format(data=folder / "data"), "utf-8")
    return file


async def started(folder: Path, environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "--config", str(written(folder)), "run"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process) -> str:
    """What it has written, once it has stopped."""
    assert process.stderr is not None
    log = (await process.stderr.read()).decode()
    await process.wait()
    return log


async def first_flag(slack: FakeSlack) -> str:
    health, mods = slack.channels["C0HEALTH"], slack.channels["C0MODS"]
    mina = Somebody(slack, slack.add_user("mina"))
    await slack.opened(within=100)  # a cold start of everything on a busy machine
    await mina.say(health, "Vitamin D brings your calcium down.")
    await asyncio.wait_for(slack.until(lambda: bool(slack.called("chat.postMessage"))), 60)
    await slack.acknowledged()
    return words([m["blocks"] for m in mods.messages.values()])


@pytest.mark.timeout(240)
async def test_one_command_serves_discord_and_slack_and_a_claim_is_flagged(tmp_path: Path) -> None:
    async with slack_on_a_wire(SystemClock()) as slack, discord_on_a_wire() as wire:
        slack.add_channel("health")
        slack.add_channel("mods", private=True)
        tokens = tmp_path / "app-token"
        tokens.write_text(APP_TOKEN, "utf-8")
        process = await started(
            tmp_path,
            {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_APP_TOKEN_FILE": str(tokens),
                "SLACK_API_BASE": f"{slack.url}/api/",
                "DISCORD_TOKEN": TOKEN,
                "DISCORD_API_BASE": f"{wire.url}/api",
                "DISCORD_GATEWAY": wire.gateway,
            },
        )
        try:
            notice = await first_flag(slack)
        finally:
            process.send_signal(signal.SIGTERM)
            log = await ended(process)
        assert slack.faults == []
    assert "vitamin-d-lowers-calcium" in notice
    assert process.returncode == 0
    assert "Slack is connected" in log
    assert "GET /api/users/@me" in wire.requests
    assert not any(secret in log for secret in (BOT_TOKEN, APP_TOKEN, TOKEN, "brings your calcium down"))


@pytest.mark.parametrize("token", ["xoxb-wrong"])
async def test_a_wrong_token_ends_the_command_with_what_to_do(tmp_path: Path, token: str) -> None:
    async with slack_on_a_wire(SystemClock()) as slack:
        environment = {"SLACK_BOT_TOKEN": token, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_BASE": f"{slack.url}/api/"}
        process = await started(tmp_path, environment)
        log = await ended(process)
    assert process.returncode == 2
    assert "Slack refused SLACK_BOT_TOKEN (invalid_auth)" in log
    assert token not in log
    assert "Traceback" not in log
