"""A claim on Slack, from the message to the correction and back."""

from datetime import timedelta

import pytest

from bot.core.pack import Severity
from bot.core.review import Duty, Policy, Status
from bot.ports import OutboxEntry
from tests.slack_.conftest import Workspace
from tests.slack_.people import labels, words


async def test_a_claim_brings_one_notice_with_everything_on_it(workspace: Workspace) -> None:
    notice = await workspace.flag()
    text = words(notice["blocks"])
    assert "Case 1: a possible misconception" in text
    assert "mina in #health" in text
    assert "https://tea.slack.com/archives/C0HEALTH/p" in text
    assert "It does not." in text
    assert "<https://example.org/tea|1>" in text
    quote = next(b for b in notice["blocks"] if b["type"] == "rich_text")["elements"][0]["elements"]
    assert [(p["text"], p.get("style")) for p in quote] == [("tea ", None), ("cures", {"bold": True}), (" all", None)]
    assert labels(notice["blocks"])[:3] == ["Take", "Uphold", "It asks"]
    assert labels(notice["blocks"])[-4:] == ["Escalate", "Snooze", "Note", "History"]
    assert "tea cures" not in notice["text"]


@pytest.mark.parametrize("text", ["nice weather", "🍵🍵🍵", "", "a" * 4000, "t̷̢e̸a̵ ̶z̴a̷l̸g̵o̴", "<@U0ANN> &lt;hi&gt; :tea:"])
async def test_what_claims_nothing_brings_no_notice(workspace: Workspace, text: str) -> None:
    await workspace.say(text)
    assert await workspace.deliver() == 0
    assert workspace.notices == []


async def test_unwatched_channels_and_bots_are_left_alone(workspace: Workspace) -> None:
    other = workspace.slack.add_channel("other")
    await workspace.mina.say(other, "tea cures all")
    await workspace.mina.say(workspace.health, "tea cures all", subtype="bot_message", bot_id="B0OTHER")
    await workspace.mina.say(workspace.health, "tea cures all", bot_id="B0OTHER")
    await workspace.mina.say(workspace.health, "tea cures all", subtype="channel_join")
    await workspace.settle()
    assert await workspace.deliver() == 0


