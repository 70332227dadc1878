"""The decisive word of a short statement turned, so that it no longer claims what it claimed.

"Vitamin D lowers calcium" becomes "Vitamin D doesn't lower calcium"; "it can't be treated" becomes "it can be treated".
Not every turn reads well, but each teaches that one small word decides.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from .examples import Example

LONGEST = 16  # words; in longer statements another verb than the claim's may be turned
KINDS = frozenset({"assert", "lay", "advice", "hedged"})

_VERBS = (
    "lower", "drop", "clear", "raise", "cause", "mean", "dissolve", "reverse", "melt", "remove", "clean", "flush",
    "wash", "pull", "strip", "break", "prevent", "make", "turn", "calcify", "drive", "come", "go", "keep", "work",
    "eat", "scrub", "get", "take", "bring", "fix", "cure", "harden", "block", "happen", "put", "send", "undo",
    "open", "close", "rinse", "stop", "protect", "cancel", "unclog", "reopen", "grow", "rule", "end", "pump",
    "spread", "settle", "hurt", "need", "control", "push", "shut", "wipe", "grind",
)  # fmt: skip
_IMPERATIVES = (
    "stop", "cut", "take", "get", "drink", "skip", "bin", "drop", "push", "forget", "ask", "try", "rub", "run",
    "refuse", "pair", "add", "use", "quit", "throw", "chuck", "ignore", "ditch", "toss", "dump", "book", "swap",
    "start", "avoid", "eat", "relax", "cancel", "save", "follow",
)  # fmt: skip
_Turn = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("sh", "ch", "o", "x", "ss")) else "s")


_BASE = {_third_person(v): v for v in _VERBS}
_POSITIVE = {"can't": "can", "cant": "can", "cannot": "can", "isn't": "is", "isnt": "is", "aren't": "are"}
_NEGATIVE = re.compile(
    r"\b(?:not|no|never|nothing|nobody|without|neither|nor|cant|dont|isnt|doesnt|wont)\b|n['’]t\b", re.I
)


def _any(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, words))


_DENYING: tuple[_Turn, ...] = (
    (re.compile(rf"\b({_any(list(_BASE))})\b", re.I), lambda m: f"doesn't {_BASE[m.group().lower()]}"),
    (re.compile(r"\b(is|are|will|can|could|should)\b", re.I), lambda m: f"{m.group()} not"),
    (re.compile(rf"^({_any(_IMPERATIVES)})\b", re.I), lambda m: f"Don't {m.group().lower()}"),
)
_AFFIRMING: tuple[_Turn, ...] = (
    (re.compile(rf"\b({_any(list(_POSITIVE))})\b", re.I), lambda m: _POSITIVE[m.group().lower()]),
    (re.compile(r"\b(does|do|is|are|will|can)(?: not|n['’]t)\b", re.I), lambda m: m.group(1)),
    (re.compile(r"\bnever\b", re.I), lambda m: "sometimes"),
)
_WEAKENING: tuple[_Turn, ...] = (
    (re.compile(r"\b(always|everyone|everybody|only)\b", re.I), lambda m: f"not {m.group().lower()}"),
)


def turn(example: Example, dice: random.Random) -> Example | None:
    """The statement with its decisive word turned; None where that can't be told from the words."""
    text = example.text
    simple = not re.search(r"[.!?\n]\s*\S|[,;:=]|\b(?:and|because|so|since)\b", text)
    if example.kind not in KINDS or len(example.labels) != 1 or not simple or len(text.split()) > LONGEST:
        return None
    turns = _AFFIRMING if _NEGATIVE.search(text) else (*_DENYING, *_WEAKENING)
    fitting = [(pattern, into) for pattern, into in turns if len(pattern.findall(text)) == 1]
    if not fitting:
        return None
    pattern, into = dice.choice(fitting)
    return replace(example, text=pattern.sub(into, text), labels=frozenset(), kind="negated")
