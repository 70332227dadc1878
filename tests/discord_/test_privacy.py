"""`/privacy` on Discord, by real clicks."""

import json

from bot.core.review import Status
from tests.discord_.conftest import Server


async def test_nothing_is_kept_of_ordinary_messages(server: Server) -> None:
    await server.member.send(server.health, "good morning")
    shown = await server.member.slash(server.health, "privacy")
    assert shown.ephemeral
    assert shown.response.content.endswith("Nothing is kept about you.")
    assert not shown.response.components


async def test_a_person_takes_a_copy_and_erases_what_is_kept(server: Server) -> None:
    await server.flag()
    shown = await server.member.slash(server.health, "privacy")
    assert "72 hours after the moderators' decision" in shown.response.content
    assert "Messages of yours that have a case: 1" in shown.response.content
    copy = await server.member.click(shown.response, label="Give me a copy")
    told = json.loads(await copy.response.attachments[0].read())
    assert told["cases"][0]["text"] == "tea cures all"
    asked = await server.member.click(shown.response, label="Erase it")
    assert "can't be undone" in asked.response.content
    assert (await server.bot.moderation.case(1)).text  # type: ignore[union-attr]
    await server.member.click(asked.response, label="Yes, erase it")
    await server.deliver()
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert (case.text, case.author.name, case.status) == ("", "somebody", Status.MESSAGE_DELETED)
    assert "mina" not in str(server.notice.embeds[0].to_dict())
