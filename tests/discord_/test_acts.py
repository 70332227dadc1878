"""What every act on Discord must keep to: whoever clicks is checked, a decision is made once, an undo is whole."""

import logging
import time
from datetime import timedelta
from statistics import median
from typing import Any

import discord
import pytest
from simcord.actors import _dispatch_actor_interaction
from simcord.backend import serializers
from simcord.enums import ComponentType, InteractionType

from bot.core.pack import Severity
from bot.core.review import Act, Outcome, Policy, Reason, Status
from bot.discord_ import wording
from bot.discord_.buttons import SHOWN
from tests.discord_.conftest import Server
from tests.discord_.test_flow import labels, server_text_input
from tests.samples import message

DECIDES = [
    *((f"case:1:1:{act}", None) for act in (Act.TAKE, Act.ESCALATE, Act.SNOOZE)),
    ("dismiss:1:1", ["joke"]),
    *((f"uphold:1:1:1:{way}", None) for way in wording.WAYS if way != "edit"),
    ("delete:1:1", None),
]  # component ids that change a case at once, with what a select menu sends
COMPONENTS: list[tuple[str, list[str] | None]] = [
    *DECIDES,
    *((f"case:1:1:{act}", None) for act in Act if f"case:1:1:{act}" not in dict(DECIDES)),
    ("case:1:1:nonsense", None),
    ("history:1", None),
    ("flags:1:1:1", ["0"]),
    ("uphold:1:1:1:edit", None),
    ("undo:1:1", None),
    ("queue:waiting:0", None),
]


async def forge(server: Server, who: Any, custom_id: str, values: list[str] | None = None) -> Any:
    """Send what a click would send, whether or not such a button is shown anywhere."""
    kind = ComponentType.BUTTON if values is None else ComponentType.STRING_SELECT
    data = {"custom_id": custom_id, "component_type": kind} | ({"values": values} if values else {})
    room, backend = server.mods, server.env.backend
    stored = backend.get_message(room.id, server.notice.id)
    shown = dict(serializers.message_payload(backend, stored))
    shown["components"] = [{"type": 1, "components": [_component(custom_id, kind)]}]
    return await _dispatch_actor_interaction(
        who, InteractionType.MESSAGE_COMPONENT, room, data, extra={"message": shown}, source_message_id=stored.id
    )


def _component(custom_id: str, kind: ComponentType) -> dict[str, Any]:
    if kind is ComponentType.BUTTON:
        return {"type": 2, "custom_id": custom_id, "style": 2, "label": "forged"}
    options = [{"label": v, "value": v} for v in ("0", *Reason)]
    return {"type": 3, "custom_id": custom_id, "options": options}


async def version(server: Server, case_id: int = 1) -> int:
    case = await server.bot.moderation.case(case_id)
    assert case is not None
    return case.version


@pytest.mark.parametrize(("custom_id", "values"), COMPONENTS)
async def test_a_member_who_forges_a_component_is_refused_and_logged(
    server: Server, custom_id: str, values: list[str] | None, caplog: pytest.LogCaptureFixture
) -> None:
    server.policy = Policy(may_delete=True)
    await server.restart()
    await server.flag()
    with caplog.at_level(logging.WARNING):
        answer = await forge(server, server.member, custom_id, values)
    assert answer.ephemeral
    assert answer.response.content == "Only moderators can do that."
    assert f"refused: user {server.member.id}" in caplog.text
    assert await version(server) == 1


@pytest.mark.parametrize("act", ["nonsense", *(a for a in Act if a not in SHOWN)])
async def test_what_is_on_no_button_is_not_done_for_moderators_either(server: Server, act: str) -> None:
    await server.flag()
    answer = await forge(server, server.ann, f"case:1:1:{act}")
    assert answer.response.content == "There is no such button."
    assert await version(server) == 1


async def test_who_invites_the_bot_elsewhere_moderates_nothing_here(server: Server) -> None:
    await server.flag()
    other = server.env.create_guild("Elsewhere")
    owner = other.add_member(
        server.env.create_user("olga"), roles=[other.create_role("All", permissions=discord.Permissions.all())]
    )
    room = other.create_text_channel("general")
    queue = await owner.slash(room, "moderation queue", show="all")
    assert queue.response is not None
    assert queue.response.embeds[0].description == "None."
    missing = await owner.slash(room, "moderation case", number=1)
    assert missing.response is not None
    assert missing.response.content == "There is no case 1."
    await owner.slash(room, "moderation pause", where="everywhere")
    await server.member.send(server.health, "tea is blue")
    assert await server.deliver() == 1


async def test_cases_of_the_sandbox_are_no_business_of_discord(server: Server) -> None:
    await server.bot.moderation.message_posted(message("tea cures all"))  # in the sandbox, in the same store
    await server.flag("tea cures everything")
    for custom_id in ("case:1:1:take", "history:1", "delete:1:1", "uphold:1:1:1:post"):
        answer = await forge(server, server.ann, custom_id)
        assert answer.response.content == "There is no case 1."
    assert await version(server) == 1


@pytest.mark.parametrize(("custom_id", "values"), DECIDES)
@pytest.mark.parametrize("again", ["ann", "ben"])
async def test_a_second_click_does_nothing_and_says_what_happened(
    server: Server, custom_id: str, values: list[str] | None, again: str
) -> None:
    server.policy = Policy(may_delete=True)
    await server.restart()
    await server.flag()
    await forge(server, server.ann, custom_id, values)
    done = await server.bot.moderation.history(1)
    answer = await forge(server, getattr(server, again), custom_id, values)
    assert answer.ephemeral
    assert "has changed since you looked" in answer.response.content
    assert "by ann" in answer.response.content
    assert await server.bot.moderation.history(1) == done
    assert len(done) == 1


