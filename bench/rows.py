"""What `make bench` prints: one line for each contender."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One contender: microseconds for a message, over an empty loop."""

    name: str
    microseconds: float
    against: str = ""
    ratio: float | None = None
