"""Curated answers on Slack: the command, the form to search in, the shortcut, and sharing."""

from dataclasses import replace

import pytest

from bot.core.pack import Fact
from tests.samples import PACK
from tests.slack_.conftest import Workspace
from tests.slack_.people import Somebody, labels, words


async def ask(workspace: Workspace, text: str) -> None:
    await workspace.mina.command("/tea", text, workspace.health)
    await workspace.settle()


@pytest.mark.parametrize("text", ["green", "Green Tea", "matcha"])
async def test_an_answer_is_seen_by_the_one_who_asked(workspace: Workspace, text: str) -> None:
    await ask(workspace, text)
    shown = words(workspace.mina.whisper["blocks"])
    assert "Green tea" in shown
    assert "It is a leaf. [1]" in shown
    assert "<https://example.org/tea|The Book of Tea>" in shown
    assert workspace.health.messages == {}


@pytest.mark.parametrize("text", ["public matcha", "matcha public"])
async def test_an_answer_can_be_asked_for_everybody(workspace: Workspace, text: str) -> None:
    await ask(workspace, text)
    (message,) = workspace.health.messages.values()
    assert "It is a leaf." in words(message["blocks"])


async def test_an_answer_can_be_shown_to_everybody_afterwards(workspace: Workspace) -> None:
    await ask(workspace, "matcha")
    await workspace.mina.click_whisper("Show everybody")
    await workspace.settle()
    (message,) = workspace.health.messages.values()
    assert "Shown by <@U0MINA>" in words(message["blocks"])


async def test_near_topics_are_offered_where_it_is_not_plain_what_is_meant(workspace: Workspace) -> None:
    await ask(workspace, "tea leaves")
    assert "Did you mean one of these?" in words(workspace.mina.whisper["blocks"])
    await workspace.mina.click_whisper("Green tea")
    await workspace.settle()
    assert "It is a leaf." in words(workspace.mina.whisper["blocks"])


async def test_what_nothing_comes_near_is_told(workspace: Workspace) -> None:
    await ask(workspace, "<!channel> zzzz *x*")
    assert "There is nothing on that yet. Type /tea and pick a topic" in words(workspace.mina.whisper["blocks"])


async def test_without_a_topic_one_can_be_searched(workspace: Workspace) -> None:
    await ask(workspace, "")
    assert [o["text"]["text"] for o in await workspace.mina.suggestions("")] == ["Green tea"]
    assert [o["value"] for o in await workspace.mina.suggestions("match")] == ["green"]
    assert await workspace.mina.suggestions("zzzzzz") == []
    await workspace.submit(workspace.mina, topic="green")
    assert "It is a leaf." in words(workspace.mina.form)
    await workspace.press(workspace.mina, "Show everybody")
    assert len(workspace.health.messages) == 1


async def test_a_topic_that_left_the_content_is_told(workspace: Workspace) -> None:
    await ask(workspace, "")
    await workspace.submit(workspace.mina, topic="black")
    assert "no longer in the content" in words(workspace.mina.form)


async def test_an_answer_is_posted_under_a_message_and_says_who_did_it(workspace: Workspace) -> None:
    question = await workspace.say("what is it with the leaves?")
    await workspace.ben.shortcut("answer_with", question, workspace.health)
    await workspace.settle()
    await workspace.submit(workspace.ben, topic="green")
    assert "The answer stands under the message." in words(workspace.ben.form)
    (reply,) = workspace.replies(question)
    assert "Shown by <@U0BEN>" in words(reply["blocks"])


async def test_where_the_bot_is_not_it_says_how_to_invite_it(workspace: Workspace) -> None:
    elsewhere = workspace.slack.add_channel("elsewhere", bot=False)
    somebody = Somebody(workspace.slack, workspace.slack.add_user("carl"))
    question = await somebody.say(elsewhere, "what is it with the leaves?")
    await somebody.shortcut("answer_with", question, elsewhere)
    await workspace.settle()
    await workspace.submit(somebody, topic="green")
    assert "/invite" in words(somebody.form)


