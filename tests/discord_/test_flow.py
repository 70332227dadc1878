"""A claim on Discord, from the message to the correction and back."""

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.core.pack import Severity
from bot.core.review import Duty, Policy, Status
from bot.ports import OutboxEntry
from bot.settings import Ping
from tests.discord_.conftest import Server


def labels(message: Any) -> list[str]:
    return [c.label for row in message.components for c in row.children]


async def test_a_claim_brings_one_notice_with_everything_on_it(server: Server) -> None:
    notice = await server.flag()
    embed = notice.embeds[0]
    assert "Case 1" in (embed.title or "")
    assert "mina" in (embed.description or "")
    assert "discord.com/channels" in (embed.description or "")
    text = embed.fields[0].value or ""
    assert "**cures**" in text
    assert "It does not." in text
    assert "https://example.org/tea" in text
    assert labels(notice) == ["Take", "Uphold", "Not a misconception", "Escalate", "Snooze", "Note", "History"]


@pytest.mark.parametrize("text", ["nice weather", "🍵🍵🍵", "", "a" * 2000, "t̷̢e̸a̵ ̶z̴a̷l̸g̵o̴", "\u202etea\u202c"])
async def test_what_claims_nothing_brings_no_notice(server: Server, text: str) -> None:
    await server.member.send(server.health, text or "-")
    assert await server.deliver() == 0
    assert server.mods.last_message is None


async def test_unwatched_channels_and_bots_are_left_alone(server: Server) -> None:
    other = server.guild.create_text_channel("other")
    await server.member.send(other, "tea cures all")
    await server.guild.create_webhook(server.health).send("tea cures all")
    assert await server.deliver() == 0


async def test_uphold_shows_the_correction_first_then_posts_it_as_a_reply(server: Server) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    assert preview.ephemeral
    assert "It does not." in preview.response.embeds[0].description
    await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    posted = server.health.last_message
    assert posted.content.startswith("A note on the message above: It does not.")
    assert posted.reference is not None
    assert "Upheld by ann" in (server.notice.embeds[0].description or "")


async def test_an_edited_correction_is_posted_as_it_was_edited(server: Server) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    modal = await server.ann.click(preview.response, label="Edit first")
    await server.ann.submit_modal(modal, {server_text_input(modal): "Tea is only a drink."})
    await server.deliver()
    assert server.health.last_message.content == "Tea is only a drink."


async def test_of_several_flags_only_the_chosen_are_upheld(server: Server) -> None:
    await server.flag("tea cures all and is blue")
    preview = await server.click(server.ann, "Uphold")
    chosen = await server.ann.select(preview.response, ["1"])
    assert "green or brown" in server_embed(chosen).description
    await server.ann.click(chosen.response or preview.response, label="Record only")
    await server.deliver()
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert {f.misconception: f.outcome.value for f in case.flags} == {"tea-cures": "dismissed", "tea-is-blue": "upheld"}


async def test_undo_asks_once_more_and_removes_the_correction(server: Server) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    question = await server.click(server.ben, "Undo")
    assert "take it back" in question.response.content
    await server.ben.click(question.response, label="Yes, undo and take it back")
    await server.deliver()
    assert server.health.last_message.content == "tea cures all"
    assert "Open" in (server.notice.embeds[0].description or "")


async def test_the_author_can_be_told_privately_and_hears_when_it_is_taken_back(server: Server) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Send privately")
    await server.deliver()
    assert server.health.last_message.content == "tea cures all"
    told = server.member.user.dm_channel.last_message
    assert told.content.startswith("A note on the message above: It does not.")
    assert "the author was told privately" in (server.notice.embeds[0].description or "")
    question = await server.click(server.ann, "Undo")
    await server.ann.click(question.response, label="Yes, undo and take it back")
    await server.deliver()
    assert server.member.user.dm_channel.last_message.content.startswith("A moderator has taken back the note")


async def test_where_two_are_needed_one_proposes_and_another_agrees(server: Server) -> None:
    server.policy = Policy(two_people=frozenset({Severity.HARMFUL}))
    await server.restart()
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    told = await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    assert "a second moderator" in told.response.content
    assert server.health.last_message.content == "tea cures all"
    refused = await server.click(server.ann, "Agree")
    assert "needs a second person" in refused.response.content
    await server.click(server.ben, "Agree")
    assert server.health.last_message.content.startswith("A note on the message above")
    assert "Upheld by ann, with ben" in (server.notice.embeds[0].description or "")


async def test_deleting_asks_once_more_and_removes_the_message(server: Server) -> None:
    server.policy = Policy(may_delete=True)
    await server.restart()
    await server.flag()
    question = await server.click(server.ann, "Delete message")
    assert server.health.last_message.content == "tea cures all"
    await server.ann.click(question.response, label="Yes, delete the message")
    await server.deliver()
    assert server.health.last_message is None
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert (case.status, case.text) == (Status.UPHELD, "")


async def test_not_a_misconception_asks_why_and_closes(server: Server) -> None:
    await server.flag()
    question = await server.click(server.ann, "Not a misconception")
    await server.ann.select(question.response, ["joke"])
    await server.deliver()
    assert "not a misconception by ann (it is a joke)" in (server.notice.embeds[0].description or "").lower()


async def test_a_note_and_the_history_are_for_moderators_only(server: Server) -> None:
    await server.flag()
    modal = await server.click(server.ann, "Note")
    await server.ann.submit_modal(modal, {server_text_input(modal): "Second time this week."})
    await server.deliver()
    history = await server.click(server.ben, "History")
    assert history.ephemeral
    assert "ann: Note (Second time this week.)" in history.response.content


