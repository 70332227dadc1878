"""The sandbox over HTTP: posting, asking, deciding, refusing, and surviving a restart."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.proposing import Proposing
from bot.sandbox.gate import HEADERS
from bot.sandbox.people import PEOPLE, Role
from bot.sandbox.server import AddressUnusable, Sandbox
from tests.samples import PACK, WordScreener
from tests.sandbox.stage import Page, Stage, running

FLAGGED = "I heard tea cures all."


async def flagged(page: Page, text: str = FLAGGED) -> int:
    """Post something flagged and look at it as a moderator; returns the case's number."""
    await page.send("post", {"text": text})
    await page.become("moderator")
    return int((await page.waiting())[0]["id"])


async def settled(stage: Stage) -> None:
    """Everything in the outbox is told."""
    await stage.outbox.deliver_due()


async def texts(page: Page) -> list[str]:
    return [p["text"] for p in (await page.state())["posts"]]


async def test_a_post_stands_in_the_channel_and_raises_a_case_that_members_never_see(page: Page) -> None:
    await page.send("post", {"text": FLAGGED})
    state = await page.state()
    assert [p["text"] for p in state["posts"]] == [FLAGGED]
    assert state["queue"] is None
    assert state["posts"][0]["case"] is None


async def test_moderators_see_quote_truth_sources_and_buttons(page: Page) -> None:
    case_id = await flagged(page)
    [case] = await page.waiting()
    assert case["id"] == case_id
    [point] = case["points"]
    assert point["quote"] == {"before": "I heard tea", "words": "cures", "after": "all."}
    assert point["truth"] == "It does not."
    assert [s["url"] for s in point["sources"]] == ["https://example.org/tea"]
    assert [a["act"] for a in case["acts"]] == ["take", "uphold", "dismiss", "escalate", "note", "snooze"]
    assert case["link"] == "#post-1"


async def test_unconfirmed_sources_are_not_shown(page: Page) -> None:
    await flagged(page, "tea is blue")
    [case] = await page.waiting()
    assert case["points"][0]["sources"] == []


async def test_upholding_posts_the_correction_and_undo_removes_it(stage: Stage, page: Page) -> None:
    case_id = await flagged(page)
    choice = {"case": case_id, "act": "uphold", "version": 1, "chosen": ["tea-cures"], "correction": "reply"}
    assert (await page.send("act", choice | {"text": "It does not."}))[0] == 200
    await settled(stage)
    assert await texts(page) == [FLAGGED, "It does not."]
    assert (await page.send("act", {"case": case_id, "act": "undo", "version": 2}))[0] == 200
    await settled(stage)
    assert await texts(page) == [FLAGGED]


async def test_a_recorded_decision_posts_nothing(stage: Stage, page: Page) -> None:
    case_id = await flagged(page)
    choice = {"case": case_id, "act": "uphold", "version": 1, "chosen": ["tea-cures"], "correction": "record"}
    await page.send("act", choice)
    await settled(stage)
    assert await texts(page) == [FLAGGED]
    [closed] = (await page.state())["queue"]["closed"]
    assert closed["history"][0]["by"] == "Robin"


async def test_the_preview_is_the_correction_of_the_chosen_claims(page: Page) -> None:
    case_id = await flagged(page)
    status, preview = await page.send("preview", {"case": case_id, "chosen": ["tea-cures", "no-such-thing"]})
    assert status == 200
    assert "It does not." in preview["text"]
    assert "<https://example.org/tea>" in preview["text"]


async def test_members_can_neither_decide_nor_preview_nor_clear(page: Page) -> None:
    case_id = await flagged(page)
    await page.become("member")
    for path, body in (("act", {"case": case_id, "act": "take", "version": 1}), ("preview", {"case": case_id})):
        status, answer = await page.send(path, body)
        assert status == 403
        assert answer["error"] == "You are a member now; this takes a moderator."
    assert (await page.send("clear"))[0] == 403


async def test_the_slower_of_two_moderators_is_told_what_happened(page: Page) -> None:
    case_id = await flagged(page)
    await page.send("act", {"case": case_id, "act": "take", "version": 1})
    await page.become("admin")
    status, answer = await page.send("act", {"case": case_id, "act": "take", "version": 1})
    assert status == 409
    assert "taken by Robin" in answer["error"]


async def test_a_question_is_offered_an_answer(stage: Stage, page: Page) -> None:
    await page.send("post", {"text": "What is green tea?"})
    assert (await page.state())["posts"][0]["offer"] == {"topic": "green", "title": "Green tea"}