async def test_pages_turn_in_place_and_lead_back_to_the_first(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack_.render.PAGE", 5)
    facts = (Fact("It is a leaf.", ("book",)), Fact("It is green.", ("book",)))
    workspace.bot.moderation.pack = replace(PACK, topics={"green": replace(PACK.topics["green"], facts=facts)})
    await ask(workspace, "matcha")
    assert "It is green." not in words(workspace.mina.whisper["blocks"])
    await workspace.mina.click_whisper("Next page")
    await workspace.settle()
    assert "It is green." in words(workspace.mina.whisper["blocks"])
    assert "Page 2 of 2." in words(workspace.mina.whisper["blocks"])
    assert labels(workspace.mina.whisper["blocks"]) == ["First page", "Show everybody", "Useful", "Not useful"]
    assert len(workspace.slack.whispers) == 1


async def vote(workspace: Workspace, label: str) -> str:
    """The member says so under the newest answer that only they see; what they hear."""
    answer = next(w for w in reversed(workspace.slack.whispers) if label in labels(w["blocks"]))
    workspace.slack.whispers.append(answer)
    await workspace.mina.click_whisper(label)
    await workspace.settle()
    return words(workspace.mina.whisper["blocks"])


async def test_each_person_has_one_vote_on_a_topic_and_can_change_it(workspace: Workspace) -> None:
    await ask(workspace, "matcha")
    assert "Good to know that this helps." in await vote(workspace, "Useful")
    assert "You said so already." in await vote(workspace, "Useful")
    assert "Changed." in await vote(workspace, "Not useful")
    await workspace.ann.command("/tea", "public matcha", workspace.health)
    await workspace.settle()
    (shared,) = workspace.health.messages.values()
    await workspace.ann.click(shared, "Useful", workspace.health)
    await workspace.settle()
    assert "Good to know" in words(workspace.ann.whisper["blocks"])
    await workspace.ann.command("/moderation", "stats", workspace.mods)
    await workspace.settle()
    assert "Green tea: useful to 1 of 2 people" in words(workspace.ann.whisper["blocks"])


async def test_a_vote_in_a_form_leaves_the_answer_beneath(workspace: Workspace) -> None:
    await ask(workspace, "")
    await workspace.submit(workspace.mina, topic="green")
    await workspace.press(workspace.mina, "Useful")
    assert "Good to know" in words(workspace.mina.form)
    beneath = workspace.slack.views[workspace.mina.id][0]
    assert "It is a leaf." in words(beneath.content)


async def test_a_vote_on_a_topic_that_is_gone_is_told(workspace: Workspace) -> None:
    await ask(workspace, "matcha")
    workspace.bot.moderation.pack = replace(PACK, topics={})
    assert "no longer in the content" in await vote(workspace, "Useful")


async def test_a_channel_that_had_several_answers_stays_readable(workspace: Workspace) -> None:
    for number in range(7):
        somebody = Somebody(workspace.slack, workspace.slack.add_user(f"p{number}"))
        await somebody.command("/tea", "matcha public", workspace.health)
        await workspace.settle()
    before = len(workspace.health.messages)
    assert before == 6  # see bot.core.pace
    await ask(workspace, "matcha public")
    assert len(workspace.health.messages) == before
    shown = words(workspace.mina.whisper["blocks"])
    assert "There were several answers here in the last minute" in shown
    assert "It is a leaf." in shown
    await workspace.mina.click_whisper("Show everybody")
    await workspace.settle()
    assert "There were several answers here" in words(workspace.mina.whisper["blocks"])
    assert len(workspace.health.messages) == before


async def test_who_asks_for_a_great_deal_is_asked_to_wait_but_not_in_an_emergency(workspace: Workspace) -> None:
    for _ in range(30):
        await ask(workspace, "matcha")
    assert "Please wait a little" in words(workspace.mina.whisper["blocks"])
    await ask(workspace, "matcha, I'm choking")
    assert "Call for help now." in words(workspace.mina.whisper["blocks"])


async def test_related_topics_stand_under_an_answer(workspace: Workspace) -> None:
    black = replace(PACK.topics["green"], id="black", title="Black tea", aliases=(), summary="Fermented leaves.")
    workspace.bot.moderation.pack = replace(PACK, topics={**PACK.topics, "black": black})
    await ask(workspace, "matcha")
    await workspace.mina.click_whisper("Black tea")
    await workspace.settle()
    assert "Fermented leaves." in words(workspace.mina.whisper["blocks"])


async def test_a_command_that_was_renamed_while_the_bot_runs_is_answered(workspace: Workspace) -> None:
    workspace.bot.moderation.use(replace(PACK, name="leaves"))
    await workspace.mina.command("/leaves", "matcha", workspace.health)
    await workspace.settle()
    assert "It is a leaf." in words(workspace.mina.whisper["blocks"])


async def test_in_a_pause_nothing_is_offered(workspace: Workspace) -> None:
    await workspace.bot.moderation.pause(f"slack:{workspace.health.id}")
    await workspace.say("does anybody know about green tea?")
    assert workspace.slack.whispers == []


async def test_an_offer_is_not_repeated_by_the_next_process(workspace: Workspace) -> None:
    await workspace.say("does anybody know about green tea?")
    await workspace.start()
    await workspace.say("what is green tea?")
    assert len(workspace.slack.whispers) == 1
