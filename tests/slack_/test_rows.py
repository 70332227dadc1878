"""Every row of the state table on Slack, by real clicks and forms, while Discord is connected in the same process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.core.cards import ACT_WORDS, REASON_WORDS
from bot.core.proposals import choices
from bot.core.review import OUTCOMES, Act, Case, Status, allowed, describe
from bot.slack_.render import BUTTONS, MENU
from tests.rows import CLAIM, ROWS, policy_for, title
from tests.slack_.both import Community, community
from tests.slack_.conftest import Workspace
from tests.slack_.fake import Json
from tests.slack_.people import Somebody, labels, words

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("rows on Slack")]


class Row:
    """One case in a workspace that several rows share."""

    def __init__(self, both: Community, message: Json, case_id: int) -> None:
        self.both, self.message, self.case_id = both, message, case_id

    @property
    def workspace(self) -> Workspace:
        return self.both.workspace

    async def case(self) -> Case:
        return await self.workspace.case(self.case_id)

    @property
    def notice(self) -> Json:
        (found,) = [n for n in self.workspace.notices if n["metadata"]["event_payload"]["case"] == self.case_id]
        return found

    async def click(self, label: str, who: Somebody | None = None) -> None:
        await (who or self.workspace.ann).click(self.notice, label, self.workspace.mods)
        await self.workspace.settle()

    async def deliver(self) -> None:
        while await self.both.deliver():
            pass

    async def uphold(self, way: str) -> None:
        await self.click("Uphold")
        await self.workspace.ann.press(way)
        await self.deliver()

    @property
    def correction(self) -> Json:
        (found,) = [m for m in self.workspace.replies(self.message) if m.get("bot_id")]
        return found


async def _button(row: Row, act: Act) -> None:
    await row.click(ACT_WORDS[act], row.workspace.ben if act is Act.CONFIRM else None)


async def _uphold(row: Row, act: Act) -> None:
    await row.uphold("Record only")


async def _dismiss(row: Row, act: Act) -> None:
    appealed = (await row.case()).status is Status.APPEALED  # which somebody else decides than before
    await row.click("It is a joke", row.workspace.ben if appealed else row.workspace.ann)


async def _note(row: Row, act: Act) -> None:
    await row.click("Note")
    await row.workspace.submit(row.workspace.ann, note="Asked Ben.")


async def _edit(row: Row, act: Act) -> None:
    text = "tea is a drink" if act is Act.EDITED_AWAY else f"{CLAIM.format(row.case_id)}, and I mean it"
    await row.workspace.slack.edit(row.workspace.health, row.message, text)


async def _remove(row: Row, act: Act) -> None:
    await row.workspace.slack.remove(row.workspace.health, row.message["ts"])


async def _not_told(row: Row, act: Act) -> None:
    """Upheld again, this time to somebody who can't be written to."""
    await row.click("Undo")
    await row.deliver()
    row.workspace.slack.goes_wrong("conversations.open", error="cant_dm_user")
    await row.uphold("Send privately")


async def _appeal(row: Row, act: Act) -> None:
    await row.workspace.mina.click(row.correction, "This was wrong about me", row.workspace.health)


async def _repeat(row: Row, act: Act) -> None:
    await row.workspace.say(row.message["text"])


async def _report(row: Row, act: Act) -> None:
    await row.workspace.ben.shortcut("report", row.message, row.workspace.health)
    await row.workspace.settle()
    await row.workspace.submit(row.workspace.ben, note="Not true.")


async def _answer(row: Row, act: Act) -> None:
    await row.workspace.ben.say(row.workspace.health, "No, nothing cures all", thread=row.message["ts"])


async def _remove_notice(row: Row, act: Act) -> None:
    await row.workspace.slack.remove(row.workspace.mods, row.notice["ts"])


ACTS: dict[Act, Callable[[Row, Act], Awaitable[None]]] = {
    **dict.fromkeys(
        (Act.TAKE, Act.RELEASE, Act.CANCEL, Act.CONFIRM, Act.ESCALATE, Act.SNOOZE, Act.UNDO, Act.DELETE), _button
    ),
    Act.UPHOLD: _uphold,
    Act.DISMISS: _dismiss,
    Act.NOTE: _note,
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


STATES: dict[Status, Callable[[Row], Awaitable[None]]] = {
    Status.TAKEN: lambda row: _button(row, Act.TAKE),
    Status.ESCALATED: lambda row: _button(row, Act.ESCALATE),
    Status.SNOOZED: lambda row: _button(row, Act.SNOOZE),
    Status.PROPOSED: _propose,
    Status.UPHELD: _propose,
    Status.DISMISSED: lambda row: _dismiss(row, Act.DISMISS),
    Status.APPEALED: _appealed,
    Status.WITHDRAWN: lambda row: _edit(row, Act.EDITED_AWAY),
    Status.MESSAGE_DELETED: lambda row: _remove(row, Act.MESSAGE_DELETED),
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    async with community(tmp_path_factory.mktemp("rows")) as made:
        yield made


async def begin(both: Community, status: Status, act: Act) -> Row:
    """A case in that state, in a workspace whose admins allow the row."""
    workspace = both.workspace
    if workspace.policy != (policy := policy_for(status, act)):
        workspace.policy = policy
        await both.restart()
    workspace.clock.pass_time(timedelta(days=4))  # nothing of an earlier row is linked, folded or held
    while await both.deliver():
        pass
    number = len(await workspace.bot.moderation.queue(limit=1000)) + 1
    row = Row(both, await workspace.say(CLAIM.format(number)), number)
    await row.deliver()
    if status is not Status.OPEN:
        await STATES[status](row)
        await row.deliver()
    return row


def shown(case: Case, workspace: Workspace) -> list[str]:
    """What the notice must offer."""
    possible = allowed(case, workspace.policy)
    row = [ACT_WORDS[a] for a in BUTTONS if a in possible]
    row += REASON_WORDS.values() if Act.DISMISS in possible else []
    row += [ACT_WORDS[a] for a in (Act.UNDO, Act.DELETE) if a in possible]
    more = ["Use as example", "History"] if choices(case) else ["History"]
    return [*row, *(ACT_WORDS[a] for a in MENU if a in possible), *more]


@pytest.mark.parametrize(("status", "act"), ROWS, ids=map(title, ROWS))
async def test_every_row_leads_where_it_says(both: Community, status: Status, act: Act) -> None:
    row = await begin(both, status, act)
    before = await row.case()
    assert before.status is status
    await ACTS[act](row, act)
    await row.deliver()
    after = await row.case()
    assert after.status is OUTCOMES[status, act]
    assert describe(after).lower() in words(row.notice["blocks"]).lower()
    assert labels(row.notice["blocks"]) == shown(after, row.workspace)
    history = await row.workspace.bot.moderation.history(row.case_id)
    done = [e for e in history if e.act is act]
    assert done
    assert done[-1].pack_revision == after.pack_revision
    assert len(history) == after.version - 1
    assert (history[-1].act is Act.NOT_TOLD) is (act in (Act.DELETE, Act.NOT_TOLD))  # Slack lets no bot delete
    assert both.mods.last_message is None  # nothing of Slack's is said on Discord
    assert both.health.last_message is None
