"""`/privacy` on Slack, by real clicks."""

import json

from bot.core.review import Status
from tests.slack_.conftest import Workspace
from tests.slack_.people import Somebody, labels, words


async def ask(workspace: Workspace, who: Somebody) -> str:
    await who.command("/privacy", "", workspace.health)
    await workspace.settle()
    return words(who.whisper["blocks"])


async def test_nothing_is_kept_of_ordinary_messages(workspace: Workspace) -> None:
    await workspace.say("good morning")
    assert (await ask(workspace, workspace.mina)).endswith("Nothing is kept about you.")
    assert labels(workspace.mina.whisper["blocks"]) == []


async def test_a_person_takes_a_copy_that_nobody_else_gets(workspace: Workspace) -> None:
    await workspace.flag()
    shown = await ask(workspace, workspace.mina)
    assert "72 hours after the moderators' decision" in shown
    assert "Messages of yours that have a case: 1" in shown
    await workspace.mina.click_whisper("Give me a copy")
    await workspace.settle()
    (file,) = workspace.slack.files
    assert file["channel"] == f"D0{workspace.mina.id}"
    assert json.loads(file["content"])["cases"][0]["text"] == "tea cures all"


async def test_erasing_asks_once_more_and_takes_words_and_name_off_the_notice(workspace: Workspace) -> None:
    await workspace.flag()
    assert "mina" in workspace.notice_words
    await ask(workspace, workspace.mina)
    (confirm,) = [
        e["confirm"] for b in workspace.mina.whisper["blocks"] for e in b.get("elements", ()) if "confirm" in e
    ]
    assert "can't be undone" in words(confirm)
    await workspace.mina.click_whisper("Erase it")
    await workspace.deliver()
    assert "Your words, your name and your id are erased." in words(workspace.mina.whisper["blocks"])
    case = await workspace.case()
    assert (case.text, case.author.name, case.status) == ("", "somebody", Status.MESSAGE_DELETED)
    assert "mina" not in workspace.notice_words


async def test_a_forged_button_erases_nobody_else(workspace: Workspace) -> None:
    await workspace.flag()
    await ask(workspace, workspace.mina)
    shown = workspace.mina.whisper | {"user": workspace.ben.id}  # as if it were his
    workspace.slack.whispers.append(shown)
    await workspace.ben.click_whisper("Erase it")
    await workspace.settle()
    assert (await workspace.case()).text == "tea cures all"