async def test_the_command_answers_in_the_channel_with_sources(page: Page) -> None:
    status, _ = await page.send("command", {"text": "/tea matcha"})
    assert status == 200
    [post] = (await page.state())["posts"]
    assert post["kind"] == "bot_answer"
    assert post["answer"]["title"] == "Green tea"
    assert post["answer"]["facts"] == [{"text": "It is a leaf.", "sources": [1]}]


@pytest.mark.parametrize("text", ["/tea", "/tea submarines", "/coffee green"])
async def test_a_command_that_names_no_topic_is_answered_privately(page: Page, text: str) -> None:
    _, answer = await page.send("command", {"text": text})
    assert answer["words"]
    assert await texts(page) == []


async def test_completion_offers_topics(page: Page) -> None:
    async with page.session.get(f"{page.url}complete?q=gre") as response:
        assert await response.json() == [{"topic": "green", "title": "Green tea"}]


async def test_an_edit_is_screened_again_and_only_its_author_may_make_it(page: Page) -> None:
    await page.send("post", {"text": "nice weather"})
    await page.send("edit", {"id": 1, "text": FLAGGED})
    await page.become("moderator")
    assert len(await page.waiting()) == 1
    status, answer = await page.send("edit", {"id": 1, "text": "hijacked"})
    assert (status, answer["error"]) == (403, "Only the author can edit a message.")


async def test_deleting_a_post_closes_its_case_and_forgets_its_words(page: Page) -> None:
    await flagged(page)
    assert (await page.send("delete", {"id": 1}))[0] == 200
    state = await page.state()
    assert state["posts"] == []
    assert state["queue"]["waiting"] == []
    assert state["queue"]["closed"][0]["points"][0]["quote"]["words"] == ""


async def test_admins_can_clear_the_channel(page: Page) -> None:
    await flagged(page)
    await page.become("admin")
    assert (await page.send("clear"))[0] == 200
    assert await texts(page) == []


async def test_the_example_thread_is_posted_in_order_as_replies(page: Page) -> None:
    await page.send("replay")
    posts = (await page.state())["posts"]
    assert [p["text"] for p in posts] == [post.text for post in PACK.thread]
    assert [p["answers"] and p["answers"]["id"] for p in posts] == [None, 1, 2]


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, PACK, WordScreener()) as stage, stage.page() as page:
        await flagged(page)
    async with running(tmp_path, PACK, WordScreener()) as stage, stage.page() as page:
        await page.become("moderator")
        assert await texts(page) == [FLAGGED]
        assert len(await page.waiting()) == 1


async def test_what_was_posted_but_not_screened_is_screened_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, PACK, WordScreener()) as stage:
        post = await stage.workspace.add(PEOPLE[Role.MEMBER], FLAGGED)  # and then the process was killed
        assert not post.screened
    async with running(tmp_path, PACK, WordScreener()) as stage, stage.page() as page:
        await stage.sandbox.caught_up.wait()
        await settled(stage)
        await page.become("moderator")
        assert len(await page.waiting()) == 1
        assert await stage.workspace.unscreened() == []
        assert await stage.workspace.notices() == {1: 1}


async def test_a_screener_that_breaks_loses_no_post(tmp_path: Path) -> None:
    class Broken(WordScreener):
        def screen(self, text: str, *, reply_to: str = "") -> None:  # type: ignore[override]
            raise RuntimeError("broken")

    async with running(tmp_path, PACK, Broken()) as stage, stage.page() as page:  # type: ignore[arg-type]
        assert (await page.send("post", {"text": FLAGGED}))[0] == 200
        assert len(await stage.workspace.unscreened()) == 1


async def test_open_pages_hear_of_changes(page: Page) -> None:
    async with page.session.get(f"{page.url}events") as events:
        assert events.headers["Content-Type"].startswith("text/event-stream")
        await page.send("post", {"text": "hello"})
        async for line in events.content:
            if line == b"event: changed\n":
                return
    pytest.fail("the stream ended without news")


BAD_BODIES = [
    ("post", {}),
    ("post", {"text": "   "}),
    ("post", {"text": 7}),
    ("post", {"text": "x" * 4001}),
    ("post", {"text": "\ud800"}),
    ("post", {"text": "a\0b"}),
    ("post", {"text": "hi", "reply_to": "1"}),
    ("post", {"text": "hi", "reply_to": 2**60}),
    ("post", []),
    ("edit", {"id": True, "text": "hi"}),
    ("delete", {"id": -1}),
    ("command", {"text": ["/tea"]}),
    ("who", {"role": "owner"}),
    ("act", {"case": 1, "version": 1}),
    ("act", {"case": 1, "act": "message_deleted", "version": 1}),
    ("act", {"case": 1, "act": "edited_away", "version": 1}),
    ("act", {"case": 1, "act": "uphold", "version": 1, "chosen": "tea-cures"}),
    ("act", {"case": 1, "act": "uphold", "version": 1}),
    ("act", {"case": 1, "act": "note", "version": 1}),
    ("act", {"case": 1, "act": "dismiss", "version": 1, "reason": "because"}),
    ("act", {"case": 1, "act": "take", "version": None}),
]


