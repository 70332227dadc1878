"""`/moderation`, members' reports and the home page on Slack."""

import csv
import io
import json
from datetime import timedelta

import pytest

from bot.core.message import Person
from bot.core.review import Act, Decision, Status
from tests.samples import reworded
from tests.slack_.conftest import Workspace
from tests.slack_.fake import Json
from tests.slack_.people import Somebody, labels, words


async def three_cases(workspace: Workspace) -> None:
    for text in ("tea cures all", "tea is blue", "green tea cures everything"):
        await workspace.say(text)
    await workspace.deliver()


async def ask(workspace: Workspace, who: Somebody, text: str) -> str:
    """What the person alone is told."""
    await who.command("/moderation", text, workspace.health)
    await workspace.settle()
    return words(who.whisper["blocks"])


def person(who: Somebody, name: str) -> Person:
    return Person(who.id, name)


async def test_the_queue_lists_the_most_serious_first_and_turns_pages(workspace: Workspace) -> None:
    await three_cases(workspace)
    for number in range(12):
        await workspace.say(f"tea is blue {number}")
    shown = await ask(workspace, workspace.ann, "queue")
    lines = [line for line in shown.splitlines() if line.startswith("Case ")]
    assert len(lines) == 10
    assert lines[0].startswith("Case 1 · Harmful · 90% · open")
    await workspace.ann.click_whisper("Next page")
    await workspace.settle()
    assert words(workspace.ann.whisper["blocks"]).count("\nCase ") == 5
    assert "Page before" in labels(workspace.ann.whisper["blocks"])
    await workspace.ann.click_whisper("Open")
    await workspace.settle()
    assert "Take" in labels(workspace.ann.form["blocks"])


@pytest.mark.parametrize(("filter_", "count"), [("dismissed", 1), ("waiting", 2), ("all", 3)])
async def test_the_queue_can_be_filtered(workspace: Workspace, filter_: str, count: int) -> None:
    await three_cases(workspace)
    await workspace.bot.moderation.decide(
        1, Decision(Act.DISMISS, person(workspace.ben, "ben"), workspace.clock.now(), 1)
    )
    assert (await ask(workspace, workspace.ann, f"queue {filter_}")).count("Case ") == count


async def test_a_case_is_shown_with_buttons_that_work_where_it_is_shown(workspace: Workspace) -> None:
    await three_cases(workspace)
    assert "Take" in labels((await ask(workspace, workspace.ann, "case 2"), workspace.ann.whisper["blocks"])[1])
    await workspace.ann.click_whisper("Take")
    await workspace.deliver()
    assert (await workspace.case(2)).status is Status.TAKEN
    assert "Taken by ann" in words(workspace.ann.whisper["blocks"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("case 99", "There is no case 99."),
        ("case", "Which case?"),
        ("case 9999999999999999999999", "There is no case"),
        ("user ann", "Whose messages?"),
        ("queue nonsense", "There is no such list."),
        ("pause", "Where?"),
        ("pause there", "Where?"),
        ("", "What you can ask"),
        ("dance", "What you can ask"),
    ],
)
async def test_what_can_not_be_done_is_told_with_what_can(workspace: Workspace, text: str, told: str) -> None:
    assert told in await ask(workspace, workspace.ann, text)


async def test_counts_of_a_person_hold_no_text(workspace: Workspace) -> None:
    await three_cases(workspace)
    await workspace.bot.moderation.decide(
        1, Decision(Act.UPHOLD, person(workspace.ann, "ann"), workspace.clock.now(), 1)
    )
    shown = await ask(workspace, workspace.ben, f"user <@{workspace.mina.id}|mina>")
    assert shown.splitlines() == [
        "mina:",
        "3 cases in the last 90 days.",
        "Upheld: 1",
        "Waiting for a decision: 2",
        "Upheld claims: tea-cures",
    ]


