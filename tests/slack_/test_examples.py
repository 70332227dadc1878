"""Examples from decisions on Slack: proposed by a moderator, decided by an admin, by real clicks and forms."""

import pytest

from bot.core.proposals import Label, Proposal
from bot.core.review import Act, Refused
from tests.slack_.conftest import Workspace
from tests.slack_.people import Somebody, labels, words


@pytest.fixture
def written() -> list[Proposal]:
    """What was written into content files."""
    return []


@pytest.fixture
async def decided(empty: Workspace, written: list[Proposal]) -> Workspace:
    """A workspace in which a moderator has just upheld a case."""

    async def write(proposal: Proposal) -> str:
        written.append(proposal)
        return ""

    empty.write = write
    await empty.start()
    await empty.flag("Hey <@U0BEN>, tea cures all <https://example.org>")
    await empty.click(empty.ann, "Uphold")
    await empty.press(empty.ann, "Record only")
    return empty


def admin_of(workspace: Workspace) -> Somebody:
    return Somebody(workspace.slack, workspace.slack.add_user("ada", admin=True))


async def propose(workspace: Workspace, **fields: str) -> str:
    await workspace.click(workspace.ann, "Use as example")
    await workspace.submit(workspace.ann, **fields)
    return words(workspace.ann.form)


async def look(workspace: Workspace, who: Somebody) -> str:
    await who.command("/moderation", "examples", workspace.mods)
    await workspace.settle()
    return words(who.whisper["blocks"])


async def test_an_example_goes_from_a_notice_over_an_admin_into_the_content(
    decided: Workspace, written: list[Proposal]
) -> None:
    assert "An admin will look at it" in await propose(decided)
    ada = admin_of(decided)
    shown = await look(decided, ada)
    assert "Hey, tea cures all" in shown
    assert "*tea-cures* · to be flagged" in shown
    assert "proposed by ann" in shown
    assert labels(ada.whisper["blocks"]) == ["Approve", "Reject"]
    await ada.click_whisper("Approve")
    await decided.deliver()
    assert [(p.misconception, p.label, p.text) for p in written] == [("tea-cures", Label.FLAGS, "Hey, tea cures all")]
    assert "Written into the content file." in words(ada.whisper["blocks"])
    assert "No example waits for you." in words(ada.whisper["blocks"])
    history = await decided.bot.moderation.history(1)
    assert [e.act for e in history][-2:] == [Act.EXAMPLE_PROPOSED, Act.EXAMPLE_APPROVED]
    assert not any("tea cures" in e.detail for e in history)


async def test_a_rejected_example_is_written_nowhere(decided: Workspace, written: list[Proposal]) -> None:
    await propose(decided, words="tea cures", label="passes")
    ada = admin_of(decided)
    assert "to be left alone" in await look(decided, ada)
    await ada.click_whisper("Reject")
    await decided.settle()
    assert "Its words are forgotten." in words(ada.whisper["blocks"])
    assert written == []


async def test_what_can_not_be_written_is_told_and_goes_on_waiting(decided: Workspace) -> None:
    async def write(proposal: Proposal) -> str:
        raise Refused("misconceptions/tea-cures.yaml:7:5: the same example is under `passes`")

    decided.write = write
    await decided.start()
    await propose(decided)
    ada = admin_of(decided)
    await look(decided, ada)
    await ada.click_whisper("Approve")
    await decided.settle()
    assert "tea-cures.yaml:7:5" in words(ada.whisper["blocks"])
    assert "Hey, tea cures all" in await look(decided, ada)


async def test_words_about_a_person_come_back_to_the_moderator(decided: Workspace) -> None:
    assert "Please take out links" in await propose(decided, words="mina says that tea cures")


async def test_of_several_claims_one_is_chosen(decided: Workspace) -> None:
    await decided.flag("tea is blue and cures all")
    await decided.click(decided.ben, "It is a joke")
    assert "An admin will look at it" in await propose(decided, claim="tea-is-blue")
    assert "*tea-is-blue* · to be left alone" in await look(decided, admin_of(decided))


async def test_a_case_that_is_not_decided_offers_nothing(decided: Workspace) -> None:
    notice = await decided.flag("tea cures everything else")
    assert "Use as example" not in labels(notice["blocks"])


@pytest.mark.parametrize("who", ["mina", "ann"])
async def test_only_admins_decide(decided: Workspace, written: list[Proposal], who: str) -> None:
    await propose(decided)
    person = getattr(decided, who)
    expected = "Only moderators can do that." if who == "mina" else "Only admins decide"
    assert expected in await look(decided, person)
    ada = admin_of(decided)
    await look(decided, ada)
    decided.slack.whispers.append(ada.whisper | {"user": person.id})
    await person.click_whisper("Approve")
    await decided.settle()
    assert "Only admins decide" in words(person.whisper["blocks"])
    assert written == []


async def test_admins_named_in_the_settings_decide_too(decided: Workspace) -> None:
    await propose(decided)
    await decided.start(admins=(decided.ben.id,))
    assert "Hey, tea cures all" in await look(decided, decided.ben)