async def test_uphold_shows_the_correction_first_then_posts_it_under_the_message(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    assert "A note on the message above: It does not." in words(workspace.ann.form)
    assert workspace.replies(message) == []
    await workspace.press(workspace.ann, "Post as reply")
    assert "The correction is on its way." in words(workspace.ann.form)
    (reply,) = workspace.replies(message)
    assert reply["text"].startswith("A note on the message above: It does not.")
    assert labels(reply["blocks"]) == ["This was wrong about me"]
    assert "Upheld by ann; a correction was posted." in workspace.notice_words


async def test_a_quote_reads_as_it_was_written(workspace: Workspace) -> None:
    notice = await workspace.flag("Hi all! My tea cures. It does, she said")
    quote = next(b for b in notice["blocks"] if b["type"] == "rich_text")["elements"][0]["elements"]
    assert "".join(p["text"] for p in quote) == "Hi all! My tea cures. It does, she said"


async def test_an_edited_correction_is_posted_as_it_was_edited(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Edit first")
    await workspace.submit(workspace.ann, correction="Tea is <b>only</b> a drink & more: https://example.org/a?b=1&c=2")
    (reply,) = workspace.replies(message)
    assert reply["blocks"][0]["text"]["text"] == (
        "Tea is &lt;b&gt;only&lt;/b&gt; a drink &amp; more: <https://example.org/a?b=1&amp;c=2>"
    )


async def test_of_several_flags_only_the_chosen_are_upheld(workspace: Workspace) -> None:
    await workspace.flag("tea cures all and is blue")
    await workspace.click(workspace.ann, "Uphold")
    await workspace.ann.choose("1")
    await workspace.settle()
    assert "green or brown" in words(workspace.ann.form)
    await workspace.press(workspace.ann, "Record only")
    case = await workspace.case()
    assert {f.misconception: f.outcome.value for f in case.flags} == {"tea-cures": "dismissed", "tea-is-blue": "upheld"}


async def test_undo_asks_once_more_and_removes_the_correction(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    row = next(b for b in workspace.notice["blocks"] if b["type"] == "actions")
    undo = next(e for e in row["elements"] if e["action_id"] == "case:undo")
    assert "take it back" in undo["confirm"]["text"]["text"]
    await workspace.click(workspace.ben, "Undo")
    assert workspace.replies(message) == []
    assert "Open" in workspace.notice_words


async def test_the_author_can_be_told_privately_and_hears_when_it_is_taken_back(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Send privately")
    assert workspace.replies(message) == []
    (told,) = workspace.direct(workspace.mina)
    assert told["text"].startswith("A note on the message above: It does not.")
    assert "the author was told privately" in workspace.notice_words
    await workspace.click(workspace.ann, "Undo")
    (told,) = workspace.direct(workspace.mina)
    assert told["text"].startswith("A moderator has taken back the note")
    assert labels(told["blocks"]) == []


async def test_where_two_are_needed_one_proposes_and_another_agrees(workspace: Workspace) -> None:
    workspace.policy = Policy(two_people=frozenset({Severity.HARMFUL}))
    await workspace.start()
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    assert "a second moderator" in words(workspace.ann.form)
    assert workspace.replies(message) == []
    await workspace.click(workspace.ann, "Agree")
    assert "needs a second person" in words(workspace.ann.whisper["blocks"])
    await workspace.click(workspace.ben, "Agree")
    assert len(workspace.replies(message)) == 1
    assert "Upheld by ann, with ben" in workspace.notice_words


async def test_deleting_is_tried_and_it_is_said_that_slack_does_not_let_the_bot(workspace: Workspace) -> None:
    workspace.policy = Policy(may_delete=True)
    await workspace.start()
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    row = next(b for b in workspace.notice["blocks"] if b["type"] == "actions")
    assert next(e for e in row["elements"] if e["action_id"] == "case:delete")["confirm"]["style"] == "danger"
    await workspace.click(workspace.ann, "Delete message")
    assert message["ts"] in workspace.health.messages
    case = await workspace.case()
    assert (case.status, case.deletes) == (Status.UPHELD, False)
    history = await workspace.bot.moderation.history(1)
    assert "Slack lets only the author and the workspace's admins delete" in history[-1].detail


async def test_not_a_misconception_takes_the_reason_with_the_same_click(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.click(workspace.ann, "It is a joke")
    assert "not a misconception by ann (it is a joke)" in workspace.notice_words.lower()


async def test_a_note_and_the_history_are_for_moderators_only(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.click(workspace.ann, "Note")
    await workspace.submit(workspace.ann, note="Second time *this* week.")
    assert "Noted." in words(workspace.ann.form)
    await workspace.click(workspace.ben, "History")
    assert "ann: Note (Second time ∗this∗ week.)" in words(workspace.ben.form)


@pytest.mark.parametrize("label", ["Take", "Uphold", "It asks", "Escalate", "Snooze", "Note", "History"])
async def test_a_member_who_clicks_is_refused(
    workspace: Workspace, label: str, caplog: pytest.LogCaptureFixture
) -> None:
    await workspace.flag()
    await workspace.click(workspace.mina, label)
    assert words(workspace.mina.whisper["blocks"]) == "Only moderators can do that."
    assert not workspace.mina.has_form
    case = await workspace.case()
    assert (case.status, case.version) == (Status.OPEN, 1)
    assert "refused: user U0MINA tried case:" in caplog.text


async def test_the_second_of_two_clicks_hears_what_happened(workspace: Workspace) -> None:
    await workspace.flag()
    stale = dict(workspace.notice)
    await workspace.ann.click(stale, "Take", workspace.mods)
    await workspace.settle()
    await workspace.ben.click(stale, "Escalate", workspace.mods)
    await workspace.settle()
    assert "has changed since you looked: taken by ann" in words(workspace.ben.whisper["blocks"])


async def test_buttons_work_after_a_restart(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.start()
    await workspace.click(workspace.ann, "Take")
    assert "Taken by ann" in workspace.notice_words
    assert len(workspace.notices) == 1


async def test_a_message_posted_while_the_bot_was_away_is_screened_once(workspace: Workspace) -> None:
    first = await workspace.say("hello")
    await workspace.stop()
    workspace.slack.delivers = False
    await workspace.mina.say(workspace.health, "tea cures all")
    await workspace.mina.say(workspace.health, "tea is blue", thread=first["ts"])
    workspace.slack.delivers = True
    await workspace.start()
    await workspace.start()
    assert await workspace.deliver() == 2
    assert len(workspace.notices) == 2


async def test_a_notice_posted_by_a_process_that_died_is_found_again(workspace: Workspace) -> None:
    await workspace.flag()
    entry = OutboxEntry(0, 1, Duty.NOTICE, 0, workspace.clock.now())
    await workspace.store.done(entry, notice_ref="")  # as if it died before it could write the notice's id down
    await workspace.start()
    await workspace.click(workspace.ann, "Take")
    assert len(workspace.notices) == 1
    assert "Taken by ann" in workspace.notice_words


@pytest.mark.parametrize("way", ["Post as reply", "Send privately"])
async def test_a_correction_whose_answer_was_lost_is_not_posted_twice(workspace: Workspace, way: str) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    workspace.slack.goes_wrong("chat.postMessage", status=503, afterwards=True)
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, way)
    workspace.clock.pass_time(timedelta(minutes=1))
    await workspace.deliver()
    told = workspace.replies(message) if way == "Post as reply" else workspace.direct(workspace.mina)
    assert len(told) == 1
    assert (await workspace.case()).correction_ref.endswith(told[0]["ts"])


async def test_a_notice_removed_by_hand_is_posted_again_at_once(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.slack.remove(workspace.mods, workspace.notice["ts"])
    await workspace.deliver()
    assert len(workspace.notices) == 1


async def test_an_edit_and_a_deletion_reach_the_notice(workspace: Workspace) -> None:
    posted = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.slack.edit(workspace.health, posted, "tea is nice")
    await workspace.deliver()
    assert "an edit removed the claim" in workspace.notice_words
    await workspace.slack.remove(workspace.health, posted["ts"])
    await workspace.deliver()
    assert "the message was deleted" in workspace.notice_words


async def test_a_deleted_message_with_replies_is_gone_too_and_its_words_are_forgotten(workspace: Workspace) -> None:
    posted = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.say("really?", thread=posted["ts"])
    await workspace.slack.remove(workspace.health, posted["ts"])
    await workspace.deliver()
    case = await workspace.case()
    assert (case.status, case.text) == (Status.MESSAGE_DELETED, "")
    assert "cures" not in workspace.notice_words.replace("tea-cures", "")


async def test_a_message_deleted_before_its_turn_came_makes_no_case(workspace: Workspace) -> None:
    posted = await workspace.mina.say(workspace.health, "tea cures all")
    await workspace.slack.remove(workspace.health, posted["ts"])
    await workspace.settle()
    cases = await workspace.bot.moderation.queue()
    assert all(c.status is Status.MESSAGE_DELETED and not c.text for c in cases)


async def test_quoted_text_neither_pings_nor_marks_up(workspace: Workspace) -> None:
    await workspace.flag("<!channel> *tea* cures <https://evil.example|all> <@U0ANN> &lt;!here&gt;")
    case = await workspace.case()
    assert case.text == "@channel *tea* cures all @ann <!here>"
    markup = "\n".join(words(b) for b in workspace.notice["blocks"] if b["type"] != "rich_text")
    assert "<!" not in markup
    assert "<@" not in markup
    assert "evil" not in markup


async def test_a_reply_in_a_thread_is_screened_and_answered_in_its_thread(workspace: Workspace) -> None:
    start = await workspace.say("any news?")
    await workspace.say("tea cures all", thread=start["ts"])
    await workspace.deliver()
    case = await workspace.case()
    assert case.reply_to == "any news?"
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    assert [r["text"][:6] for r in workspace.replies(start)] == ["tea cu", "A note"]


async def test_notices_wait_while_the_moderators_channel_can_not_be_written(workspace: Workspace) -> None:
    workspace.mods.archived = True
    await workspace.say("tea cures all")
    assert await workspace.deliver() == 0
    assert "Nothing is lost" in workspace.direct(workspace.ben)[0]["text"]
    workspace.mods.archived = False
    workspace.clock.pass_time(timedelta(minutes=1))
    assert await workspace.deliver() == 1


async def test_the_author_asks_for_a_second_look_and_hears_the_outcome(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    (reply,) = workspace.replies(message)
    await workspace.ben.click(reply, "This was wrong about me", workspace.health)
    await workspace.settle()
    assert "Only the author" in words(workspace.ben.whisper["blocks"])
    await workspace.mina.click(reply, "This was wrong about me", workspace.health)
    await workspace.deliver()
    assert "you will hear the outcome" in words(workspace.mina.whisper["blocks"])
    assert "Under a second look" in workspace.notice_words
    await workspace.click(workspace.ann, "Agree")
    assert "second person" in words(workspace.ann.whisper["blocks"])
    await workspace.click(workspace.ben, "It is true")
    assert workspace.replies(message) == []
    assert "taken the note back" in workspace.direct(workspace.mina)[-1]["text"]


async def test_escalating_calls_the_group_in_the_second_channel(workspace: Workspace) -> None:
    room = workspace.slack.add_channel("experts")
    await workspace.start(escalation_channel=room.id, escalation_call="S0EXPERTS")
    await workspace.flag()
    await workspace.click(workspace.ann, "Escalate")
    (said,) = room.messages.values()
    assert said["text"].startswith("<!subteam^S0EXPERTS> ann asks for your view on case 1.")
    assert "archives/C0MODS/p" in said["text"]


@pytest.mark.parametrize(("text", "called"), [("tea cures all", True), ("tea is blue", False)])
async def test_a_notice_calls_people_by_severity_only(workspace: Workspace, text: str, called: bool) -> None:
    await workspace.start(ping=workspace.settings.ping.model_copy(update={"harmful": "S0ONCALL"}))
    notice = await workspace.flag(text)
    assert ("<!subteam^S0ONCALL>" in words(notice["blocks"])) is called


async def test_who_was_active_is_reminded_of_a_case_that_waits(workspace: Workspace) -> None:
    await workspace.flag()
    workspace.clock.pass_time(timedelta(hours=11))
    await workspace.click(workspace.ann, "Note")
    await workspace.submit(workspace.ann, note="later")
    workspace.clock.pass_time(timedelta(hours=2))
    await workspace.deliver()
    reminders = [m["text"] for m in workspace.mods.messages.values() if "still waiting" in m["text"]]
    assert len(reminders) == 1
    assert reminders[0].startswith("<@U0ANN> Case 1 is still waiting for a decision.")


async def test_a_question_is_answered_for_the_one_who_asked_only(workspace: Workspace) -> None:
    await workspace.say("does anybody know about green tea?")
    assert "There is a sourced answer" in words(workspace.mina.whisper["blocks"])
    await workspace.mina.click_whisper("Show: Green tea")
    await workspace.settle()
    assert "It is a leaf." in words(workspace.mina.whisper["blocks"])
    assert "General information, not medical advice." in words(workspace.mina.whisper["blocks"])
    before = len(workspace.slack.whispers)
    await workspace.say("what is green tea?")
    assert len(workspace.slack.whispers) == before


async def test_a_red_flag_is_answered_in_its_thread_and_calls_moderators(workspace: Workspace) -> None:
    message = await workspace.say("I'm choking. What is matcha?")
    await workspace.deliver()
    (reply,) = workspace.replies(message)
    assert reply["text"] == "Call for help now."
    assert "URGENT" in words(workspace.notice["blocks"])


async def test_an_urgent_text_is_posted_once_though_its_answer_was_lost(workspace: Workspace) -> None:
    message = await workspace.say("I'm choking")
    await workspace.deliver()
    case = await workspace.case()
    await workspace.bot.notifier.post_urgent(case, "Call for help now.")
    assert len(workspace.replies(message)) == 1
