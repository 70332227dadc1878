"""How often answers may be shown to everybody, so that a channel stays readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Answers in one minute."""

    by_person: int = 3  # that one person may have posted in a channel
    in_channel: int = 6  # that everybody together may have posted there
    alone: int = 20  # that one person may ask for in all, seen by nobody else


class Room(StrEnum):
    """Who may see an answer now."""

    EVERYBODY = "everybody"
    CROWDED = "crowded"  # the channel has had several answers; this one is for the asker alone
    EAGER = "eager"  # the asker has had several answers there; this one is for them alone
    NOBODY = "nobody"  # the asker has asked for so many that they should wait


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer that was given."""

    at: datetime
    person: str
    channel: str
    public: bool


def recent(asked: Sequence[Asked], now: datetime) -> tuple[Asked, ...]:
    """Those of the last minute."""
    return tuple(a for a in asked if now - a.at < MINUTE)


def room(asked: Sequence[Asked], person: str, channel: str, pace: Pace) -> Room:
    """Who may see one more answer after those of the last minute."""
    mine = [a for a in asked if a.person == person]
    if len(mine) >= pace.alone:
        return Room.NOBODY
    if sum(a.public and a.channel == channel for a in mine) >= pace.by_person:
        return Room.EAGER
    here = sum(a.public and a.channel == channel for a in asked)
    return Room.CROWDED if here >= pace.in_channel else Room.EVERYBODY
