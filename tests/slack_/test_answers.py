"""Curated answers on Slack: the command, the form to search in, the shortcut, and sharing."""

import pytest

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
    assert "There is nothing on that. Type /tea alone" in words(workspace.mina.whisper["blocks"])


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
    from dataclasses import replace

    from bot.core.pack import Fact
    from tests.samples import PACK

    facts = (Fact("It is a leaf.", ("book",)), Fact("It is green.", ("book",)))
    workspace.bot.moderation.pack = replace(PACK, topics={"green": replace(PACK.topics["green"], facts=facts)})
    await ask(workspace, "matcha")
    assert "It is green." not in words(workspace.mina.whisper["blocks"])
    await workspace.mina.click_whisper("Next page")
    await workspace.settle()
    assert "It is green." in words(workspace.mina.whisper["blocks"])
    assert "Page 2 of 2." in words(workspace.mina.whisper["blocks"])
    assert labels(workspace.mina.whisper["blocks"]) == ["First page", "Show everybody"]
    assert len(workspace.slack.whispers) == 1
