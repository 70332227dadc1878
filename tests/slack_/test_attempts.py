"""What somebody tries on Slack who wants to do harm; forged buttons are in test_acts, signatures in test_http."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.slack_.conftest import Workspace
from tests.tricks import BIDI, NAMES, WORDS

LIVE = re.compile(r"<(?:!(?!date)|@&|#|script|img|https://evil)|https://evil")


def read_as_code(part: Any) -> Iterator[str]:
    """The texts in which Slack looks for mentions, links and formatting; elsewhere it shows what is there."""
    if isinstance(part, list):
        for each in part:
            yield from read_as_code(each)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for each in part.values():
            yield from read_as_code(each)


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
async def test_a_members_name_plays_no_tricks_on_a_notice(workspace: Workspace, name: str, shown: str) -> None:
    workspace.slack.users[workspace.mina.id]["profile"]["display_name"] = name.replace("\ud800", "")
    await workspace.start()
    await workspace.flag()
    assert (await workspace.case()).author.name == shown
    assert not set(json.dumps(workspace.notice["blocks"], ensure_ascii=False)) & set(BIDI)


@pytest.mark.parametrize("words", WORDS)
async def test_words_of_a_member_stay_words_on_a_notice(workspace: Workspace, words: str) -> None:
    typed = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # as Slack sends what people type
    await workspace.flag(f"tea cures all {typed}")
    await workspace.click(workspace.ann, "Take")
    codes = [*read_as_code(workspace.notice["blocks"]), workspace.notice.get("text", "")]
    assert not [found[0] for text in codes for found in LIVE.finditer(text)]
    assert not set(json.dumps(workspace.notice["blocks"], ensure_ascii=False)) & set(BIDI)
