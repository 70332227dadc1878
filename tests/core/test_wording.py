"""What people are told around answers."""

import pytest

from bot.core import wording
from tests.samples import PACK


@pytest.mark.parametrize(
    ("useful", "before", "said"),
    [
        (True, None, "Thank you. Good to know that this helps."),
        (True, True, "You said so already. Thank you; it counts once."),
        (True, False, "Changed. Thank you. Good to know that this helps."),
        (False, None, "Thank you. The people who write these answers will see that this one should be better."),
        (False, False, "You said so already. Thank you; it counts once."),
    ],
)
def test_a_vote_is_thanked_for_and_a_change_is_named(useful: bool, before: bool | None, said: str) -> None:
    assert wording.voted(useful=useful, before=before) == said


def test_a_pause_says_whether_emergencies_are_still_seen() -> None:
    assert "paused here" in wording.paused("here", urgent=True)
    assert "only looked at for signs of an emergency" in wording.paused("here", urgent=True)
    assert "not even for emergencies" in wording.paused("everywhere", urgent=False)


def test_nothing_found_names_the_command() -> None:
    assert "/tea" in wording.did_you_mean(PACK, any_found=False)
    assert wording.did_you_mean(PACK, any_found=True) == "Did you mean one of these?"


def test_who_sees_an_answer_alone_hears_why() -> None:
    assert wording.only_for_you(many_by_you=True) != wording.only_for_you(many_by_you=False)
