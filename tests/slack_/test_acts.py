"""What every act on Slack must keep to: whoever clicks is checked, a decision is made once, an undo is whole."""

import time
from datetime import timedelta
from statistics import median

import pytest

from bot.core.pack import Severity
from bot.core.review import Act, Outcome, Policy, Reason, Status
from bot.slack_.acts import PRESSED
from tests.samples import message
from tests.slack_.conftest import Workspace
from tests.slack_.fake import TEAM, Json
from tests.slack_.people import Somebody, labels, words

DECIDES: list[tuple[str, Json]] = [
    *((f"case:{act}", {"value": "1:1"}) for act in (Act.TAKE, Act.DELETE)),
    *(("case:more", {"selected_option": {"value": f"{act}:1:1"}}) for act in (Act.ESCALATE, Act.SNOOZE)),
    ("case:dismiss", {"selected_option": {"value": "joke:1:1"}}),
]  # actions that change a case at once
ASKS: list[tuple[str, Json]] = [
    *((f"case:{act}", {"value": "1:1"}) for act in Act if act not in (Act.TAKE, Act.DELETE)),
    ("case:nonsense", {"value": "1:1"}),
    ("case:more", {"selected_option": {"value": "history:1:1"}}),
    ("case:more", {"selected_option": {"value": "note:1:1"}}),
    ("queue:next", {"value": "waiting:0"}),
    ("queue:open", {"value": "1"}),
]


async def forge(workspace: Workspace, who: Somebody, action: str, fields: Json) -> str:
    """Send what a click would send, whether or not such a button is shown anywhere; what the person is told."""
    slack = workspace.slack
    body = {"type": "block_actions", "user": {"id": who.id}, "team": {"id": TEAM}, "trigger_id": slack.trigger(who.id)}
    url = slack.response_url(user=who.id, channel=workspace.mods.id)
    body |= {"channel": {"id": workspace.mods.id}, "response_url": url, "container": {"type": "message"}}
    await slack.send("interactive", body | {"actions": [{"type": "button", "action_id": action, **fields}]})
    await workspace.deliver()
    told = [w for w in slack.whispers if w["user"] == who.id]
    return words(told[-1]["blocks"]) if told else ""


