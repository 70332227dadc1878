"""Around the sandbox's queue: lists and pages, counts, numbers, tables, pauses, and what the bot tells moderators."""

import asyncio
import csv
import io
import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.review import Policy
from bot.digest import Digest
from tests.samples import PACK, WordScreener, reworded
from tests.sandbox.stage import Page, Stage, running

HARMFUL, MINOR = "tea cures all", "tea is blue"
ACTS: dict[str, dict[str, Any]] = {
    "escalated": {"act": "escalate"},
    "snoozed": {"act": "snooze"},
    "upheld": {"act": "uphold", "chosen": ["tea-cures"], "correction": "record"},
    "dismissed": {"act": "dismiss", "reason": "joke"},
    "proposed": {"act": "uphold", "chosen": ["tea-cures"], "correction": "record"},
}


async def cases(page: Page, *ends: str) -> None:
    """One case for each end, in that order."""
    for number, end in enumerate(ends, start=1):
        await page.become("member")
        await page.send("post", {"text": f"{HARMFUL}, says number {number}"})
        await page.become("moderator")
        if end in ACTS:
            status, _ = await page.send("act", {"case": number, "version": 1} | ACTS[end])
            assert status == 200
    await page.become("moderator")


async def shown(page: Page, query: str) -> list[int]:
    return [c["id"] for c in (await page.get(f"state?{query}"))["queue"]["waiting"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3]),
        ("show=escalated", [2]),
        ("show=snoozed", [3]),
        ("show=second", []),
        ("show=upheld", [4]),
        ("show=dismissed", [5]),
        ("show=all", [1, 2, 3, 5, 4]),
        ("number=4", [4]),
        ("show=snoozed&number=5", [5]),
        ("number=99", []),
    ],
)
async def test_moderators_choose_what_they_see(page: Page, query: str, expected: list[int]) -> None:
    await cases(page, "open", "escalated", "snoozed", "upheld", "dismissed")
    assert await shown(page, query) == expected
    queue = (await page.get(f"state?{query}"))["queue"]
    assert queue["waits"] == 3
    assert len(queue["closed"]) == (2 if query == "" else 0)


async def test_what_needs_a_second_person_has_a_list(tmp_path: Path) -> None:
    policy = Policy(two_people=frozenset(m.severity for m in PACK.misconceptions.values()))
    async with running(tmp_path, PACK, WordScreener(), policy) as stage, stage.page() as page:
        await cases(page, "open", "proposed")
        assert await shown(page, "show=second") == [2]


async def test_a_long_queue_has_pages(page: Page) -> None:
    await cases(page, *["open"] * 23)
    assert await shown(page, "page=1") == list(range(1, 21))
    assert await shown(page, "page=2") == [21, 22, 23]
    assert await shown(page, "page=9") == [21, 22, 23]
    assert all(p["case"] for p in (await page.state())["posts"])  # also of cases on another page


async def test_counts_of_a_person_hold_no_text(page: Page) -> None:
    await cases(page, "open", "upheld")
    assert (await page.get("person?id=member"))["lines"] == [
        "2 cases in the last 90 days.",
        "Upheld: 1",
        "Waiting for a decision: 1",
        "Upheld claims: tea-cures",
    ]


async def test_moderators_are_told_about_the_content_in_force(page: Page) -> None:
    await page.become("moderator")
    lines = (await page.get("content"))["lines"]
    assert lines[0] == "Revision abc123 is in force."
    assert "Misconceptions: 2 live." in lines


@pytest.mark.parametrize(("act", "way"), [("amend", "reply"), ("reissue", "reply"), ("amend", "private")])
async def test_an_outdated_correction_is_brought_up_to_date(stage: Stage, page: Page, act: str, way: str) -> None:
    await page.become("member")
    await page.send("post", {"text": HARMFUL})
    await page.become("moderator")
    told = {"chosen": ["tea-cures"], "correction": way, "text": "It does not."}
    await page.send("act", {"case": 1, "version": 1, "act": "uphold"} | told)
    await notes(page, stage, "It does not.")
    async with asyncio.timeout(20):
        while not (case := await stage.moderation.case(1)) or not case.correction_ref:
            await page.state()
    stage.moderation.use(reworded("It does nothing of the kind."))
    (stale,) = (await page.get("content"))["outdated"]
    assert (stale["case"], stale["was"]) == (1, "It does not.")
    assert "nothing of the kind" in stale["text"]
    values = {"case": 1, "version": stale["version"], "act": act, "text": "Newer."}
    await page.become("member")
    assert (await page.send("renew", values))[0] == 403
    await page.become("moderator")
    assert (await page.send("renew", values))[0] == 200
    await notes(page, stage, "Newer.")
    assert (await page.send("renew", values))[0] == 409
    assert (await page.get("content"))["outdated"] == []
    assert (await page.send("renew", values | {"act": "uphold"}))[0] in (400, 409)


