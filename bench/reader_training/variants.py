"""Variants of examples made while training: other stances, longer posts, sloppier typing.

A variant teaches what the examples alone cannot: that the same words asserted, denied, asked, quoted or buried in a
longer post mean different things.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from .examples import Example
from .turns import turn

PLAIN = frozenset({"assert", "lay", "hedged", "advice"})  # statements that survive being quoted
SHORT = 260  # characters; longer posts are quoted only in part, which would change what they say

NEW_LINE = "\n"
LONG = 650  # characters of two posts joined

# Shares of the examples, chosen by what measured best on messages by writers left out of the training.
RESTANCED = 0.25
TURNED = 0.45  # of those, where the sentence allows it: the decisive word itself is turned
DENIED, ASKED = 0.45, 0.20  # of the others; the rest stays asserted
JOINED = 0.15
SLOPPY = 0.25


@dataclass(frozen=True, slots=True)
class Frames:
    """What people put around a statement: words that deny it, ask about it, or push it."""

    denied: tuple[str, ...]
    asked: tuple[str, ...]
    pushed: tuple[str, ...]


FRAMES = Path(__file__).with_name("frames.yaml")


def read_frames(path: Path = FRAMES) -> Frames:
    """The frames that people keep in a YAML file."""
    data = yaml.safe_load(path.read_text("utf-8"))
    return Frames(
        denied=(*data["denied"], *_followed(data["told"], data["rejected"])),
        asked=tuple(data["asked"]),
        pushed=(*data["pushed"], *_followed(data["told"], data["endorsed"])),
    )


def _followed(told: Sequence[str], verdicts: Sequence[str]) -> list[str]:
    """Every way of telling the statement with every verdict on it."""
    return [f"{lead}{'' if lead.endswith(NEW_LINE) else ' '}{verdict}" for lead in told for verdict in verdicts]


def vary(example: Example, pool: Sequence[Example], frames: Frames, dice: random.Random) -> Example:
    """The example as it is, or one of its variants; `pool` gives the neighbours of longer posts."""
    if dice.random() < RESTANCED:
        example = _restanced(example, frames, dice)
    if dice.random() < JOINED:
        example = _joined(example, dice.choice(pool), dice)
    if dice.random() < SLOPPY:
        example = replace(example, text=dice.choice(SLOPPINESS)(example.text, dice))
    return example


def _restanced(example: Example, frames: Frames, dice: random.Random) -> Example:
    """A plain assertion denied, asked about, or pushed harder; anything else stays as it is."""
    if example.kind not in PLAIN or not example.labels or len(example.text) > SHORT:
        return example
    if dice.random() < TURNED and (turned := turn(example, dice)):
        return turned
    roll = dice.random()
    if roll < DENIED:
        return _framed(example, frames.denied, dice, labels=frozenset(), kind="debunk")
    if roll < DENIED + ASKED:
        return _framed(example, frames.asked, dice, labels=frozenset(), kind="question")
    return _framed(example, frames.pushed, dice, labels=example.labels, kind=example.kind)


def _framed(
    example: Example, frames: Sequence[str], dice: random.Random, *, labels: frozenset[str], kind: str
) -> Example:
    frame, text = dice.choice(frames), example.text
    if "{x}?" in frame or "{x}," in frame:
        text = text.rstrip(".! ")
    framed = frame.replace("{x}", text[:1].lower() + text[1:]).replace("{X}", text)
    return replace(example, text=framed, labels=labels, kind=kind)


def _joined(example: Example, other: Example, dice: random.Random) -> Example:
    """Two posts in one: what both assert holds, unless one of them speaks about the other's claim."""
    quoting = example.text.startswith(">") or other.text.startswith(">")
    if example.about & other.about or quoting or len(example.text) + len(other.text) > LONG:
        return example
    first, second = (example, other) if dice.random() < 0.5 else (other, example)
    text = f"{first.text}{dice.choice((' ', ' ', chr(10), chr(10) * 2))}{second.text}"
    return Example(example.id, text, example.labels | other.labels, example.about | other.about, "long")


def _lower(text: str, dice: random.Random) -> str:
    return text.lower()


def _shout(text: str, dice: random.Random) -> str:
    return text.upper()


def _bare(text: str, dice: random.Random) -> str:
    """Without most punctuation; question marks stay, because they carry the stance."""
    return re.sub(r"[.,;:!'’\"“”]", "", text)


def _typos(text: str, dice: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(letters) // 60)):
        at = dice.randrange(len(letters))
        if not letters[at].isalpha():
            continue
        letters[at] = dice.choice(("", letters[at] * 2, letters[at - 1] if at else ""))
    return "".join(letters)


SLOPPINESS: tuple[Callable[[str, random.Random], str], ...] = (_lower, _bare, _typos, _typos, _shout)
