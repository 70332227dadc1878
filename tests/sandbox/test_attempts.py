"""What somebody tries on the sandbox who wants to do harm; its gate is in test_server, the page in test_browser."""

import json

import pytest

from tests.sandbox.stage import Page, Stage
from tests.sandbox.test_server import flagged
from tests.tricks import BIDI, WORDS

DEEP = "[" * 50_000 + "]" * 50_000
BODIES = {
    "nested deep": DEEP,
    "a number beyond all": '{"case": 1e999, "act": "take", "version": 1}',
    "a very long number": '{"case": ' + "9" * 5000 + ', "act": "take", "version": 1}',
    "a case below zero": '{"case": -1, "act": "take", "version": 1}',
    "a case that is true": '{"case": true, "act": "take", "version": 1}',
    "SQL": '{"case": "1; DROP TABLE cases", "act": "take", "version": 1}',
    "an act of the bot's own": '{"case": 1, "act": "message_deleted", "version": 1}',
    "a list": "[1, 2]",
    "nothing": "",
    "no JSON": "<xml/>",
    "broken letters": '{"case": 1, "act": "\\ud800", "version": 1}',
    "the same key twice": '{"case": 1, "case": 2, "act": "take", "version": 1}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_mangled_act_is_refused_and_changes_nothing(page: Page, stage: Stage, body: str) -> None:
    await flagged(page)
    headers = {"X-Sandbox-Token": page.token, "Content-Type": "application/json"}
    async with page.session.post(f"{page.url}act", data=body.encode("utf-8", "surrogatepass"), headers=headers) as got:
        assert 400 <= got.status < 500, await got.text()
        assert "Traceback" not in await got.text()
    case = await stage.moderation.case(1)
    assert case is not None
    assert case.version == 1


@pytest.mark.parametrize("words", WORDS)
async def test_words_of_a_member_come_back_as_words(page: Page, words: str) -> None:
    """The page puts them into the document as text; the answer is JSON, which no browser takes for a page."""
    await page.send("post", {"text": f"tea cures all {words}"})
    await page.become("moderator")
    async with page.session.get(f"{page.url}state") as got:
        assert got.content_type == "application/json"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        state = json.loads(await got.text())
    assert not set(json.dumps(state["queue"]["waiting"], ensure_ascii=False)) & set(BIDI)


@pytest.mark.parametrize(
    "path", ["page/..%2fserver.py", "page/%2e%2e/server.py", "page//etc/passwd", "..%2f..%2fetc%2fpasswd"]
)
async def test_no_path_leads_out_of_the_page(page: Page, path: str) -> None:
    async with page.session.get(f"{page.url}{path}") as got:
        assert got.status == 404


@pytest.mark.parametrize("number", ["-1", "0", "1'--", "9" * 40, "1e3", "%00", "../1"])
async def test_a_forged_number_in_an_address_finds_nothing(page: Page, number: str) -> None:
    await flagged(page)
    async with page.session.get(f"{page.url}state?number={number}&page={number}") as got:
        assert got.status in (200, 400)
        if got.status == 200:
            assert "Traceback" not in await got.text()