async def notes(page: Page, stage: Stage, text: str) -> None:
    """Return once the one note that the bot wrote says this."""
    with stage.workspace.feed.watch() as watcher:
        while [p.text for p in await stage.workspace.posts() if p.author.id == "bot"] != [text]:
            await watcher.changed()


async def test_numbers_name_single_moderators_to_admins_only(page: Page) -> None:
    await cases(page, "upheld", "dismissed", "open")
    lines = (await page.get("numbers?days=7"))["lines"]
    assert lines[0].startswith("3 cases in the last 7 days; 1 waiting")
    assert "tea-cures: 1 of 2 upheld (95% interval 9% to 91%)" in lines
    assert not any("Robin" in line for line in lines)
    await page.become("admin")
    assert "Robin: 2 decisions" in (await page.get("numbers?days=7"))["lines"]
    async with page.session.get(f"{page.url}numbers.png") as response:
        assert (await response.read()).startswith(b"\x89PNG")


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_export_holds_no_text(page: Page, form: str) -> None:
    await cases(page, "upheld")
    async with page.session.get(f"{page.url}export?form={form}") as response:
        assert response.headers["Content-Disposition"] == f'attachment; filename="cases.{form}"'
        table = await response.text()
    rows = json.loads(table) if form == "json" else list(csv.DictReader(io.StringIO(table)))
    assert (str(rows[0]["case"]), rows[0]["flags"]) == ("1", "tea-cures:upheld")
    assert HARMFUL not in table


@pytest.mark.parametrize("everywhere", [False, True])
async def test_screening_stops_and_goes_on(page: Page, everywhere: bool) -> None:
    await page.become("moderator")
    await page.send("pause", {"everywhere": everywhere})
    await page.send("post", {"text": HARMFUL})
    queue = (await page.state())["queue"]
    assert (queue["waits"], queue["paused"]) == (0, {"everywhere": everywhere, "here": True, "urgent": True})
    if everywhere:
        status, answer = await page.send("resume", {"everywhere": False})
        assert (status, answer["error"]) == (409, "Screening is paused everywhere. Please resume it everywhere.")
    await page.send("resume", {"everywhere": everywhere})
    await page.send("post", {"text": MINOR})
    queue = (await page.state())["queue"]
    assert (queue["waits"], queue["paused"]) == (1, {"everywhere": False, "here": False, "urgent": True})


async def test_moderators_are_called_when_a_case_is_escalated_or_waits(stage: Stage, page: Page) -> None:
    await cases(page, "escalated", "open")
    stage.clock.shift += timedelta(hours=13)
    calls = await stage.heard(lambda calls: len(calls) == 3)
    assert {c.words for c in calls} == {
        "Robin asks for your view on case 1.",
        "Case 1 is still waiting for a decision. (Robin)",
        "Case 2 is still waiting for a decision. (Robin)",
    }
    await page.become("moderator")
    assert [c["case"] for c in (await page.state())["queue"]["calls"]][-1] == 1


async def test_the_summary_stands_above_the_queue_with_its_picture(stage: Stage, page: Page) -> None:
    digest = Digest(
        moderation=stage.moderation,
        store=stage.store,
        notifiers={"sandbox": stage.workspace},
        clock=stage.clock,
        period=timedelta(days=1),
    )
    await digest.post_if_due()
    stage.clock.shift += timedelta(hours=12)
    await cases(page, "upheld")
    stage.clock.shift += timedelta(hours=12)
    assert await digest.post_if_due()
    [call] = [c for c in (await page.state())["queue"]["calls"] if c["picture"]]
    assert call["words"].startswith("Summary of")
    async with page.session.get(f"{page.url}picture?name={call['id']}") as response:
        assert (await response.read()).startswith(b"\x89PNG")
    async with page.session.get(f"{page.url}picture?name=nothing") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    "path", ["person?id=member", "content", "numbers", "numbers.png", "export", "picture?name=x", "pause", "resume"]
)
async def test_members_are_refused_and_the_attempt_is_logged(
    page: Page, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        if path in ("pause", "resume"):
            status, _ = await page.send(path, {"everywhere": True})
        else:
            async with page.session.get(f"{page.url}{path}") as response:
                status = response.status
    assert status == 403
    assert f"refused: a member tried /{path.split('?')[0]}" in caplog.text


@pytest.mark.parametrize(
    "path", ["state?show=nothing", "state?page=0", "state?number=-1", "numbers?days=soon", "export?form=xls"]
)
async def test_a_bad_address_is_answered_in_words(page: Page, path: str) -> None:
    await page.become("moderator")
    async with page.session.get(f"{page.url}{path}") as response:
        assert response.status == 400
        assert "should be" in (await response.json())["error"]
