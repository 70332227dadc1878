"""What a member's report weighs: those whose reports were mostly wrong are heard, but not alone."""

from collections.abc import Iterable
from typing import Protocol

ENOUGH = 0.25  # what the reports of one message must weigh together to open a case


class Ends(Protocol):
    """How the cases ended that a person reported."""

    @property
    def upheld(self) -> int: ...
    @property
    def decided(self) -> int: ...


def weight(record: Ends) -> float:
    """0..1, one half for a newcomer: the share upheld, as if two of four earlier ones had been (Laplace's rule)."""
    return (record.upheld + 2) / (record.decided + 4)


def open_a_case(records: Iterable[Ends]) -> bool:
    """Whether the reports of these people are enough to call a moderator."""
    return sum(map(weight, records)) >= ENOUGH
