"""The pack's example thread, as posts of people in the sandbox."""

from dataclasses import dataclass

from bot.core.message import Person
from bot.core.pack import Pack


@dataclass(frozen=True, slots=True)
class Line:
    """One post of the thread; `answers` counts from the start of the thread."""

    author: Person
    text: str
    answers: int | None = None


def thread_of(pack: Pack) -> tuple[Line, ...]:
    """The thread in order; empty where the pack has none. The same name is the same person."""
    return tuple(
        Line(
            Person(f"thread-{'-'.join(post.author.lower().split())}", post.author),
            post.text,
            None if post.answers is None else post.answers - 1,
        )
        for post in pack.thread
    )