async def test_single_moderators_are_named_to_leads_only(workspace: Workspace) -> None:
    await three_cases(workspace)
    workspace.clock.pass_time(timedelta(hours=3))
    await workspace.bot.moderation.decide(
        1, Decision(Act.DISMISS, person(workspace.ben, "ben"), workspace.clock.now(), 1)
    )
    plain = await ask(workspace, workspace.ann, "stats")
    assert "3 cases in the last 30 days; 2 waiting, the oldest for 3 hours." in plain
    assert "tea-cures: 0 of 1 upheld (95% interval 0% to 79%)" in plain
    assert "ben" not in plain
    await workspace.start(leads=("S0MODS",))
    assert "ben: 1 decision" in await ask(workspace, workspace.ann, "stats")


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_export_goes_to_the_one_who_asked_without_texts(workspace: Workspace, form: str) -> None:
    await workspace.say("tea cures all")
    assert "Nobody else sees it" in await ask(workspace, workspace.ann, f"export {form} 7")
    (file,) = workspace.slack.files
    table = file["content"].decode()
    rows = json.loads(table) if form == "json" else list(csv.DictReader(io.StringIO(table)))
    assert (str(rows[0]["case"]), rows[0]["flags"]) == ("1", "tea-cures:pending")
    assert file["channel"] == f"D0{workspace.ann.id}"
    assert "mina" not in table
    assert "tea cures all" not in table


async def test_a_pause_lasts_until_it_is_ended(workspace: Workspace) -> None:
    assert "paused here" in await ask(workspace, workspace.ann, "pause here")
    await workspace.say("tea cures all")
    assert await workspace.deliver() == 0
    await ask(workspace, workspace.ann, "resume here")
    await workspace.say("tea cures everything")
    assert await workspace.deliver() == 1


@pytest.mark.parametrize("text", ["queue", "case 1", "user <@U0ANN>", "stats", "export", "pause everywhere", "", "x"])
async def test_a_member_who_asks_is_refused(workspace: Workspace, text: str) -> None:
    assert await ask(workspace, workspace.mina, text) == "Only moderators can do that."


async def test_rights_end_with_the_group_within_a_minute(workspace: Workspace) -> None:
    assert "Cases" in await ask(workspace, workspace.ann, "queue")
    workspace.slack.groups["S0MODS"] = []
    workspace.clock.pass_time(timedelta(seconds=61))
    assert await ask(workspace, workspace.ann, "queue") == "Only moderators can do that."


async def test_owners_may_moderate_and_deactivated_people_may_not(workspace: Workspace) -> None:
    owner = Somebody(workspace.slack, workspace.slack.add_user("olga", admin=True))
    assert "Cases" in await ask(workspace, owner, "queue")
    workspace.slack.users[workspace.ben.id]["deleted"] = True
    assert await ask(workspace, workspace.ben, "queue") == "Only moderators can do that."


async def test_when_slack_does_not_tell_who_moderates_nothing_is_done(workspace: Workspace) -> None:
    await workspace.flag()
    workspace.slack.goes_wrong("usergroups.users.list", error="internal_error", times=2)
    await workspace.click(workspace.ann, "Take")
    assert "did not tell us whether you are a moderator" in words(workspace.ann.whisper["blocks"])
    assert (await workspace.case()).status is Status.OPEN


async def report(workspace: Workspace, who: Somebody, message: Json, note: str) -> str:
    await who.shortcut("report", message, workspace.health)
    await workspace.settle()
    await workspace.submit(who, note=note)
    return words(who.form)


async def test_a_member_reports_a_message_and_moderators_read_why(workspace: Workspace) -> None:
    message = await workspace.say("tea is magic")
    assert "Thank you. The moderators decide what follows." in await report(
        workspace, workspace.ben, message, "That is *dangerous* <!channel>"
    )
    shown = workspace.notice_words
    assert "Case 1: reported by a member" in shown
    assert "Reported by ben: That is ∗dangerous∗ &lt;!channel&gt;" in shown
    await workspace.click(workspace.ann, "Uphold")
    assert labels(workspace.ann.form["blocks"]) == ["Edit first", "Record only"]
    await workspace.press(workspace.ann, "Edit first")
    await workspace.submit(workspace.ann, correction="Tea is a drink.")
    assert [r["text"] for r in workspace.replies(message)] == ["Tea is a drink."]


async def test_a_reply_in_a_thread_can_be_reported(workspace: Workspace) -> None:
    start = await workspace.say("any news?")
    reply = await workspace.say("tea is magic", thread=start["ts"])
    await report(workspace, workspace.ben, reply, "")
    assert (await workspace.case()).text == "tea is magic"


async def test_own_messages_and_gone_messages_are_not_reported(workspace: Workspace) -> None:
    message = await workspace.say("tea is magic")
    assert "That is your own message." in await report(workspace, workspace.mina, message, "me")
    await workspace.ben.shortcut("report", message, workspace.health)
    await workspace.settle()
    await workspace.slack.remove(workspace.health, message["ts"])
    await workspace.submit(workspace.ben, note="")
    assert "no longer there" in words(workspace.ben.form)