async def test_a_form_that_is_sent_twice_counts_once(server: Server) -> None:
    await server.flag()
    modal = await server.click(server.ann, "Note")
    answers = [await server.ann.submit_modal(modal, {server_text_input(modal): "hm"})]
    await server.click(server.ben, "Take")
    late = await server.click(server.ann, "Uphold")
    edit = await server.ben.click((await server.click(server.ben, "Uphold")).response, label="Edit first")
    await server.click(server.ben, "Escalate")
    answers.append(await server.ben.submit_modal(edit, {server_text_input(edit): "Tea is a drink."}))
    assert "has changed since you looked" in answers[1].response.content
    assert late.ephemeral
    assert server.health.last_message.content == "tea cures all"


async def test_clicks_are_answered_within_a_second(server: Server) -> None:
    """The answer never waits for what is told outside: the outbox isn't run here at all."""
    await server.flag()
    took = []
    for label in ("Take", "Uphold", "Not a misconception", "Note", "History", "Escalate", "Snooze") * 3:
        start = time.perf_counter()
        result = await server.ann.click(server.notice, label=label)
        took.append(time.perf_counter() - start)
        assert result.acknowledged
    assert median(took) < 1


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("way", ["Post as reply", "Send privately", "Record only"])
async def test_undo_takes_everything_back(server: Server, way: str, two: bool) -> None:
    server.policy = Policy(two_people=frozenset(Severity) if two else frozenset())
    await server.restart()
    await server.flag()
    fresh = labels(server.notice)
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label=way)
    await server.deliver()
    if two:
        await server.click(server.ben, "Agree")
    assert (await server.bot.moderation.records())["tea-cures"].upheld == 1
    asked = await server.click(server.ben, "Undo")
    if way != "Record only":
        await server.ben.click(asked.response, label="Yes, undo and take it back")
    await server.deliver()
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert (case.status, case.correction, case.decided_by, case.confirmed_by) == (Status.OPEN, "", None, None)
    assert {f.outcome for f in case.flags} == {Outcome.PENDING}
    assert await server.bot.moderation.records() == {}
    assert labels(server.notice) == fresh
    assert server.health.last_message.content == "tea cures all"
    if way == "Send privately":
        assert "has taken back the note" in server.member.user.dm_channel.last_message.content


async def test_undoing_a_dismissal_restores_counters(server: Server) -> None:
    await server.flag()
    question = await server.click(server.ann, "Not a misconception")
    await server.ann.select(question.response, ["true"])
    await server.deliver()
    assert (await server.bot.moderation.records())["tea-cures"].decided == 1
    await server.click(server.ben, "Undo")
    assert await server.bot.moderation.records() == {}
    assert "Open" in (server.notice.embeds[0].description or "")


@pytest.mark.parametrize("way", ["Post as reply", "Send privately"])
async def test_undoing_a_second_look_restores_the_correction_and_tells_the_author(server: Server, way: str) -> None:
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label=way)
    await server.deliver()
    private = server.member.user.dm_channel.last_message if way == "Send privately" else None
    told = private or server.health.last_message
    words = told.content
    author = server.member.user if private else server.member
    await author.click(told, label="This was wrong about me")
    await server.deliver()
    reason = await server.click(server.ben, "Not a misconception")
    await server.ben.select(reason.response, ["true"])
    await server.deliver()
    assert server.health.last_message.content == "tea cures all"
    await server.click(server.ann, "Undo")
    await server.deliver()
    heard = [m.content for m in server.member.user.dm_channel.history()]
    assert any("was undone" in m for m in heard)
    assert words in (heard if private else [server.health.last_message.content])
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert case.status is Status.APPEALED
    assert case.decided_by is not None
    assert case.decided_by.name == "ann"
    assert (await server.bot.moderation.records())["tea-cures"].upheld == 1
    await server.click(server.ben, "Agree")
    assert "Upheld by ann, with ben" in (server.notice.embeds[0].description or "")


async def test_an_author_who_was_told_first_hears_that_it_is_undone(server: Server) -> None:
    server.policy = Policy(self_edit=timedelta(minutes=30))
    await server.restart()
    await server.flag()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    assert "in 30 minutes" in server.member.user.dm_channel.last_message.content
    asked = await server.click(server.ann, "Undo")
    await server.ann.click(asked.response, label="Yes, undo and take it back")
    await server.deliver()
    assert "Your message is fine as it is" in server.member.user.dm_channel.last_message.content
    server.clock.pass_time(timedelta(hours=1))
    await server.deliver()
    assert server.health.last_message.content == "tea cures all"


async def test_what_was_told_in_public_is_removed_although_the_next_word_is_private(server: Server) -> None:
    posted = await server.member.send(server.health, "tea cures all")
    await server.deliver()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Post as reply")
    await server.deliver()
    await server.env.advance_time(1)
    await server.member.edit(posted, "tea cures all and is blue")
    await server.deliver()
    preview = await server.click(server.ann, "Uphold")
    await server.ann.click(preview.response, label="Send privately")
    await server.deliver()
    assert [m.content for m in server.health.history()] == ["tea cures all and is blue"]
    assert server.member.user.dm_channel.last_message.content.startswith("A note on the message above")
