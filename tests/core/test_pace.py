"""How many answers everybody sees in a minute."""

from datetime import timedelta

import pytest

from bot.core.pace import Asked, Pace, Room, recent, room
from tests.samples import NOON

PACE = Pace(by_person=2, in_channel=3, alone=5)


def asked(*who: str, public: bool = True, channel: str = "health") -> tuple[Asked, ...]:
    return tuple(Asked(NOON, person, channel, public) for person in who)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ((), Room.EVERYBODY),
        (asked("ann"), Room.EVERYBODY),
        (asked("ann", "ann"), Room.EAGER),
        (asked("ann", "ann", public=False), Room.EVERYBODY),  # what only she saw takes no room
        (asked("ann", "ann", channel="elsewhere"), Room.EVERYBODY),
        (asked("ben", "ben", "cid"), Room.CROWDED),
        (asked("ben", "ben", "cid", channel="elsewhere"), Room.EVERYBODY),
        (asked("ann", "ann", "ann", "ann", "ann", public=False), Room.NOBODY),
        (asked("ben", "ben", "ben", "ben", "ben", public=False), Room.EVERYBODY),
    ],
)
def test_who_sees_the_next_answer(before: tuple[Asked, ...], expected: Room) -> None:
    assert room(before, "ann", "health", PACE) is expected


def test_only_the_last_minute_counts() -> None:
    old = asked("ann")
    assert recent(old, NOON + timedelta(seconds=59)) == old
    assert recent(old, NOON + timedelta(seconds=60)) == ()
