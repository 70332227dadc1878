"""Every row of the state table on Discord: the state is reached, and the act done, by real clicks and modals."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio
from simcord.env import Env

from bot.core.cards import ACT_WORDS
from bot.core.proposals import choices
from bot.core.review import OUTCOMES, Act, Case, Status, allowed, describe
from bot.discord_.buttons import SHOWN
from bot.settings import Discord
from bot.stores.sqlite import open_sqlite
from tests.discord_.conftest import Server, connect, open_server
from tests.discord_.test_flow import labels, server_text_input
from tests.rows import CLAIM, ROWS, policy_for, title
from tests.samples import ManualClock

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("rows on Discord")]


class Row:
    """One case on a server that several rows share."""

    def __init__(self, server: Server, message: discord.Message, case_id: int) -> None:
        self.server, self.message, self.case_id = server, message, case_id

    async def case(self) -> Case:
        case = await self.server.bot.moderation.case(self.case_id)
        assert case is not None
        return case

    @property
    def notice(self) -> discord.Message:
        (found,) = [m for m in self.server.mods.history() if m.embeds and self._is_mine(m.embeds[0].footer.text)]
        return found  # type: ignore[no-any-return]

    def _is_mine(self, footer: str | None) -> bool:
        return (footer or "").startswith(f"Case {self.case_id} ")

    async def click(self, label: str, who: Any = None) -> Any:
        """Click on the notice; the answer comes before the outbox does anything."""
        result = await (who or self.server.ann).click(self.notice, label=label)
        assert result.acknowledged
        return result

    async def deliver(self) -> None:
        while await self.server.deliver():
            pass

    async def uphold(self, way: str) -> None:
        preview = await self.click("Uphold")
        await self.server.ann.click(preview.response, label=way)
        await self.deliver()

    @property
    def correction(self) -> discord.Message:
        (found,) = [
            m for m in self.server.health.history() if m.reference and m.reference.message_id == self.message.id
        ]
        return found  # type: ignore[no-any-return]


async def _button(row: Row, act: Act) -> None:
    await row.click(ACT_WORDS[act], row.server.ben if act is Act.CONFIRM else None)


async def _uphold(row: Row, act: Act) -> None:
    await row.uphold("Record only")


async def _dismiss(row: Row, act: Act) -> None:
    appealed = (await row.case()).status is Status.APPEALED  # which somebody else decides than before
    who = row.server.ben if appealed else row.server.ann
    question = await row.click("Not a misconception", who)
    await who.select(question.response, ["joke"])


async def _note(row: Row, act: Act) -> None:
    modal = await row.click("Note")
    await row.server.ann.submit_modal(modal, {server_text_input(modal): "Asked Ben."})


async def _delete(row: Row, act: Act) -> None:
    question = await row.click("Delete message")
    await row.server.ann.click(question.response, label="Yes, delete the message")


async def _undo(row: Row, act: Act) -> None:
    asked = await row.click("Undo")
    if (await row.case()).status is not Status.OPEN:
        await row.server.ann.click(asked.response, label="Yes, undo and take it back")


async def _edit(row: Row, act: Act) -> None:
    text = "tea is a drink" if act is Act.EDITED_AWAY else f"{CLAIM.format(row.case_id)}, and I mean it"
    await row.server.env.advance_time(1)  # by its time an edit is told from a preview that Discord adds
    await row.server.member.edit(row.message, text)


async def _remove(row: Row, act: Act) -> None:
    await row.server.member.delete(row.message)


async def _not_told(row: Row, act: Act) -> None:
    """Upheld again, this time to somebody who takes no private messages."""
    await _undo(row, Act.UNDO)
    await row.deliver()
    row.server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    row.server.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    await row.uphold("Send privately")
    row.server.env.backend.faults.clear()


async def _appeal(row: Row, act: Act) -> None:
    thanks = await row.server.member.click(row.correction, label="This was wrong about me")
    assert thanks.ephemeral


async def _repeat(row: Row, act: Act) -> None:
    await row.server.member.send(row.server.health, row.message.content)


async def _report(row: Row, act: Act) -> None:
    modal = await row.server.ben.context_menu(row.server.health, "Report a health claim", row.message)
    await row.server.ben.submit_modal(modal, {server_text_input(modal): "Not true."})


async def _answer(row: Row, act: Act) -> None:
    await row.server.ben.send(row.server.health, "No, nothing cures all", reply_to=row.message)


async def _remove_notice(row: Row, act: Act) -> None:
    await row.server.ann.delete(row.notice)


ACTS: dict[Act, Callable[[Row, Act], Awaitable[None]]] = {
    **dict.fromkeys((Act.TAKE, Act.RELEASE, Act.CANCEL, Act.CONFIRM, Act.ESCALATE, Act.SNOOZE), _button),
    Act.UPHOLD: _uphold,
    Act.DISMISS: _dismiss,
    Act.NOTE: _note,
    Act.DELETE: _delete,
    Act.UNDO: _undo,
    Act.EDITED: _edit,
    Act.EDITED_AWAY: _edit,
    Act.MESSAGE_DELETED: _remove,
    Act.NOT_TOLD: _not_told,
    Act.APPEAL: _appeal,
    Act.REPEATED: _repeat,
    Act.REPORTED: _report,
    Act.ANSWERED: _answer,
    Act.REMOVED: _remove_notice,
}


async def _propose(row: Row) -> None:
    await row.uphold("Post as reply")


async def _appealed(row: Row) -> None:
    await row.uphold("Post as reply")
    await _appeal(row, Act.APPEAL)


async def _withdrawn(row: Row) -> None:
    await _edit(row, Act.EDITED_AWAY)


STATES: dict[Status, Callable[[Row], Awaitable[None]]] = {
    Status.TAKEN: lambda row: _button(row, Act.TAKE),
    Status.ESCALATED: lambda row: _button(row, Act.ESCALATE),
    Status.SNOOZED: lambda row: _button(row, Act.SNOOZE),
    Status.PROPOSED: _propose,
    Status.UPHELD: _propose,
    Status.DISMISSED: lambda row: _dismiss(row, Act.DISMISS),
    Status.APPEALED: _appealed,
    Status.WITHDRAWN: _withdrawn,
    Status.MESSAGE_DELETED: lambda row: _remove(row, Act.MESSAGE_DELETED),
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_sqlite(tmp_path_factory.mktemp("rows")))
        env = Env(connect(Discord(), store, ManualClock())[0])
        await env.start()
        stack.push_async_callback(env.shutdown)
        yield await open_server(env, store)
        env.raise_errors()


async def begin(server: Server, status: Status, act: Act) -> Row:
    """A case in that state, on a server whose admins allow the row."""
    if server.policy != (policy := policy_for(status, act)):
        server.policy = policy
        await server.restart()
    server.clock.pass_time(timedelta(days=4))  # nothing of an earlier row is linked, folded or held
    while await server.deliver():
        pass
    number = len(await server.bot.moderation.queue(limit=1000)) + 1
    message = await server.member.send(server.health, CLAIM.format(number))
    await server.deliver()
    row = Row(server, message, number)
    if status is not Status.OPEN:
        await STATES[status](row)
        await row.deliver()
    return row


@pytest.mark.parametrize(("status", "act"), ROWS, ids=map(title, ROWS))
async def test_every_row_leads_where_it_says(server: Server, status: Status, act: Act) -> None:
    row = await begin(server, status, act)
    before = await row.case()
    assert before.status is status
    await ACTS[act](row, act)
    await row.deliver()
    after = await row.case()
    assert after.status is OUTCOMES[status, act]
    head = row.notice.embeds[0].description or ""
    assert describe(after).lower() in head.lower()
    possible = allowed(after, server.policy)
    last = ["Use as example", "History"] if choices(after) else ["History"]
    assert labels(row.notice) == [ACT_WORDS[a] for a in SHOWN if a in possible] + last
    done = [e for e in await server.bot.moderation.history(row.case_id) if e.act is act]
    assert done
    assert done[-1].pack_revision == after.pack_revision
    assert len(await server.bot.moderation.history(row.case_id)) == after.version - 1
