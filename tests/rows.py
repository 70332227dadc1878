"""The rows of the state table that people can reach, for tests that walk them on a platform."""

from dataclasses import replace

from bot.core.pack import Severity
from bot.core.review import LISTED, OUTCOMES, Act, Policy, Status

# The message is gone, or claims nothing any more, so only a race between two events leads here; see tests/core.
RACES = frozenset(
    {
        (Status.MESSAGE_DELETED, Act.EDITED),
        (Status.MESSAGE_DELETED, Act.REPEATED),
        (Status.MESSAGE_DELETED, Act.REPORTED),
        (Status.WITHDRAWN, Act.REPEATED),
    }
)
BY_THE_CLOCK = frozenset((s, Act.PURGED) for s in Status)  # nobody does it; see tests/test_privacy.py
FROM_THE_LIST = frozenset((Status.UPHELD, act) for act in LISTED)  # of what is outdated; see tests/test_outdated.py
ROWS = sorted(OUTCOMES.keys() - RACES - BY_THE_CLOCK - FROM_THE_LIST)
LENIENT = Policy(may_delete=True, flood=10_000, reports_an_hour=10_000)
CLAIM = "tea cures all, says number {}"  # a text of its own for each row, so that nothing is folded


def policy_for(status: Status, act: Act) -> Policy:
    """What the admins must have chosen for the row to be reached."""
    two = frozenset(Severity) if status is Status.PROPOSED else frozenset[Severity]()
    return replace(LENIENT, two_people=two, repost=act is not Act.REMOVED)


def title(row: tuple[Status, Act]) -> str:
    return f"{row[0]}-{row[1]}"