@pytest.mark.parametrize(("path", "body"), BAD_BODIES, ids=str)
async def test_a_bad_payload_is_refused_in_plain_words(page: Page, path: str, body: object) -> None:
    await flagged(page)
    status, answer = await page.send(path, body)
    assert status == 400
    assert set(answer) == {"error"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 50_000, b"null"], ids=["empty", "cut", "bytes", "deep", "null"]
)
async def test_a_body_that_is_no_json_object_is_refused(page: Page, body: bytes) -> None:
    headers = {"X-Sandbox-Token": page.token, "Content-Type": "application/json"}
    async with page.session.post(f"{page.url}post", data=body, headers=headers) as response:
        assert response.status == 400
        assert "error" in await response.json()


async def test_a_huge_body_is_refused(page: Page) -> None:
    assert (await page.send("post", {"text": "x" * 100_000}))[0] == 413


@pytest.mark.parametrize(
    "headers",
    [{"X_Sandbox_Token": ""}, {"X_Sandbox_Token": "0" * 64}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
    ids=str,
)
async def test_changes_from_elsewhere_are_refused(page: Page, headers: dict[str, str]) -> None:
    status, _ = await page.send("post", {"text": "hi"}, **headers)
    assert status == 403
    assert await texts(page) == []


async def test_a_forged_role_is_no_role(stage: Stage, page: Page) -> None:
    case_id = await flagged(page)
    await page.become("member")
    [cookie] = [c for c in page.session.cookie_jar if c.key.startswith("sandbox_")]
    forged = cookie.value.replace(".member.", ".admin.")
    headers = {"Cookie": f"{cookie.key}={forged}", "X-Sandbox-Token": page.token}
    async with aiohttp.ClientSession() as session:
        body = {"case": case_id, "act": "take", "version": 1}
        async with session.post(f"{page.url}act", json=body, headers=headers) as response:
            assert response.status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", ""])
async def test_a_foreign_host_name_is_refused(page: Page, host: str) -> None:
    async with page.session.get(f"{page.url}state", headers={"Host": host}) as response:
        assert response.status in (400, 403)


async def test_every_response_carries_the_safety_headers(page: Page) -> None:
    for path in ("", "state", "page/app.js", "no-such-thing", "page/../server.py"):
        async with page.session.get(f"{page.url}{path}") as response:
            assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


async def test_only_the_pages_own_files_are_served(page: Page) -> None:
    for path in ("page/%2e%2e%2fserver.py", "page/..%2fserver.py", "page/.", "page/nothing.js"):
        async with page.session.get(URL(f"{page.url}{path}", encoded=True)) as response:
            assert response.status == 404


async def test_a_taken_port_is_explained(stage: Stage) -> None:
    port = int(stage.sandbox.url.rsplit(":", 1)[1].rstrip("/"))
    proposing = Proposing(store=stage.store, clock=stage.clock)
    second = Sandbox(stage.workspace, stage.moderation, host="127.0.0.1", port=port, proposing=proposing)
    with pytest.raises(AddressUnusable, match="running already"):
        await second.run()


async def test_the_server_stops_although_a_page_is_open(tmp_path: Path) -> None:
    async with running(tmp_path, PACK, WordScreener()) as stage:
        session = aiohttp.ClientSession()
        events = await session.get(f"{stage.sandbox.url}events")
    async with asyncio.timeout(5):
        await events.read()
    await session.close()


async def test_a_red_flag_is_answered_in_the_channel_and_stands_first_in_the_queue(page: Page, stage: Stage) -> None:
    await page.send("post", {"text": FLAGGED})
    await page.send("post", {"text": "I'm choking"})
    await settled(stage)
    state = await page.state()
    assert [(p["kind"], p["text"]) for p in state["posts"]][-1] == ("urgent", "Call for help now.")
    assert not any(p["may_appeal"] for p in state["posts"])
    await page.become("moderator")
    assert [c["title"].split()[0] for c in await page.waiting()] == ["URGENT", "Case"]


async def test_a_command_shows_the_urgent_text_before_the_answer(page: Page) -> None:
    await page.send("command", {"text": "/tea green tea"})
    assert (await page.state())["posts"][-1]["answer"]["urgent"] == ""
    _, asked = await page.send("command", {"text": "/tea help I'm choking"})
    assert asked["words"].startswith("Call for help now.")
