"""Variants of an example that makes a claim: stances that must not be flagged, and spellings that must."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

SEED = 7
_TWINS = str.maketrans("aeopcxyi", "аеорсхуі")  # Cyrillic letters that look the same
_LEET = str.maketrans("aeio", "4310")


@dataclass(frozen=True, slots=True)
class Variant:
    """A changed example; `keeps` says whether its writer still makes the claim."""

    form: str
    text: str
    keeps: bool


def variants(text: str, *, seed: int = SEED) -> tuple[Variant, ...]:
    """Every form of the example; the same seed gives the same typo."""
    dice = random.Random(f"{seed}{text}")
    spelt = (Variant(form, change(text), keeps=True) for form, change in _SPELLINGS.items())
    return (*restanced(text), *spelt, Variant("typo", _with_typo(text, dice), keeps=True))


def restanced(text: str) -> tuple[Variant, ...]:
    """The example denied, asked, quoted, supposed, and told on with trust; as it is written stays out of it."""
    rejected = (Variant(form, change(text), keeps=False) for form, change in _STANCES.items())
    return (*rejected, *(Variant(form, change(text), keeps=True) for form, change in _ENDORSED.items()))


def _bare(text: str) -> str:
    return text.strip().rstrip(".!… ")


def _small(text: str) -> str:
    bare = _bare(text)
    return bare[:1].lower() + bare[1:]


_STANCES: dict[str, Callable[[str], str]] = {
    "denial": lambda t: f"It is not true that {_small(t)}.",
    "question": lambda t: f"Is it true that {_small(t)}?",
    "quotation rejected": lambda t: f"“{_bare(t)}.” That is wrong.",
    "quoted and answered with no": lambda t: f"> {_bare(t)}\nNo, that's not true.",
    "reported and rejected": lambda t: f"People say {_small(t)}, but that's a myth.",
    "supposed": lambda t: f"Suppose {_small(t)}; then my labs would make no sense.",
}
_ENDORSED: dict[str, Callable[[str], str]] = {
    "hedged": lambda t: f"I'm pretty sure {_small(t)}.",
    "reported with trust": lambda t: f"My cousin told me {_small(t)}, and it makes sense to me.",
    "after a greeting": lambda t: f"Hi all, hope you're well! {_bare(t)}. Have a good day!",
}
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "shouted": str.upper,
    "small letters": lambda t: _bare(t).lower(),
    "bold": lambda t: f"**{t.strip()}**",
    "spoiler": lambda t: f"||{t.strip()}||",
    "look-alike letters": lambda t: t.translate(_TWINS),
    "zero-width letters": lambda t: re.sub(r"(\w)(\w)", "\\1\u200b\\2", t),
    "digits for letters": lambda t: re.sub(r"(?<=[a-z]{2})[aeio](?=[a-z]{2})", lambda m: m.group().translate(_LEET), t),
    "stretched": lambda t: re.sub(r"([aeo])(?=\w*\W*$)", r"\1\1\1\1", t, count=1),
}


def _with_typo(text: str, dice: random.Random) -> str:
    """One letter of the longest word is doubled."""
    word = max(re.findall(r"[A-Za-z]+", text), key=len, default="")
    if len(word) < 4:
        return text
    at = dice.randrange(1, len(word))
    return text.replace(word, word[:at] + word[at] + word[at:], 1)
