"""Screening beside the event loop: who waits, who is hurried, and that nobody is left out."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.combine import Weights
from bot.core.pack import ClaimRule, Vocabulary
from bot.core.reader import Screener
from bot.reading import ReadingRoom
from tests.samples import PACK

TEA = replace(
    PACK,
    misconceptions={name: replace(m, claims=(ClaimRule(("tea", name)),)) for name, m in PACK.misconceptions.items()},
    vocabulary=Vocabulary(
        concepts={"tea": ("tea",), "tea-cures": ("cures",), "tea-is-blue": ("blue",)}, things=("tea",)
    ),
)
TRUSTING = Weights(bias=0, learned=1, asserted=3, stopped=0, learned_asserted=0, learned_stopped=0, covered=0)


class Slow:
    """A second reader that reads only when it is allowed to, and thinks that everything is blue."""

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.read: list[str] = []

    def score(self, text: str, *, reply_to: str = "") -> Mapping[str, float]:
        assert self.allowed.wait(10)
        self.read.append(text)
        return {"tea-is-blue": 0.9, "tea-cures": 0.5}

    def locate(self, text: str, misconception: str) -> tuple[int, int]:
        return 0, len(text)

    def nearest(self, text: str, examples: Sequence[str]) -> int:
        return 0


def ids(screening: object) -> set[str]:
    return {f.misconception for f in screening.findings}  # type: ignore[attr-defined]


async def test_ordinary_chat_never_waits() -> None:
    async with ReadingRoom(Screener(TEA, scorer=Slow(), weights=TRUSTING)) as room:
        assert ids(await room.screen("hello there")) == set()
        assert room.depth == 0


async def test_both_readers_are_heard() -> None:
    slow = Slow()
    slow.allowed.set()
    async with ReadingRoom(Screener(TEA, scorer=slow, weights=TRUSTING)) as room:
        assert ids(await room.screen("tea cures all")) == {"tea-cures", "tea-is-blue"}
        assert ids(await room.screen("is this it?", reply_to="tea cures all")) == {"tea-is-blue", "tea-cures"}


async def test_too_long_a_line_hurries_the_oldest_and_leaves_nobody_out() -> None:
    slow = Slow()
    async with ReadingRoom(Screener(TEA, scorer=slow, weights=TRUSTING), depth=2) as room:
        waiting = [asyncio.ensure_future(room.screen(f"tea cures {n}")) for n in range(6)]
        await asyncio.sleep(0)  # all of them stand in line now
        slow.allowed.set()
        found = [ids(s) for s in await asyncio.gather(*waiting)]
    assert all("tea-cures" in f for f in found)
    assert room.hurried > 0
    assert len(slow.read) == 6 - room.hurried
    assert found[-1] == {"tea-cures", "tea-is-blue"}


async def test_a_caller_who_leaves_holds_nobody_up() -> None:
    slow = Slow()
    async with ReadingRoom(Screener(TEA, scorer=slow, weights=TRUSTING)) as room:
        gone = asyncio.ensure_future(room.screen("tea cures one"))
        stays = asyncio.ensure_future(room.screen("tea cures two"))
        await asyncio.sleep(0)
        gone.cancel()
        slow.allowed.set()
        assert "tea-cures" in ids(await stays)


async def test_without_a_second_reader_the_rules_answer_at_once() -> None:
    async with ReadingRoom(Screener(TEA)) as room:
        assert ids(await room.screen("tea cures all")) == {"tea-cures"}
