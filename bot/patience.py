"""Waiting for the store to answer again, where a message would be lost otherwise."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot.ports import Clock, StoreAway

AGAIN = 1.0  # seconds between two tries
P = ParamSpec("P")
T = TypeVar("T")


class Timed(Protocol):
    """Whose methods may wait."""

    _clock: Clock


S = TypeVar("S", bound=Timed)


async def patiently(work: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """What the work gives, tried until the store answers; so it must be harmless to repeat."""
    while True:
        try:
            return await work()
        except StoreAway:  # it says in the log when that begins and ends
            await clock.sleep(AGAIN)


def patient(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """A method that does its work patiently."""

    @wraps(method)
    async def waiting(self: S, /, *arguments: P.args, **named: P.kwargs) -> T:
        return await patiently(lambda: method(self, *arguments, **named), self._clock)

    return waiting