@pytest.mark.parametrize(("action", "fields"), DECIDES + ASKS)
async def test_a_member_who_forges_an_action_is_refused_and_logged(
    workspace: Workspace, action: str, fields: Json, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.policy = Policy(may_delete=True)
    await workspace.start()
    await workspace.flag()
    told = await forge(workspace, workspace.mina, action, fields)
    assert told in ("Only moderators can do that.", "There is no such button.")
    assert "refused: user U0MINA" in caplog.text
    assert (await workspace.case()).version == 1
    assert not workspace.mina.has_form


@pytest.mark.parametrize("form", ["note", "correction"])
async def test_a_member_who_forges_a_form_is_refused(workspace: Workspace, form: str) -> None:
    await workspace.flag()
    field = {"note": "note", "correction": "correction"}[form]
    view = {
        "type": "modal",
        "callback_id": form,
        "id": "V1",
        "private_metadata": '{"case": 1, "version": 1, "mask": 1}',
    }
    view |= {"state": {"values": {field: {field: {"type": "plain_text_input", "value": "hm"}}}}}  # type: ignore[dict-item]
    body = {"type": "view_submission", "user": {"id": workspace.mina.id}, "team": {"id": TEAM}, "view": view}
    await workspace.slack.send("interactive", body | {"trigger_id": workspace.slack.trigger(workspace.mina.id)})
    (said,) = await workspace.slack.acknowledged()
    await workspace.settle()
    assert "Only moderators can do that." in words(said["view"])
    assert (await workspace.case()).version == 1


@pytest.mark.parametrize("act", ["nonsense", *(a for a in Act if a not in PRESSED)])
async def test_what_is_on_no_button_is_not_done_for_moderators_either(workspace: Workspace, act: str) -> None:
    await workspace.flag()
    assert await forge(workspace, workspace.ann, f"case:{act}", {"value": "1:1"}) == "There is no such button."
    assert (await workspace.case()).version == 1


@pytest.mark.parametrize("value", ["", "1", "x:y", "1:1:1:1", "-1:1", "9" * 30 + ":1", "joke", "TAKE:1:1"])
async def test_a_mangled_button_does_nothing(workspace: Workspace, value: str) -> None:
    await workspace.flag()
    for action in ("case:take", "case:uphold", "case:dismiss"):
        assert await forge(workspace, workspace.ann, action, {"value": value}) == "There is no such button."
    assert (await workspace.case()).version == 1


async def test_cases_of_the_sandbox_are_no_business_of_slack(workspace: Workspace) -> None:
    await workspace.bot.moderation.message_posted(message("tea cures all"))
    for action, fields in DECIDES:
        assert await forge(workspace, workspace.ann, action, fields) == "There is no case 1."
    assert (await workspace.case()).version == 1


@pytest.mark.parametrize(("action", "fields"), DECIDES)
@pytest.mark.parametrize("again", ["ann", "ben"])
async def test_a_second_click_does_nothing_and_says_what_happened(
    workspace: Workspace, action: str, fields: Json, again: str
) -> None:
    workspace.policy = Policy(may_delete=True)
    await workspace.start()
    await workspace.flag()
    await forge(workspace, workspace.ann, action, fields)
    done = await workspace.bot.moderation.history(1)
    told = await forge(workspace, getattr(workspace, again), action, fields)
    assert "has changed since you looked" in told
    assert "by ann" in told
    assert await workspace.bot.moderation.history(1) == done


async def test_a_form_whose_case_has_changed_does_nothing(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Edit first")
    await workspace.click(workspace.ben, "Escalate")
    await workspace.submit(workspace.ann, correction="Tea is a drink.")
    assert "has changed since you looked: escalated by ben" in words(workspace.ann.form)
    assert workspace.replies(message) == []


async def test_clicks_are_acknowledged_within_a_second(workspace: Workspace) -> None:
    """The acknowledgement never waits for what is told outside: the outbox isn't run here at all."""
    await workspace.flag()
    workspace.slack.acknowledgements.clear()
    for label in ("Take", "Uphold", "It asks", "Note", "History", "Escalate", "Snooze") * 3:
        await workspace.ann.click(workspace.notice, label, workspace.mods)
        await workspace.settle()
    start = time.perf_counter()
    assert len(workspace.slack.acknowledgements) == 21
    assert median(workspace.slack.acknowledgements) < 1
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("way", ["Post as reply", "Send privately", "Record only"])
async def test_undo_takes_everything_back(workspace: Workspace, way: str, two: bool) -> None:
    workspace.policy = Policy(two_people=frozenset(Severity) if two else frozenset())
    await workspace.start()
    posted = await workspace.say("tea cures all")
    await workspace.deliver()
    fresh = labels(workspace.notice["blocks"])
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, way)
    if two:
        await workspace.click(workspace.ben, "Agree")
    assert (await workspace.bot.moderation.records())["tea-cures"].upheld == 1
    await workspace.click(workspace.ben, "Undo")
    case = await workspace.case()
    assert (case.status, case.correction, case.decided_by, case.confirmed_by) == (Status.OPEN, "", None, None)
    assert {f.outcome for f in case.flags} == {Outcome.PENDING}
    assert await workspace.bot.moderation.records() == {}
    assert labels(workspace.notice["blocks"]) == fresh
    assert workspace.replies(posted) == []
    if way == "Send privately":
        assert "has taken back the note" in workspace.direct(workspace.mina)[-1]["text"]


@pytest.mark.parametrize("way", ["Post as reply", "Send privately"])
async def test_undoing_a_second_look_restores_the_correction_and_tells_the_author(
    workspace: Workspace, way: str
) -> None:
    posted = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, way)
    private = way == "Send privately"
    told = workspace.direct(workspace.mina)[-1] if private else workspace.replies(posted)[-1]
    room = workspace.slack.channels[f"D0{workspace.mina.id}"] if private else workspace.health
    text = told["text"]
    await workspace.mina.click(told, "This was wrong about me", room)
    await workspace.deliver()
    await workspace.click(workspace.ben, "It is true")
    assert workspace.replies(posted) == []
    await workspace.click(workspace.ann, "Undo")
    heard = [m["text"] for m in workspace.direct(workspace.mina)]
    assert any("was undone" in m for m in heard)
    assert text in (heard if private else [m["text"] for m in workspace.replies(posted)])
    case = await workspace.case()
    assert case.status is Status.APPEALED
    assert case.decided_by is not None
    assert case.decided_by.name == "ann"
    await workspace.click(workspace.ben, "Agree")
    assert "Upheld by ann, with ben" in workspace.notice_words


async def test_an_author_who_was_told_first_hears_that_it_is_undone(workspace: Workspace) -> None:
    workspace.policy = Policy(self_edit=timedelta(minutes=30))
    await workspace.start()
    posted = await workspace.say("tea cures all")
    await workspace.deliver()
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    assert "in 30 minutes" in workspace.direct(workspace.mina)[-1]["text"]
    await workspace.click(workspace.ann, "Undo")
    assert "Your message is fine as it is" in workspace.direct(workspace.mina)[-1]["text"]
    workspace.clock.pass_time(timedelta(hours=1))
    await workspace.deliver()
    assert workspace.replies(posted) == []


async def test_a_private_note_is_taken_back_also_if_the_process_died_right_after_it(workspace: Workspace) -> None:
    await workspace.flag()
    workspace.slack.goes_wrong("chat.postMessage", status=503, afterwards=True)
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Send privately")
    assert (await workspace.case()).correction_ref == ""
    await workspace.click(workspace.ann, "Undo")
    workspace.clock.pass_time(timedelta(minutes=1))
    await workspace.deliver()
    (note,) = workspace.direct(workspace.mina)
    assert note["text"].startswith("A moderator has taken back the note")


def test_every_reason_can_be_chosen() -> None:
    assert len(Reason) <= 100  # options of one menu on Slack
