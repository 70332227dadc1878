"""Discord and Slack at once: one queue, decisions seen on both, and nobody taken for somebody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.pack import Severity
from bot.core.review import Policy, Status
from tests.discord_.conftest import within_limits
from tests.slack_.both import Community, community
from tests.slack_.fake import Json
from tests.slack_.people import labels, words

__all__ = ["within_limits"]  # what goes to Discord from here is read, too


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Community]:
    async with community(tmp_path) as made:
        yield made


async def flag_both(both: Community) -> None:
    """Case 1 on Discord, case 2 on Slack."""
    await both.member.send(both.health, "tea cures all")
    await both.env.settle()
    await both.workspace.say("green tea cures everything")
    await both.deliver()


async def on_slack(both: Community, text: str) -> str:
    workspace = both.workspace
    await workspace.ann.command("/moderation", text, workspace.mods)
    await workspace.settle()
    return words(workspace.ann.whisper["blocks"])


async def test_each_platform_gets_the_notices_of_its_own_messages(both: Community) -> None:
    await flag_both(both)
    assert [m.embeds[0].title[:6] for m in both.mods.history()] == ["Case 1"]
    assert [n["metadata"]["event_payload"]["case"] for n in both.workspace.notices] == [2]


async def test_both_see_one_queue(both: Community) -> None:
    await flag_both(both)
    assert "Case 1" in await on_slack(both, "queue")
    assert "Case 2" in await on_slack(both, "queue")
    shown = await both.dora.slash(both.mods, "moderation queue")
    assert "Case 1" in shown.response.embeds[0].description
    assert "Case 2" in shown.response.embeds[0].description


async def test_a_case_of_discord_is_decided_on_slack_and_the_correction_stands_on_discord(both: Community) -> None:
    await flag_both(both)
    assert "dave in #health" in await on_slack(both, "case 1")
    workspace = both.workspace
    await workspace.ann.click_whisper("Uphold")
    await workspace.settle()
    await workspace.ann.press("Post as reply")
    await both.deliver()
    assert both.health.last_message.content.startswith("A note on the message above")
    assert "Upheld by ann" in both.mods.last_message.embeds[0].description
    assert [m["text"] for m in workspace.health.messages.values()] == ["green tea cures everything"]
    assert "upheld by ann" in await on_slack(both, "queue upheld")
    shown = await both.dora.slash(both.mods, "moderation queue", show="upheld")
    assert "upheld by ann" in shown.response.embeds[0].description


async def test_a_case_of_slack_is_decided_on_discord_and_slack_shows_it(both: Community) -> None:
    await flag_both(both)
    shown = await both.dora.slash(both.mods, "moderation case", number=2)
    await both.dora.click(shown.response, label="Take")
    await both.deliver()
    assert "Taken by dora" in both.workspace.notice_words
    await both.workspace.click(both.workspace.ann, "Uphold")
    await both.workspace.press(both.workspace.ann, "Record only")
    assert "dora is working on case 2" in words(both.workspace.ann.form)


async def test_what_two_must_decide_may_be_decided_by_one_on_each(both: Community) -> None:
    both.workspace.policy = Policy(two_people=frozenset({Severity.HARMFUL}))
    await both.restart()
    await flag_both(both)
    workspace = both.workspace
    await workspace.click(workspace.ann, "Uphold")
    await workspace.press(workspace.ann, "Post as reply")
    shown = await both.dora.slash(both.mods, "moderation case", number=2)
    await both.dora.click(shown.response, label="Agree")
    await both.deliver()
    assert "Upheld by ann, with dora" in workspace.notice_words
    assert [m["text"][:6] for m in workspace.health.messages.values()] == ["green ", "A note"]


async def test_people_of_one_name_are_two_people(both: Community) -> None:
    """A Slack member called "dave" is nobody's author on Discord, and counts of the one hold nothing of the other."""
    dave = both.workspace.slack.add_user("dave")
    await flag_both(both)
    assert "No message of this person has a case" in await on_slack(both, f"user <@{dave}>")
    shown = await both.dora.slash(both.mods, "moderation user", person=both.member)
    assert "1 case in the last 90 days." in shown.response.content
    cases = await both.workspace.bot.moderation.queue()
    assert {(c.key.platform, c.author.name) for c in cases} == {("discord", "dave"), ("slack", "mina")}


async def test_reminders_call_only_those_who_are_there(both: Community) -> None:
    await flag_both(both)
    shown = await both.dora.slash(both.mods, "moderation case", number=1)
    await both.dora.click(shown.response, label="Take")
    await both.workspace.click(both.workspace.ben, "Take")
    both.workspace.clock.pass_time(both.workspace.policy.remind or both.workspace.policy.lease)
    await both.deliver()
    said = [m["text"] for m in both.workspace.mods.messages.values() if "still waiting" in m["text"]]
    assert [s.split(" Case")[0] for s in said] == [f"<@{both.workspace.ben.id}>"]
    assert both.mods.last_message.content.startswith(f"<@{both.dora.id}> Case 1")


async def test_a_pause_on_one_platform_is_for_its_channel_only(both: Community) -> None:
    await on_slack(both, "pause here")
    await both.workspace.ann.command("/moderation", "pause here", both.workspace.health)
    await both.workspace.settle()
    await flag_both(both)
    cases = await both.workspace.bot.moderation.queue()
    assert [c.key.platform for c in cases] == ["discord"]


async def test_one_platform_that_is_down_does_not_hold_up_the_other(both: Community) -> None:
    both.workspace.slack.token_works = False
    await flag_both(both)
    assert both.mods.last_message is not None
    assert both.workspace.notices == []
    case = await both.workspace.case(2)
    assert case.status is Status.OPEN
    assert "Take" in labels((await on_slack_when_back(both))["blocks"])


async def on_slack_when_back(both: Community) -> Json:
    both.workspace.slack.token_works = True
    both.workspace.clock.pass_time(both.workspace.policy.lease)
    await both.deliver()
    return both.workspace.notice
