"""How far channels were read: what is saved, and when."""

import pytest

from bot.discord_.cursors import MOST_CONVERSATIONS, REMEMBERED, Cursors
from bot.ports import Store


@pytest.fixture
def cursors(store: Store) -> Cursors:
    made = Cursors(store)
    made.keep_track(0)
    return made


async def test_what_was_passed_is_saved_and_never_goes_back(cursors: Cursors) -> None:
    for message in (5, 7, 6):
        cursors.passed(1, message)
    await cursors.save()
    assert await cursors.load(1) == 7
    cursors.passed(1, 3)
    await cursors.save()
    assert await cursors.load(1) == 7
    assert await cursors.load(2) is None


async def test_a_cursor_stops_before_a_message_that_is_still_being_read(cursors: Cursors) -> None:
    cursors.begin(1, 5)
    cursors.passed(1, 9)
    await cursors.save()
    assert await cursors.load(1) == 4
    with cursors.reading(1, 5):
        await cursors.save()
        assert await cursors.load(1) == 4
    await cursors.save()
    assert await cursors.load(1) == 9


async def test_a_message_that_could_not_be_read_keeps_its_channel_behind(cursors: Cursors) -> None:
    assert cursors.first_seen(5)
    with pytest.raises(ZeroDivisionError), cursors.reading(1, 5):
        raise ZeroDivisionError
    cursors.passed(1, 9)
    cursors.passed(2, 9)
    await cursors.save()
    assert (await cursors.load(1), await cursors.load(2)) == (None, 9)
    assert cursors.behind == {1}
    assert cursors.first_seen(5)
    cursors.caught_up(1, 8)
    await cursors.save()
    assert await cursors.load(1) == 9


async def test_nothing_is_saved_while_it_is_not_known_what_is_unread(cursors: Cursors) -> None:
    cursors.lose_track(1)
    cursors.passed(1, 9)
    await cursors.save()
    assert await cursors.load(1) is None
    cursors.fall_behind([2])
    cursors.keep_track(1)
    cursors.passed(2, 9)
    await cursors.save()
    assert (await cursors.load(1), await cursors.load(2)) == (9, None)


def test_a_message_told_twice_is_handled_once(cursors: Cursors) -> None:
    assert cursors.first_seen(1)
    assert not cursors.first_seen(1)
    assert all(cursors.first_seen(n) for n in range(2, REMEMBERED + 2))
    assert not cursors.first_seen(1)
    assert all(cursors.first_seen(n) for n in range(REMEMBERED + 2, 2 * REMEMBERED + 2))
    assert cursors.first_seen(1)  # long ago; the cursor has passed it


async def test_the_latest_conversations_are_known_to_the_next_process(cursors: Cursors, store: Store) -> None:
    for channel in range(MOST_CONVERSATIONS + 1):
        cursors.conversed(channel)
    cursors.conversed(3)
    await cursors.save()
    cursors.conversed(7)
    await cursors.save()
    cursors.conversed(9)  # and is gone before it is saved
    known = await Cursors(store).conversations()
    assert len(known) == MOST_CONVERSATIONS
    assert (0 in known, known[-2:]) == (False, [3, 7])
