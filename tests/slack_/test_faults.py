"""What goes wrong on Slack, and what the bot does then."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.review import Status
from bot.slack_.errors import SlackUnusable
from bot.slack_.listeners import GRACE
from bot.slack_.setup import SCOPES
from tests.slack_.conftest import Workspace
from tests.slack_.people import words

ROOT = Path(__file__).parents[2]


async def test_a_wrong_token_is_told_and_never_shown(empty: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    empty.slack.token_works = False
    with pytest.raises(SlackUnusable, match="Slack refused SLACK_BOT_TOKEN") as caught:
        await empty.start()
    assert "xoxb" not in str(caught.value) + caplog.text


async def test_an_app_token_that_opens_no_socket_is_told(empty: Workspace) -> None:
    empty.slack.goes_wrong("apps.connections.open", error="not_allowed_token_type")
    with pytest.raises(SlackUnusable, match="connections:write"):
        await empty.start()


async def test_slack_out_of_reach_on_start_is_told(empty: Workspace) -> None:
    with pytest.raises(SlackUnusable, match="Check the network"):
        await empty.start(api_base="http://127.0.0.1:1/api/")


async def test_missing_scopes_are_named_on_start_with_what_they_are_for(
    empty: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    empty.slack.scopes -= {"chat:write", "usergroups:read"}
    await empty.start()
    assert "The app lacks the scope chat:write, so it can't post notices and corrections." in caplog.text
    assert "usergroups:read" in caplog.text
    assert "users:read" not in caplog.text


async def test_a_scope_that_is_missing_later_is_named_with_the_duty_that_waits(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.slack.scopes.remove("chat:write")
    await workspace.flag_only()
    assert "the app lacks the scope chat:write" in caplog.text


async def test_public_channels_are_joined_and_others_are_named(
    empty: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    public = empty.slack.add_channel("public", bot=False)
    hidden = empty.slack.add_channel("hidden", private=True, bot=False)
    old = empty.slack.add_channel("old")
    old.archived = True
    await empty.start(watch=(public.id, hidden.id, old.id, "C0NOWHERE"), moderators_channel=None)
    assert "U0BOT" in public.members
    assert "Channel C0HIDDEN (a watched channel) can't be used: it does not exist, or the bot was not" in caplog.text
    assert "#old (a watched channel) is archived." in caplog.text
    assert "Channel C0NOWHERE (a watched channel) can't be used" in caplog.text
    assert "slack.moderators_channel is not set" in caplog.text


async def test_an_invitation_to_a_watched_channel_starts_there(empty: Workspace) -> None:
    hidden = empty.slack.add_channel("hidden", private=True, bot=False)
    await empty.start(watch=(hidden.id,))
    hidden.members |= {"U0BOT", empty.mina.id}
    await empty.slack.tell({"type": "member_joined_channel", "user": "U0BOT", "channel": hidden.id, "team": "T0TEA"})
    await empty.mina.say(hidden, "tea cures all")
    assert await empty.deliver() == 1


async def test_a_revoked_token_is_told_by_the_health_check_and_notices_wait(workspace: Workspace) -> None:
    assert workspace.bot.why_not_ready() is None
    workspace.slack.token_works = False
    await workspace.flag_only()
    assert "no longer accepts the bot's token (token_revoked)" in (workspace.bot.why_not_ready() or "")
    workspace.slack.token_works = True
    workspace.clock.pass_time(timedelta(minutes=1))
    assert await workspace.deliver() == 1
    assert workspace.bot.why_not_ready() is None


@pytest.mark.parametrize("event", ["tokens_revoked", "app_uninstalled"])
async def test_an_app_that_was_removed_says_so(workspace: Workspace, event: str) -> None:
    await workspace.slack.tell({"type": event, "tokens": {"bot": ["U0BOT"]}})
    await workspace.settle()
    assert "Install it again" in (workspace.bot.why_not_ready() or "")


async def test_nothing_is_asked_again_before_slack_wants_it(workspace: Workspace) -> None:
    workspace.slack.goes_wrong("chat.postMessage", retry_after=30)
    await workspace.flag_only()
    workspace.clock.pass_time(timedelta(seconds=5))
    assert await workspace.deliver() == 0
    assert len(workspace.slack.called("chat.postMessage")) == 0  # the refused call did nothing, and none was made since
    workspace.clock.pass_time(timedelta(seconds=60))
    assert await workspace.deliver() == 1
    assert len(workspace.notices) == 1


async def test_reading_back_waits_as_slack_asks_and_reads_page_by_page(workspace: Workspace) -> None:
    await workspace.say("hello")
    await workspace.stop()
    workspace.slack.delivers = False
    for number in range(450):
        await workspace.mina.say(workspace.health, f"chat {number}")
    await workspace.mina.say(workspace.health, "tea cures all")
    workspace.slack.delivers = True
    workspace.slack.goes_wrong("conversations.history", retry_after=20)
    await workspace.start_only()
    await workspace.clock.asleep(20)
    assert workspace.slack.called("conversations.history")[-1].get("cursor") is None
    workspace.clock.pass_time(timedelta(seconds=21))
    assert await workspace.deliver() == 1
    pages = [c.get("cursor") for c in workspace.slack.called("conversations.history") if c["channel"] == "C0HEALTH"]
    assert pages[-3:] == [None, "200", "400"]


async def test_a_channel_that_can_not_be_read_back_is_tried_again(workspace: Workspace) -> None:
    await workspace.say("hello")
    await workspace.stop()
    workspace.slack.delivers = False
    await workspace.mina.say(workspace.health, "tea cures all")
    workspace.slack.delivers = True
    workspace.slack.goes_wrong("conversations.history", status=503)
    await workspace.start()
    await workspace.say("tea is blue")  # what arrives meanwhile is not held up, and does not hide the gap
    assert await workspace.deliver() == 1
    await workspace.start()
    assert await workspace.deliver() == 1
    texts = {c.text for c in await workspace.bot.moderation.queue()}
    assert texts == {"tea cures all", "tea is blue"}


async def test_a_socket_that_drops_is_opened_again_and_nothing_is_lost_or_doubled(workspace: Workspace) -> None:
    await workspace.say("tea cures all")
    workspace.slack.goes_wrong("apps.connections.open", status=503, times=2)
    await workspace.slack.drop()
    while workspace.bot.why_not_ready() is None:
        await workspace.slack.until_called()
    assert "is being opened again" in (workspace.bot.why_not_ready() or "")
    await workspace.mina.say(workspace.health, "tea is blue")
    await workspace.reconnected()
    assert workspace.bot.why_not_ready() is None
    await workspace.say("green tea cures everything")
    await workspace.deliver()
    assert len(workspace.notices) == 3


async def test_what_was_said_in_a_gap_is_read_back_even_where_slack_never_delivers_it(workspace: Workspace) -> None:
    start = await workspace.say("hello")
    await workspace.slack.drop(redeliver=False)
    workspace.slack.delivers = False
    await workspace.mina.say(workspace.health, "tea cures all")
    await workspace.mina.say(workspace.health, "tea is blue", thread=start["ts"])
    workspace.slack.delivers = True
    await workspace.reconnected()
    assert await workspace.deliver() == 2


async def test_an_old_thread_with_a_new_reply_is_read_back(workspace: Workspace) -> None:
    start = await workspace.say("hello")
    workspace.clock.pass_time(timedelta(hours=20))
    await workspace.say("still here")
    await workspace.stop()
    workspace.slack.delivers = False
    await workspace.mina.say(workspace.health, "tea cures all", thread=start["ts"])
    workspace.slack.delivers = True
    await workspace.start()
    assert await workspace.deliver() == 1


async def test_what_was_deleted_or_edited_while_the_bot_was_away_is_noticed(workspace: Workspace) -> None:
    first = await workspace.say("tea cures all")
    second = await workspace.say("tea is blue", thread=first["ts"])
    third = await workspace.say("green tea cures everything")
    await workspace.deliver()
    await workspace.stop()
    workspace.slack.delivers = False
    await workspace.slack.remove(workspace.health, first["ts"])
    await workspace.slack.edit(workspace.health, second, "tea is nice")
    workspace.slack.delivers = True
    await workspace.start()
    statuses = [(await workspace.case(n)).status for n in (1, 2, 3)]
    assert statuses == [Status.MESSAGE_DELETED, Status.WITHDRAWN, Status.OPEN]
    assert (await workspace.case(1)).text == ""
    assert third["ts"] in workspace.health.messages


async def test_a_deleted_channel_closes_its_cases_and_forgets_their_words(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.slack.tell({"type": "channel_deleted", "channel": workspace.health.id})
    await workspace.settle()
    case = await workspace.case()
    assert (case.status, case.text) == (Status.MESSAGE_DELETED, "")


@pytest.mark.parametrize(
    ("event", "told"),
    [("channel_archive", "was archived. Restore it"), ("group_left", "has removed the bot. Type /invite")],
)
async def test_a_watched_channel_that_closes_is_told_to_admins(workspace: Workspace, event: str, told: str) -> None:
    await workspace.slack.tell({"type": event, "channel": workspace.health.id, "user": workspace.ann.id})
    await workspace.settle()
    (message,) = workspace.direct(workspace.ben)
    assert words(message["blocks"]).startswith(f"The watched channel #health ({workspace.health.id}) {told}")


async def test_a_channel_that_is_not_ours_may_close(workspace: Workspace) -> None:
    elsewhere = workspace.slack.add_channel("elsewhere")
    await workspace.slack.tell({"type": "channel_archive", "channel": elsewhere.id, "user": workspace.ann.id})
    await workspace.settle()
    assert workspace.direct(workspace.ben) == []


async def test_when_nobody_can_be_told_that_a_channel_closed_the_log_says_so(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.slack.goes_wrong("conversations.open", error="user_disabled")
    await workspace.slack.tell({"type": "channel_left", "channel": workspace.mods.id})
    await workspace.settle()
    assert "Notices wait until then." in caplog.text
    assert "no admin could be told" in caplog.text


async def test_what_was_said_before_a_channel_was_restored_is_read(workspace: Workspace) -> None:
    workspace.slack.delivers = False
    await workspace.mina.say(workspace.health, "tea cures all")
    workspace.slack.delivers = True
    await workspace.slack.tell({"type": "channel_unarchive", "channel": workspace.health.id, "user": workspace.ann.id})
    await workspace.deliver()
    assert len(workspace.notices) == 1


@pytest.mark.parametrize("times", [1, 2])
async def test_an_event_delivered_again_is_harmless(workspace: Workspace, times: int) -> None:
    message = await workspace.say("tea cures all")
    event = {**message, "channel": workspace.health.id}
    for _ in range(times):
        await workspace.slack.tell(event, event_id="EvSAME", retry=1)
    assert await workspace.deliver() == 1
    assert len(workspace.notices) == 1


async def test_a_click_delivered_twice_is_one_act(workspace: Workspace) -> None:
    await workspace.flag()
    sent: list[tuple[str, Any]] = []
    original = workspace.slack.send

    async def twice(kind: str, payload: Any, **more: Any) -> None:
        sent.append((kind, payload))
        await original(kind, payload, **more)
        if kind == "interactive":
            await original(kind, payload, **more)

    workspace.slack.send = twice  # type: ignore[method-assign]
    await workspace.click(workspace.ann, "Take")
    assert (await workspace.case()).version == 2
    assert not [w for w in workspace.slack.whispers if w["user"] == workspace.ann.id]


async def test_an_edit_that_arrives_late_does_not_bring_back_older_words(workspace: Workspace) -> None:
    message = await workspace.say("tea cures all")
    old = dict(message)
    await workspace.slack.edit(workspace.health, message, "tea is nice")
    await workspace.settle()
    stale = {"type": "message", "subtype": "message_changed", "channel": workspace.health.id, "message": old}
    await workspace.slack.tell(stale | {"message": old | {"edited": {"ts": "1.0", "user": workspace.mina.id}}})
    await workspace.settle()
    assert (await workspace.case()).text == "tea is nice"


@pytest.mark.parametrize(
    ("error", "why"),
    [("user_disabled", "deactivated"), ("cannot_dm_bot", "an app"), ("user_not_found", "no longer in this workspace")],
)
async def test_an_author_who_can_not_be_told_is_written_on_the_case(workspace: Workspace, error: str, why: str) -> None:
    await workspace.flag()
    workspace.slack.goes_wrong("conversations.open", error=error)
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Send privately")
    assert why in (await workspace.bot.moderation.history(1))[-1].detail


@pytest.mark.parametrize(("error", "why"), [("is_archived", "archived"), ("not_in_channel", "not in it")])
async def test_a_channel_where_nothing_can_be_posted_is_written_on_the_case(
    workspace: Workspace, error: str, why: str
) -> None:
    await workspace.flag()
    await workspace.click(workspace.ann, "Uphold")
    workspace.slack.goes_wrong("chat.postMessage", error=error, where={"channel": workspace.health.id})
    await workspace.press(workspace.ann, "Post as reply")
    assert why in (await workspace.bot.moderation.history(1))[-1].detail


async def test_a_form_that_takes_long_is_acknowledged_first(workspace: Workspace) -> None:
    await workspace.flag()
    await workspace.click(workspace.ann, "Note")
    hold = asyncio.Event()
    decide = workspace.bot.moderation.decide

    async def slowly(*arguments: Any) -> Any:
        await hold.wait()
        return await decide(*arguments)

    workspace.bot.moderation.decide = slowly  # type: ignore[assignment, method-assign]
    await workspace.ann.submit(note="later")
    assert "One moment…" in words(workspace.ann.form)
    hold.set()
    await workspace.clock.asleep(GRACE)
    workspace.clock.pass_time(timedelta(seconds=2))
    await workspace.settle()
    assert "Noted." in words(workspace.ann.form)


async def test_a_surprise_is_told_kindly_and_logged_without_words(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    await workspace.flag("tea cures all secrets")

    async def broken(*arguments: Any) -> Any:
        raise RuntimeError("a surprise")

    workspace.bot.moderation.decide = broken  # type: ignore[assignment, method-assign]
    await workspace.click(workspace.ann, "Take")
    assert "Something went wrong on our side" in words(workspace.ann.whisper["blocks"])
    assert "secrets" not in caplog.text


async def test_a_huge_message_fits_into_its_notice(workspace: Workspace) -> None:
    await workspace.flag("<&>*_~`" * 2000 + " tea cures all and is blue " + "🍵" * 9000)
    assert len(workspace.notices) == 1
    await workspace.click(workspace.ann, "Uphold")
    assert workspace.ann.has_form


def test_the_manifest_asks_for_what_the_bot_needs_and_nothing_more() -> None:
    manifest = yaml.safe_load((ROOT / "config" / "slack-manifest.yaml").read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert manifest["settings"]["socket_mode_enabled"] is True
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert {"message.channels", "message.groups", "app_home_opened", "member_joined_channel"} <= events
    assert [c["command"] for c in manifest["features"]["slash_commands"]] == [
        "/calcification",
        "/moderation",
        "/privacy",
    ]
    assert {s["callback_id"] for s in manifest["features"]["shortcuts"]} == {"answer_with", "report"}
    assert all(len(s["name"]) <= 24 for s in manifest["features"]["shortcuts"])
