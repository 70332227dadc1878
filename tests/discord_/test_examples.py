"""Examples from decisions on Discord: proposed by a moderator, decided by an admin, by real clicks and modals."""

from typing import Any

import discord
import pytest

from bot.core.proposals import Label, Proposal
from bot.core.review import Act, Refused
from bot.proposing import Proposing, Write
from tests.discord_.conftest import Server
from tests.discord_.test_acts import forge


def let_write(server: Server, write: Write) -> None:
    bot = server.bot
    bot.proposing = Proposing(store=server.store, clock=server.clock, write=write)


@pytest.fixture
def written() -> list[Proposal]:
    """What was written into content files."""
    return []


@pytest.fixture
async def decided(server: Server, written: list[Proposal]) -> Server:
    """A server on which a moderator has just closed a case about two claims as a joke."""

    async def write(proposal: Proposal) -> str:
        written.append(proposal)
        return ""

    let_write(server, write)
    await server.flag(f"{server.ben.mention} tea cures all and is blue https://example.org")
    question = await server.click(server.ann, "Not a misconception")
    await server.ann.select(question.response, ["joke"])
    await server.deliver()
    return server


def admin_of(server: Server) -> Any:
    role = server.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True, manage_messages=True))
    return server.guild.add_member(server.env.create_user("ada"), roles=[role])


async def propose(server: Server, **fields: Any) -> Any:
    modal = await server.click(server.ann, "Use as example")
    given = {"claim": ["tea-cures"], "label": ["passes"], "words": "tea cures all and is blue"} | fields
    done = await server.ann.submit_modal(modal, given)
    await server.deliver()
    return done


async def test_the_modal_holds_the_words_without_a_person_and_what_the_decision_says(decided: Server) -> None:
    modal = await decided.click(decided.ann, "Use as example")
    shown = str(modal.modal)
    assert "tea cures all and is blue" in shown
    assert "example.org" not in shown
    assert str(decided.ben.id) not in shown


async def test_an_example_goes_from_a_notice_over_an_admin_into_the_content(
    decided: Server, written: list[Proposal]
) -> None:
    done = await propose(decided, claim=["tea-is-blue"])
    assert done.ephemeral
    assert "An admin will look at it" in done.response.content
    ada = admin_of(decided)
    shown = await ada.slash(decided.mods, "moderation examples")
    assert shown.ephemeral
    assert "> tea cures all and is blue" in shown.response.embeds[0].description
    assert "tea-is-blue · to be left alone" in shown.response.embeds[0].description
    await ada.click(shown.response, label="Approve 1")
    await decided.deliver()
    assert [(p.misconception, p.label) for p in written] == [("tea-is-blue", Label.PASSES)]
    again = await ada.slash(decided.mods, "moderation examples")
    assert again.response.embeds[0].description == "No example waits for you."
    history = await decided.bot.moderation.history(1)
    assert [e.act for e in history][-2:] == [Act.EXAMPLE_PROPOSED, Act.EXAMPLE_APPROVED]


async def test_a_rejected_example_is_written_nowhere(decided: Server, written: list[Proposal]) -> None:
    await propose(decided)
    ada = admin_of(decided)
    shown = await ada.slash(decided.mods, "moderation examples")
    await ada.click(shown.response, label="Reject 1")
    await decided.deliver()
    assert written == []
    assert await decided.store.proposals(limit=9) == []


async def test_what_can_not_be_written_is_told_and_goes_on_waiting(decided: Server) -> None:
    async def write(proposal: Proposal) -> str:
        raise Refused("misconceptions/tea-cures.yaml:7:5: the same example is under `passes`")

    let_write(decided, write)
    await propose(decided)
    ada = admin_of(decided)
    shown = await ada.slash(decided.mods, "moderation examples")
    told = await ada.click(shown.response, label="Approve 1")
    assert "tea-cures.yaml:7:5" in str([m.content for m in told.followups])
    assert len(await decided.store.proposals(limit=9)) == 1


async def test_words_about_a_person_come_back_to_the_moderator(decided: Server) -> None:
    done = await propose(decided, words="mina says that tea cures")
    assert "Please take out links" in done.response.content
    assert await decided.store.proposals(limit=9) == []


async def test_only_admins_decide(decided: Server, written: list[Proposal]) -> None:
    await propose(decided)
    refused = await decided.ann.slash(decided.mods, "moderation examples")
    assert "Only admins decide" in refused.response.content
    forged = await forge(decided, decided.ann, "example:approve:1")
    assert "Only admins decide" in forged.response.content
    assert written == []


async def test_a_member_can_propose_nothing(decided: Server) -> None:
    refused = await decided.member.click(decided.notice, label="Use as example")
    assert "Only moderators" in refused.response.content


async def test_where_servers_share_the_content_none_of_their_admins_changes_it(decided: Server) -> None:
    await propose(decided)
    other = decided.env.create_guild("Coffee lovers")
    await decided.env.settle()
    assert other
    refused = await admin_of(decided).slash(decided.mods, "moderation examples")
    assert "python -m bot examples" in refused.response.content