async def test_only_members_messages_in_watched_channels_are_reported(workspace: Workspace) -> None:
    notice = await workspace.flag()
    await workspace.ann.shortcut("report", notice, workspace.mods)
    await workspace.settle()
    assert "Only members' messages" in words(workspace.ann.whisper["blocks"])


async def test_the_home_page_is_a_queue_for_moderators(workspace: Workspace) -> None:
    await three_cases(workspace)
    await workspace.ann.open_home()
    await workspace.settle()
    page = words(workspace.slack.homes[workspace.ann.id])
    assert "Waiting: 3" in page
    assert page.index("Case 1 · Harmful") < page.index("Case 2 · Minor")
    await workspace.ann.press_home("Open")
    await workspace.settle()
    await workspace.press(workspace.ann, "Take")
    assert "Taken by ann" in words(workspace.ann.form)
    page = words(workspace.slack.homes[workspace.ann.id])
    assert "taken by ann" in page[page.index("Yours") : page.index("Waiting: 2")]
    await workspace.press(workspace.ann, "It is true")
    page = words(workspace.slack.homes[workspace.ann.id])
    assert "Waiting: 2" in page
    assert "closed as not a misconception by ann" in page[page.index("Decided in the last 7 days") :]


async def test_all_of_a_decision_can_be_made_from_the_home_page(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.ann.open_home()
    await workspace.settle()
    await workspace.ann.press_home("Open")
    await workspace.settle()
    await workspace.press(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Edit first")
    await workspace.submit(workspace.ann, correction="Tea is a drink.")
    assert [r["text"] for r in workspace.replies(message)] == ["Tea is a drink."]
    assert "upheld by ann" in words(workspace.slack.homes[workspace.ann.id])


async def test_the_home_page_is_a_help_page_for_members(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.mina.open_home()
    await workspace.settle()
    page = words(workspace.slack.homes[workspace.mina.id])
    assert "Case" not in page
    assert "Green tea" in page
    assert "`/privacy` tells what is kept about you" in page
    await workspace.mina.press_home("Ask a question")
    await workspace.settle()
    await workspace.submit(workspace.mina, topic="green")
    assert "It is a leaf." in words(workspace.mina.form)


async def test_moderators_are_told_about_the_content_in_force(workspace: Workspace) -> None:
    told = await ask(workspace, workspace.ann, "content")
    assert told.startswith("Revision abc123 is in force")
    assert "Misconceptions: 2 live." in told


async def corrected(workspace: Workspace) -> Json:
    """A message whose correction stands, and content in which it has changed since."""
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    await workspace.deliver()
    workspace.bot.moderation.use(reworded("It does nothing of the kind."))
    return message


@pytest.mark.parametrize(("label", "stays"), [("Amend", True), ("Post again", False)])
async def test_an_outdated_correction_is_brought_up_to_date(workspace: Workspace, label: str, stays: bool) -> None:
    message = await corrected(workspace)
    (before,) = workspace.replies(message)
    assert "Case 1: the correction of tea-cures was reworded" in await ask(workspace, workspace.ben, "content")
    await workspace.ben.click_whisper(label)
    await workspace.settle()
    await workspace.submit(workspace.ben, correction="It does nothing of the kind.")
    for _ in range(2):
        await workspace.deliver()
    (after,) = workspace.replies(message)
    assert (after["ts"] == before["ts"]) is stays
    assert after["blocks"][0]["text"]["text"] == "It does nothing of the kind."
    assert labels(after["blocks"]) == ["This was wrong about me"]
    assert "read differently" not in await ask(workspace, workspace.ben, "content")
    entries = await workspace.bot.moderation.history(1)
    assert (entries[-1].act, entries[-1].by.name) == (Act.AMEND if stays else Act.REISSUE, "ben")


async def test_members_can_not_renew_a_correction(workspace: Workspace) -> None:
    message = await corrected(workspace)
    await ask(workspace, workspace.ben, "content")
    shown = workspace.ben.whisper
    await workspace.mina.click(shown, "Amend", workspace.health)
    await workspace.settle()
    await workspace.deliver()
    (after,) = workspace.replies(message)
    assert "nothing of the kind" not in str(after)
    assert not workspace.mina.has_form or "Only moderators" in words(workspace.mina.form)
