"""`/moderation` and members' reports on Discord."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.core.message import Person
from bot.core.review import Act, Decision, Policy, Status
from tests.discord_.conftest import Server
from tests.discord_.test_flow import server_text_input
from tests.samples import reworded

MODERATE = discord.Permissions(manage_messages=True, view_channel=True, send_messages=True)


def person(member: Any) -> Person:
    return Person(str(member.id), member.name)


async def three_cases(server: Server) -> None:
    for text in ("tea cures all", "tea is blue", "green tea cures everything"):
        await server.member.send(server.health, text)
    await server.deliver()


async def test_the_queue_lists_the_most_serious_first_and_turns_pages(server: Server) -> None:
    await three_cases(server)
    for number in range(12):
        await server.member.send(server.health, f"tea is blue {number}")
    shown = await server.ann.slash(server.mods, "moderation queue")
    assert shown.ephemeral
    lines = shown.response.embeds[0].description.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("• Case 1 · Harmful · 90% · open")
    assert "discord.com/channels" in lines[0]
    turned = await server.ann.click(shown.response, label="Next page")
    assert len((turned.response or shown.response).embeds[0].description.splitlines()) == 5


async def test_a_case_is_shown_with_buttons_that_work(server: Server) -> None:
    await three_cases(server)
    shown = await server.ann.slash(server.health, "moderation case", number=2)
    assert shown.ephemeral
    await server.ann.click(shown.response, label="Take")
    case = await server.bot.moderation.case(2)
    assert case is not None
    assert case.status is Status.TAKEN
    missing = await server.ann.slash(server.mods, "moderation case", number=99)
    assert missing.response.content == "There is no case 99."


async def test_counts_of_a_person_hold_no_text(server: Server) -> None:
    await three_cases(server)
    await server.bot.moderation.decide(1, Decision(Act.UPHOLD, person(server.ann), server.clock.now(), 1))
    shown = await server.ann.slash(server.mods, "moderation user", person=server.member)
    assert shown.response.content.splitlines() == [
        "mina:",
        "3 cases in the last 90 days.",
        "Upheld: 1",
        "Waiting for a decision: 2",
        "Upheld claims: tea-cures",
    ]


async def test_single_moderators_are_named_to_leads_only(server: Server) -> None:
    await three_cases(server)
    server.clock.pass_time(timedelta(hours=3))
    await server.bot.moderation.decide(1, Decision(Act.DISMISS, person(server.ben), server.clock.now(), 1))
    plain = await server.ann.slash(server.mods, "moderation stats")
    assert "3 cases in the last 30 days; 2 waiting, the oldest for 3 hours." in plain.response.content
    assert "tea-cures: 0 of 1 upheld (95% interval 0% to 79%)" in plain.response.content
    assert "ben" not in plain.response.content
    await server.restart(server.settings.model_copy(update={"lead_roles": server.settings.moderator_roles}))
    told = await server.ann.slash(server.mods, "moderation stats")
    assert "ben: 1 decision" in told.response.content


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_export_holds_no_text_and_no_formula(server: Server, form: str) -> None:
    await server.member.send(server.health, "tea cures all")
    shown = await server.ann.slash(server.mods, "moderation export", form=form)
    table = (await shown.response.attachments[0].read()).decode()
    rows = json.loads(table) if form == "json" else list(csv.DictReader(io.StringIO(table)))
    assert (str(rows[0]["case"]), rows[0]["flags"]) == ("1", "tea-cures:pending")
    assert "mina" not in table
    assert "tea cures all" not in table


async def test_a_pause_lasts_until_it_is_ended(server: Server) -> None:
    await server.ann.slash(server.health, "moderation pause", where="here")
    await server.member.send(server.health, "tea cures all")
    assert await server.deliver() == 0
    await server.ann.slash(server.health, "moderation resume", where="here")
    await server.member.send(server.health, "tea cures everything")
    assert await server.deliver() == 1


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("queue", {}),
        ("case", {"number": 1}),
        ("stats", {}),
        ("export", {}),
        ("pause", {"where": "everywhere"}),
        ("resume", {"where": "everywhere"}),
    ],
)
async def test_who_may_only_tidy_one_channel_is_refused(server: Server, command: str, options: dict[str, Any]) -> None:
    role = server.guild.create_role("Tidier", permissions=MODERATE)
    tidier = server.guild.add_member(server.env.create_user("tim"), roles=[role])
    refused = await tidier.slash(server.health, f"moderation {command}", **options)
    assert refused.ephemeral
    assert refused.response.content == "Only moderators can do that."


async def test_a_member_reports_a_message_and_moderators_read_why(server: Server) -> None:
    message = await server.member.send(server.health, "tea is magic")
    modal = await server.ben.context_menu(server.health, "Report a health claim", message)
    thanks = await server.ben.submit_modal(modal, {server_text_input(modal): "That is *dangerous* @everyone"})
    assert thanks.ephemeral
    await server.deliver()
    head = server.notice.embeds[0].description or ""
    assert "Case 1: reported by a member" in (server.notice.embeds[0].title or "")
    assert "Reported by ben" in head
    assert "@everyone" not in head
    preview = await server.click(server.ann, "Uphold")
    modal = await server.ann.click(preview.response, label="Edit first")
    await server.ann.submit_modal(modal, {server_text_input(modal): "Tea is a drink."})
    await server.deliver()
    assert server.health.last_message.content == "Tea is a drink."


async def test_the_author_asks_for_a_second_look_and_hears_the_outcome(server: Server) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    correction = server.health.last_message
    stranger = await server.ben.click(correction, label="This was wrong about me")
    assert "Only the author" in stranger.response.content
    thanks = await server.member.click(correction, label="This was wrong about me")
    assert "you will hear the outcome" in thanks.response.content
    await server.deliver()
    assert "Under a second look" in (server.notice.embeds[0].description or "")
    same = await server.click(server.ann, "Agree")
    assert "second person" in same.response.content
    reason = await server.click(server.ben, "Not a misconception")
    await server.ben.select(reason.response, ["true"])
    await server.deliver()
    assert server.health.last_message.content == "tea cures all"
    assert "taken the note back" in server.member.user.dm_channel.last_message.content


async def test_escalating_calls_the_role_in_the_second_channel(server: Server) -> None:
    room, role = server.guild.create_text_channel("experts"), server.guild.create_role("Experts")
    update = {"escalation_channel": room.id, "escalation_role": role.id}
    await server.restart(server.settings.model_copy(update=update))
    await server.flag()
    await server.click(server.ann, "Escalate")
    assert room.last_message.content.startswith(f"<@&{role.id}> ann asks for your view on case 1.")
    assert [r.id for r in room.last_message.role_mentions] == [role.id]


@pytest.mark.parametrize(("text", "called"), [("tea cures all", True), ("tea is blue", False)])
async def test_a_notice_calls_a_role_by_severity_only(server: Server, text: str, called: bool) -> None:
    role = server.guild.create_role("On call")
    ping = server.settings.ping.model_copy(update={"harmful": role.id})
    await server.restart(server.settings.model_copy(update={"ping": ping}))
    notice = await server.flag(text)
    assert [r.id for r in notice.role_mentions] == ([role.id] if called else [])


async def test_who_was_active_is_reminded_of_a_case_that_waits(server: Server) -> None:
    await server.flag()
    server.clock.pass_time(timedelta(hours=11))
    modal = await server.click(server.ann, "Note")
    await server.ann.submit_modal(modal, {server_text_input(modal): "later"})
    server.clock.pass_time(timedelta(hours=2))
    await server.deliver()
    words = server.mods.last_message.content
    assert words.startswith(f"<@{server.ann.id}> Case 1 is still waiting for a decision.")
    await server.deliver()
    assert [m.content for m in server.mods.history()].count(words) == 1


async def test_a_second_correction_in_the_quiet_period_links_the_first(server: Server) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    first = server.health.last_message
    await server.flag("green tea cures everything")
    preview = await server.click(server.ann, "Uphold")
    assert first.jump_url in preview.response.embeds[0].description


async def test_a_member_who_answers_with_a_correction_is_named(server: Server) -> None:
    message = await server.member.send(server.health, "tea cures all")
    await server.ben.send(server.health, "No, nothing cures all", reply_to=message)
    await server.deliver()
    assert "ben seems to have corrected it already" in (server.notice.embeds[0].description or "")


async def test_a_notice_deleted_by_hand_comes_back_at_once(server: Server) -> None:
    notice = await server.flag()
    await server.ann.delete(notice)
    await server.deliver()
    assert "Case 1" in (server.notice.embeds[0].title or "")


async def test_the_owner_is_told_once_that_notices_can_not_be_posted(server: Server) -> None:
    server.policy = Policy()
    await server.restart(server.settings.model_copy(update={"moderators_channel": 1}))
    await server.member.send(server.health, "tea cures all")
    for _ in range(3):
        await server.deliver()
        server.clock.pass_time(timedelta(minutes=20))
    told = [m.content for m in server.guild.owner.dm_channel.history()]
    assert len(told) == 1
    assert "Nothing is lost" in told[0]


async def test_moderators_are_told_about_the_content_in_force(server: Server) -> None:
    shown = await server.ann.slash(server.mods, "moderation content")
    assert shown.ephemeral
    assert shown.response.content.splitlines()[0].startswith("Revision abc123 is in force")
    assert "Misconceptions: 2 live." in shown.response.content


async def corrected(server: Server, way: str = "Post as reply") -> None:
    """A case whose correction stands, and content in which it has changed since."""
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label=way)
    await server.deliver()
    server.bot.moderation.use(reworded("It does nothing of the kind."))


async def test_an_outdated_correction_is_amended_where_it_stands(server: Server) -> None:
    await corrected(server)
    before = server.health.last_message
    shown = await server.ben.slash(server.mods, "moderation content")
    assert "Case 1: the correction of tea-cures was reworded" in shown.response.content
    modal = await server.ben.click(shown.response, label="Amend case 1")
    await server.ben.submit_modal(modal, {server_text_input(modal): "It does nothing of the kind."})
    for _ in range(2):
        await server.deliver()
    after = server.health.last_message
    assert (after.id, after.content) == (before.id, "It does nothing of the kind.")
    assert [c.label for row in after.components for c in row.children] == ["This was wrong about me"]
    again = await server.ben.slash(server.mods, "moderation content")
    assert "read differently" not in again.response.content
    entries = await server.bot.moderation.history(1)
    assert (entries[-1].act, entries[-1].by.name) == (Act.AMEND, "ben")


async def test_an_outdated_correction_is_posted_again(server: Server) -> None:
    await corrected(server)
    before = server.health.last_message
    shown = await server.ben.slash(server.mods, "moderation content")
    modal = await server.ben.click(shown.response, label="Post case 1 again")
    await server.ben.submit_modal(modal, {server_text_input(modal): "It does nothing of the kind."})
    await server.deliver()
    after = server.health.last_message
    assert after.id != before.id
    assert after.content == "It does nothing of the kind."
    assert [m.content for m in server.health.history()] == ["tea cures all", "It does nothing of the kind."]


async def test_a_private_correction_is_amended_where_its_author_reads_it(server: Server) -> None:
    await corrected(server, "Send privately")
    shown = await server.ann.slash(server.mods, "moderation content")
    modal = await server.ann.click(shown.response, label="Amend case 1")
    await server.ann.submit_modal(modal, {server_text_input(modal): "It does nothing of the kind."})
    await server.deliver()
    told = server.member.user.dm_channel.last_message
    assert told.content.startswith("It does nothing of the kind.")


async def test_a_correction_that_was_deleted_by_hand_is_not_posted_again(server: Server) -> None:
    await corrected(server)
    shown = await server.ann.slash(server.mods, "moderation content")
    modal = await server.ann.click(shown.response, label="Amend case 1")
    await server.ann.delete(server.health.last_message)
    await server.ann.submit_modal(modal, {server_text_input(modal): "It does nothing of the kind."})
    for _ in range(3):
        await server.deliver()
    assert server.health.last_message.content == "tea cures all"
    entries = await server.bot.moderation.history(1)
    assert entries[-1].detail == "the correction was deleted by hand, so there was nothing to amend"
