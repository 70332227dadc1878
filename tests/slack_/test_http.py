"""Slack over HTTP: the same product, and requests that are not Slack's are refused."""

import json
import time

import pytest
from aiohttp import ClientSession

from tests.slack_.conftest import Workspace
from tests.slack_.fake import signed
from tests.slack_.people import words


@pytest.fixture
async def over_http(empty: Workspace) -> Workspace:
    await empty.start(mode="http", port=0)
    return empty


async def test_a_claim_goes_all_the_way_over_http(over_http: Workspace) -> None:
    message = await over_http.say("tea cures all")
    await over_http.deliver()
    await over_http.click(over_http.ann, "Uphold")
    await over_http.press(over_http.ann, "Edit first")
    await over_http.submit(over_http.ann, correction="Tea is a drink.")
    assert "The correction is on its way." in words(over_http.ann.form)
    assert [r["text"] for r in over_http.replies(message)] == ["Tea is a drink."]
    await over_http.mina.command("/tea", "", over_http.health)
    await over_http.settle()
    assert [o["value"] for o in await over_http.mina.suggestions("")] == ["green"]
    assert set(over_http.slack.statuses) == {200}
    assert "apps.connections.open" not in {name for name, _ in over_http.slack.calls}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Request-Timestamp": str(int(time.time()))},
        signed("another body"),
        signed("{}", secret="another secret"),
        signed("{}", at=time.time() - 3600),
        {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=abc"},
    ],
)
async def test_requests_without_slacks_signature_are_refused(over_http: Workspace, headers: dict[str, str]) -> None:
    headers = headers | {"Content-Type": "application/json"}
    async with ClientSession() as session, session.post(over_http.slack.address, data="{}", headers=headers) as answer:
        assert answer.status in (400, 401, 403, 500)
        assert answer.status != 200


async def test_a_forged_click_does_nothing(over_http: Workspace) -> None:
    await over_http.flag()
    over_http.slack.signature = lambda body: signed(body, secret="guessed")  # type: ignore[assignment, misc]
    await over_http.click(over_http.ann, "Take")
    assert over_http.slack.statuses[-1] == 401
    assert (await over_http.case()).version == 1


async def test_a_retried_request_is_acknowledged_and_done_once(over_http: Workspace) -> None:
    message = await over_http.say("tea cures all")
    for attempt in (1, 2, 3):
        await over_http.slack.tell({**message, "channel": over_http.health.id}, event_id="EvX", retry=attempt)
    assert await over_http.deliver() == 1
    assert set(over_http.slack.statuses) == {200}


async def test_slacks_first_question_is_answered(over_http: Workspace) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"})
    headers = {"Content-Type": "application/json", **signed(body)}
    async with ClientSession() as session, session.post(over_http.slack.address, data=body, headers=headers) as answer:
        assert (answer.status, "abc" in await answer.text()) == (200, True)


@pytest.mark.parametrize("body", ["", "{", "payload=%7B", "payload=[]", "[]", '{"type": 1}'])
async def test_nonsense_with_a_signature_is_harmless(over_http: Workspace, body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", **signed(body)}
    async with ClientSession() as session, session.post(over_http.slack.address, data=body, headers=headers) as answer:
        assert answer.status in (200, 400, 404, 500)
    await over_http.flag()
    assert len(over_http.notices) == 1