@pytest.mark.parametrize("label", ["Take", "Uphold", "Not a misconception", "Escalate", "Snooze", "Note", "History"])
async def test_a_member_who_clicks_is_refused(server: Server, label: str) -> None:
    await server.flag()
    result = await server.click(server.member, label)
    assert result.ephemeral
    assert result.response.content == "Only moderators can do that."
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert (case.status, case.version) == (Status.OPEN, 1)


async def test_the_second_of_two_clicks_hears_what_happened(server: Server) -> None:
    await server.flag()
    stale = server.notice
    await server.ann.click(stale, label="Take")
    result = await server.ben.click(stale, label="Escalate")
    assert "has changed since you looked: taken by ann" in result.response.content


async def test_buttons_work_after_a_restart(server: Server) -> None:
    await server.flag()
    await server.restart()
    await server.click(server.ann, "Take")
    assert "Taken by ann" in (server.notice.embeds[0].description or "")


async def test_a_message_posted_while_the_bot_was_away_is_screened_once(server: Server) -> None:
    await server.member.send(server.health, "hello")
    await server.bot.cursors.save()
    await server.env.restart_bot(discord.Client(intents=discord.Intents.default()))
    await server.member.send(server.health, "tea cures all")
    await server.restart()
    await server.restart()
    assert await server.deliver() == 1
    assert len([m for m in server.mods.history() if m.embeds]) == 1


async def test_a_notice_posted_by_a_process_that_died_is_found_again(server: Server) -> None:
    await server.flag()
    entry = OutboxEntry(0, 1, Duty.NOTICE, 0, server.clock.now())
    await server.store.done(entry, notice_ref="")  # as if it died before it could write the notice's id down
    await server.restart()
    await server.click(server.ann, "Take")
    assert len([m for m in server.mods.history() if m.embeds]) == 1


async def test_a_notice_removed_by_hand_is_posted_again_with_the_next_change(server: Server) -> None:
    await server.flag()
    await server.ann.click(server.notice, label="Take")
    await server.notice.delete()
    await server.deliver()
    assert "Taken by ann" in (server.notice.embeds[0].description or "")


async def test_an_edit_and_a_deletion_reach_the_notice(server: Server) -> None:
    posted = await server.member.send(server.health, "tea cures all")
    await server.deliver()
    await server.member.edit(posted, "tea is nice")
    await server.deliver()
    assert "an edit removed the claim" in (server.notice.embeds[0].description or "")
    await server.member.delete(posted)
    await server.deliver()
    assert "the message was deleted" in (server.notice.embeds[0].description or "")


async def test_quoted_text_neither_pings_nor_marks_up(server: Server) -> None:
    await server.flag("@everyone **tea** cures [all](https://evil.example) <@1>")
    value = server.notice.embeds[0].fields[0].value or ""
    assert "@everyone" not in value
    assert "](https://evil" not in value
    assert "\\*\\*tea" in value
    assert server.notice.mentions == []


async def test_threads_under_a_watched_channel_are_watched(server: Server) -> None:
    start = await server.member.send(server.health, "a question")
    thread = await start.create_thread(name="replies")
    handle = next(t for t in server.health.threads if t.id == thread.id)
    await server.member.send(handle, "tea cures all")
    assert await server.deliver() == 1


async def test_notices_wait_while_the_moderators_channel_can_not_be_written(server: Server) -> None:
    server.env.inject_error("POST", f"/channels/{server.mods.id}/messages", status=403)
    await server.member.send(server.health, "tea cures all")
    assert await server.deliver() == 0
    server.clock.pass_time(timedelta(minutes=1))
    assert await server.deliver() == 1


def server_text_input(result: Any) -> str:
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == 4:
                found.append(node["custom_id"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(result.modal)
    return found[0]


def server_embed(result: Any) -> Any:
    return result.response.embeds[0]


async def test_a_red_flag_is_answered_in_public_and_calls_moderators_instead_of_anything_else(server: Server) -> None:
    role = server.guild.create_role("On call", mentionable=True)
    await server.restart(server.settings.model_copy(update={"ping": Ping(urgent=role.id)}))
    question = await server.member.send(server.health, "I'm choking. What is matcha? It cures all")
    await server.case()
    await server.deliver()
    answer = server.health.last_message
    assert answer.content == "Call for help now."
    assert answer.reference is not None
    assert answer.reference.message_id == question.id
    assert server.notice.content == f"<@&{role.id}>"
    assert (server.notice.embeds[0].title or "").startswith("URGENT · Case 1")
    assert len(list(server.health.history())) == 2  # no offer beside it


async def test_an_emergency_is_answered_also_in_a_paused_channel(server: Server) -> None:
    told = await server.ann.slash(server.health, "moderation pause", where="here")
    assert "only looked at for signs of an emergency" in told.response.content
    await server.member.send(server.health, "tea cures all")
    await server.member.send(server.health, "I'm choking")
    await server.case()
    await server.deliver()
    assert server.health.last_message.content == "Call for help now."
    assert (server.notice.embeds[0].title or "").startswith("URGENT · Case 1")


async def test_an_urgent_text_is_posted_once_though_the_bot_died_right_after_it(server: Server) -> None:
    await server.member.send(server.health, "I'm choking")
    case = await server.case()
    await server.deliver()
    await server.restart()
    await server.bot.notifier.post_urgent(case, "Call for help now.")
    assert [m.content for m in server.health.history()].count("Call for help now.") == 1


async def test_the_command_shows_the_urgent_text_first(server: Server) -> None:
    for typed in ("matcha, I'm choking", "I'm choking on something else"):
        result = await server.member.slash(server.health, "tea", topic=typed)
        shown = str(result.response.content) + "".join(str(e.description) for e in result.response.embeds)
        assert "Call for help now." in shown
