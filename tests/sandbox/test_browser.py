"""A newcomer's walk through the page in a real browser; SCREENSHOTS=folder keeps pictures of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.sandbox.browsing import CHROMIUM, PHONE, Opener, become, picture, plays, visitors
from tests.sandbox.content import MUST_BE_FOUND, shipped_pack, shipped_rules
from tests.sandbox.stage import Stage, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running(tmp_path, shipped_pack(), shipped_rules()) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, stage: Stage) -> AsyncIterator[Opener]:
    async with visitors(browser, stage) as opened:
        yield opened


async def replay(page: Page) -> None:
    await page.locator("#replay").click()
    await expect(page.locator(".post.member")).to_have_count(3)


async def test_a_newcomer_sees_where_to_begin(opened: Opener) -> None:
    page = await opened()
    await expect(page.get_by_text("It is quiet here")).to_be_visible()
    await expect(page.get_by_text("Only moderators see this")).to_be_visible()
    await picture(page, "sandbox-empty")
    await page.locator("#replay-empty").click()
    await expect(page.locator(".post.member")).to_have_count(3)


async def test_the_thread_raises_one_case_and_offers_an_answer(opened: Opener) -> None:
    page = await opened()
    await replay(page)
    question = page.locator("#post-1")
    await expect(question.locator(".offer")).to_contain_text("Answer available: Causes of metastatic calcification")
    await page.get_by_role("button", name="Look as a moderator").click()
    await expect(page.locator("#waiting .case")).to_have_count(1)
    for misconception in MUST_BE_FOUND:
        await expect(page.locator(f'.point[data-part="{misconception}"] mark')).to_have_count(1)
    await expect(question.locator(".case-tag")).to_have_count(0)
    await expect(page.locator("#post-3 .case-tag")).to_have_count(0)
    await picture(page, "sandbox-moderator")
    await page.get_by_role("link", name="go to message").click()
    await expect(page.locator("#post-2")).to_be_focused()


async def test_an_offer_shows_the_answer_under_the_question(opened: Opener) -> None:
    page = await opened()
    await replay(page)
    await page.locator("#post-1 .offer").click()
    await expect(page.locator(".answer h3")).to_have_text("Causes of metastatic calcification")
    await expect(page.locator(".post.bot_answer .answered")).to_contain_text("Wren")


async def test_the_command_completes_with_the_keyboard(opened: Opener) -> None:
    page = await opened()
    box = page.get_by_label("Message", exact=True)
    await box.press_sequentially("/calc")
    await box.press("Tab")
    await expect(box).to_have_value("/calcification ")
    await box.press_sequentially("c")
    options = page.get_by_role("option")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await box.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await box.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await box.fill("/calcification vitamin-d")
    await expect(options.first).to_contain_text("Vitamin D and calcium supplements")
    await picture(page, "sandbox-completion")
    await box.press("Enter")
    answer = page.locator(".answer")
    await expect(answer.locator("h3")).to_have_text("Vitamin D and calcium supplements")
    await answer.get_by_text("Sources (").click()
    await expect(answer.locator(".sources a").first).to_have_attribute("href", re.compile("^https://"))
    await expect(box).to_have_value("")
    await picture(page, "sandbox-answer")


async def test_keys_pressed_before_the_topics_come_are_not_lost(opened: Opener) -> None:
    page = await opened()
    slow = asyncio.Event()

    async def late(route: Route) -> None:
        await slow.wait()
        await route.continue_()

    box, options = page.get_by_label("Message", exact=True), page.get_by_role("option")
    await box.press_sequentially("/calcification ")
    await expect(options.nth(1)).to_be_visible()
    await page.route("**/complete?q=c", late)
    await box.press_sequentially("c")
    await box.press("ArrowDown")
    slow.set()
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    slow.clear()
    await page.route("**/complete?q=ca", late)
    await box.press_sequentially("a")
    await box.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    async with page.expect_response("**/complete?q=ca"):
        slow.set()
    await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_what_is_written_while_a_message_is_on_its_way_stays(opened: Opener) -> None:
    page = await opened()
    slow = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await slow.wait()
        await route.fulfill(response=answer)

    await page.route("**/post", late)
    box = page.get_by_label("Message", exact=True)
    await box.fill("Good mornig")
    await box.press("Enter")
    await page.get_by_role("button", name="Edit message").click()
    async with page.expect_response("**/post"):
        slow.set()
    await page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true)))")
    await expect(box).to_have_value("Good mornig")
    await expect(page.get_by_text("Editing your message")).to_be_visible()


async def test_an_unknown_topic_is_answered_privately(opened: Opener) -> None:
    page = await opened()
    box = page.get_by_label("Message", exact=True)
    await box.fill("/calcification zebra crossings")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await box.press("Enter")
    await expect(page.locator("#whisper")).to_contain_text("Only you can see this")
    await page.locator("#whisper .chip").first.click()
    await expect(page.locator(".answer")).to_have_count(1)


async def test_upholding_shows_the_correction_as_it_will_be_and_undo_removes_it(opened: Opener) -> None:
    page = await opened()
    await replay(page)
    await become(page, "Moderator")
    await page.locator("[data-act=uphold]").click()
    dialog = page.get_by_role("dialog")
    preview = dialog.locator(".preview .post-text")
    await expect(preview).to_contain_text("A note on the message above")
    await picture(page, "sandbox-uphold")
    for box in await dialog.get_by_role("checkbox").all():
        if await box.get_attribute("value") != "vitamin-d-lowers-calcium":
            await box.uncheck()
    await expect(preview).not_to_contain_text("diltiazem")
    await dialog.get_by_label("Correction", exact=True).fill("Vitamin D raises calcium.")
    await expect(preview).to_have_text("Vitamin D raises calcium.")
    await dialog.get_by_role("button", name="Post as reply").click()
    correction = page.locator("#posts .correction")
    await expect(correction.locator(".post-text")).to_have_text("Vitamin D raises calcium.")
    await expect(correction.locator(".answered")).to_contain_text("Atlas")
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    await page.locator("#closed-box > summary").click()
    await page.locator("[data-act=undo]").click()
    await page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    await expect(correction).to_have_count(0)
    await expect(page.locator("#waiting .case")).to_have_count(1)


async def test_a_case_can_be_taken_noted_and_closed_with_a_reason(opened: Opener) -> None:
    page = await opened()
    await replay(page)
    await become(page, "Moderator")
    await page.locator("[data-act=take]").click()
    await expect(page.locator(".state")).to_contain_text("Taken by Robin")
    await page.locator("[data-act=note]").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("Asked Ada to look.")
    await page.get_by_role("button", name="Save the note").click()
    await expect(page.locator(".history")).to_contain_text("Asked Ada to look.")
    await page.locator("[data-act=dismiss]").click()
    await page.get_by_role("dialog").get_by_text("It quotes somebody").click()
    await page.get_by_role("button", name="Close the case").click()
    await expect(page.locator("#closed .state")).to_contain_text("it quotes somebody")


async def test_who_is_no_moderator_any_more_is_refused_by_the_server(opened: Opener) -> None:
    page = await opened()
    await replay(page)
    await become(page, "Moderator")
    await expect(page.locator("[data-act=take]")).to_be_visible()
    other_tab = await page.context.new_page()
    await other_tab.goto(page.url)
    await plays(other_tab, "Moderator")
    await become(other_tab, "Member")
    await page.locator("[data-act=take]").click()
    await expect(page.locator(".toast.refusal")).to_contain_text("this takes a moderator")
    await expect(page.get_by_text("Only moderators see this")).to_be_visible()


async def test_markup_in_a_message_stays_text(opened: Opener) -> None:
    page = await opened()
    nasty = '<img src=x onerror="document.title=1"> <b>bold</b> <https://evil.example>'
    await page.get_by_label("Message", exact=True).fill(nasty)
    await page.get_by_label("Message", exact=True).press("Enter")
    await expect(page.locator(".post-text")).to_have_text(nasty)
    await expect(page.locator(".post-text *")).to_have_count(0)


async def test_one_can_edit_and_delete_what_one_wrote(opened: Opener) -> None:
    page = await opened()
    box = page.get_by_label("Message", exact=True)
    await box.fill("Good mornig")
    await box.press("Enter")
    await page.get_by_role("button", name="Edit message").click()
    await expect(box).to_have_value("Good mornig")
    await box.fill("Good morning")
    await box.press("Enter")
    await expect(page.locator(".post")).to_contain_text("(edited)")
    await page.get_by_role("button", name="Delete message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator(".post")).to_have_count(0)


async def test_two_open_pages_show_the_same_without_a_reload(opened: Opener) -> None:
    member = await opened()
    moderator = await opened()
    await become(moderator, "Moderator")
    await expect(moderator.get_by_text("Nothing waits for you")).to_be_visible()
    await replay(member)
    await expect(moderator.locator("#waiting .case")).to_have_count(1)


async def test_everything_is_there_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path, shipped_pack(), shipped_rules()) as stage, visitors(browser, stage) as opened:
        await replay(await opened())
    async with running(tmp_path, shipped_pack(), shipped_rules()) as stage, visitors(browser, stage) as opened:
        page = await opened()
        await become(page, "Moderator")
        await expect(page.locator(".post.member")).to_have_count(3)
        await page.locator("[data-act=take]").click()
        await expect(page.locator(".state")).to_contain_text("Taken by Robin")


async def test_a_phone_shows_one_pane_at_a_time(opened: Opener) -> None:
    page = await opened(PHONE)
    await replay(page)
    await picture(page, "sandbox-phone-channel")
    await expect(page.locator("#queue-pane")).to_be_hidden()
    await become(page, "Moderator")
    await page.get_by_role("button", name="Queue 1").click()
    await expect(page.locator("#channel-pane")).to_be_hidden()
    await expect(page.locator("#waiting .case")).to_be_visible()
    await picture(page, "sandbox-phone-queue")
    await page.locator("[data-act=uphold]").click()
    await expect(page.locator(".preview .post-text")).to_contain_text("A note")
    await picture(page, "sandbox-phone-uphold")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("link", name="go to message").click()
    await expect(page.locator("#channel-pane")).to_be_visible()


async def test_it_is_dark_where_people_like_it_dark(opened: Opener) -> None:
    page = await opened(color_scheme="dark")
    await replay(page)
    await become(page, "Moderator")
    await expect(page.locator("#waiting .case")).to_be_visible()
    await picture(page, "sandbox-dark")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 26)"


async def test_the_keyboard_reaches_the_message_box_first(opened: Opener) -> None:
    page = await opened()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_moderators_look_around_the_queue(opened: Opener) -> None:
    page = await opened()
    await replay(page)
    await become(page, "Moderator")
    await page.locator("[data-act=escalate]").click()
    await expect(page.locator("#calls .call")).to_contain_text("Robin asks for your view on case 1.")
    await page.get_by_label("Show").select_option("Snoozed")
    await expect(page.get_by_text("No case is like that")).to_be_visible()
    await page.get_by_label("Case", exact=True).fill("1")
    await expect(page.locator("#waiting .case")).to_have_count(1)
    await page.get_by_label("Case", exact=True).fill("12")
    await expect(page.get_by_text("There is no case 12")).to_be_visible()
    await page.get_by_label("Case", exact=True).fill("")
    await page.get_by_label("Show").select_option("Escalated")
    await page.locator("#waiting").get_by_role("button", name="Atlas (staff)").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 case in the last 90 days.")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Numbers").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 waiting, the oldest for 0 minutes.")
    chart = "() => document.querySelector('.chart').complete && document.querySelector('.chart').naturalWidth"
    assert await (await page.wait_for_function(chart)).json_value() == 990
    await picture(page, "sandbox-numbers")
    async with page.expect_download() as download:
        await page.get_by_role("dialog").get_by_role("link", name="CSV").click()
    assert (await download.value).suggested_filename == "cases.csv"
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()


async def test_a_pause_is_shown_until_it_ends(opened: Opener) -> None:
    page = await opened()
    await become(page, "Moderator")
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("dialog").get_by_role("button", name="Everywhere").click()
    await expect(page.locator("#paused")).to_contain_text("Screening is paused everywhere.")
    await picture(page, "sandbox-paused")
    await replay(page)
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator("#paused")).to_be_hidden()
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()


async def test_a_report_an_appeal_and_the_outcome(opened: Opener) -> None:
    """What members do about a case, from a report to the answer to a complaint."""
    member, moderator = await opened(), await opened()
    box = member.get_by_label("Message", exact=True)
    await box.fill("Vitamin D supplements lower your calcium.")
    await box.press("Enter")
    await become(moderator, "Moderator")
    await moderator.get_by_role("button", name="Report message").click()
    await moderator.get_by_role("dialog").get_by_role("textbox").fill("My mother read this.")
    await moderator.get_by_role("dialog").get_by_role("button", name="Report").click()
    await expect(moderator.locator(".remarks")).to_contain_text("Reported by Robin: My mother read this.")
    await moderator.locator("[data-act=uphold]").click()
    await expect(moderator.locator(".preview .post-text")).to_contain_text("A note")
    await moderator.get_by_role("button", name="Send privately").click()
    await member.get_by_role("button", name="This was wrong about me").click()
    await expect(moderator.locator("#waiting .state")).to_contain_text("Under a second look")
    await moderator.locator("[data-act=confirm]").click()
    await expect(moderator.locator(".toast.refusal")).to_contain_text("second person")
    await become(moderator, "Admin")
    await moderator.locator("[data-act=dismiss]").click()
    await moderator.get_by_role("button", name="Close the case").click()
    await expect(member.locator(".post.whisper")).to_have_count(2)
    await expect(member.locator(".post.whisper").first).to_contain_text("has taken back the note")
    await expect(member.locator(".post.whisper").last).to_contain_text("taken the note back")
    await expect(member.get_by_role("button", name="This was wrong about me")).to_have_count(0)


async def test_a_correction_whose_text_has_changed_is_amended_in_place(opened: Opener, stage: Stage) -> None:
    page = await opened()
    await replay(page)
    await become(page, "Moderator")
    await page.locator("#waiting .case").get_by_role("button", name="Uphold").click()
    await page.get_by_role("button", name="Post as reply").click()
    await expect(page.locator(".post.correction")).to_have_count(1)
    pack = stage.moderation.whole
    (case,) = await stage.moderation.queue()
    changed = {
        name: replace(pack.misconceptions[name], correction="It was put in other words.") for name, _ in case.made_of
    }
    async with asyncio.timeout(20):
        while not case.correction_ref:
            (case,) = await stage.moderation.queue()
    stage.moderation.use(replace(pack, misconceptions={**pack.misconceptions, **changed}, revision="newer"))
    await page.locator("#content").click()
    await expect(page.locator("dialog")).to_contain_text("Posted corrections that would read differently today")
    await page.get_by_label("as it would be posted today").fill("It was put in other words.")
    await page.get_by_role("button", name="Amend").click()
    await expect(page.locator(".post.correction")).to_contain_text("It was put in other words.")
    await expect(page.locator("dialog")).not_to_contain_text("read differently")
