"""A pack before its own screener: examples that it gets wrong, and texts that it would flag itself."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from bot.core.content_checks import Level, Place, Remark, Remarks
from bot.core.pack import Misconception, Pack, Stage
from bot.core.wording_checks import Read, fixed_texts, member_texts

CLEAR = 0.5  # a text of ours that the screener finds this likely to make a claim needs a second look


class Screens(Protocol):
    """A screener of the pack."""

    @property
    def notice(self) -> float:
        """The probability from which on moderators are told."""

    def probabilities(self, text: str) -> Mapping[str, float]:
        """How likely the text asserts each misconception, 0..1; those that are not there are as good as 0."""

    def explain(self, text: str, misconception: str) -> tuple[str, ...]:
        """How the probability came about, line by line."""


def texts_to_screen(pack: Pack) -> Iterator[str]:
    """Every text that `screening_remarks` screens."""
    for wrong in pack.misconceptions.values():
        yield from (*wrong.flags, *wrong.passes)
    yield from (read.text for read in _said(pack))


def screening_remarks(pack: Pack, screens: Screens) -> Remarks:
    """What the screener gets wrong in the pack's own texts."""
    fires: dict[tuple[str, str], int] = {}  # whose example set off whose misconception, and the first that did
    for wrong in pack.misconceptions.values():
        if wrong.stage is not Stage.PAUSED:
            yield from _examples(wrong, screens, fires)
    yield from _collisions(fires)
    yield from _own_texts(pack, screens)


def _examples(wrong: Misconception, screens: Screens, fires: dict[tuple[str, str], int]) -> Remarks:
    for number, text in enumerate(wrong.flags):
        chances = screens.probabilities(text)
        if chances.get(wrong.id, 0.0) < screens.notice:
            yield _missed(wrong.id, number, text, chances.get(wrong.id, 0.0), screens)
        for other in (m for m, p in chances.items() if p >= screens.notice and m != wrong.id):
            fires.setdefault((wrong.id, other), number)
    for number, text in enumerate(wrong.passes):
        chance = screens.probabilities(text).get(wrong.id, 0.0)
        if chance >= screens.notice:
            at = ("misconceptions", wrong.id, "passes", number)
            message = f"the bot would flag this example ({chance:.0%}), though it is under `passes`"
            hint = f"Make the rules under `claims:` narrower. `python -m bot try {wrong.id}` shows what happens."
            yield Remark(at, "example", message, hint, Level.WARNING, screens.explain(text, wrong.id))


def _missed(name: str, number: int, text: str, chance: float, screens: Screens) -> Remark:
    at = ("misconceptions", name, "flags", number)
    message = f"the bot would not flag this example ({chance:.0%}; a notice takes {screens.notice:.0%})"
    hint = (
        f"Add a rule under `claims:`, or its words to vocabulary.yaml. `python -m bot try {name}` shows what happens."
    )
    return Remark(at, "example", message, hint, Level.WARNING, screens.explain(text, name))


def _collisions(fires: Mapping[tuple[str, str], int]) -> Remarks:
    for (one, other), number in fires.items():
        if one < other and (other, one) in fires:
            message = f"this example sets off `{other}` too, and one of its examples sets off `{one}`"
            hint = "Merge the two, or tell their rules apart with `unless:`."
            yield Remark(("misconceptions", one, "flags", number), "collision", message, hint, Level.WARNING)


def _own_texts(pack: Pack, screens: Screens) -> Remarks:
    for read in _said(pack):
        for name, chance in screens.probabilities(read.text).items():
            if chance >= max(CLEAR, screens.notice) and name in pack.misconceptions:
                yield _flagged(read.at, read.what, name, chance, screens.explain(read.text, name))


def _said(pack: Pack) -> Iterator[Read]:
    """All that the bot says in sentences; a heading names a subject and claims nothing."""
    yield from (read for read in (*member_texts(pack), *fixed_texts(pack)) if read.at[-1] != "title")


def _flagged(at: Place, what: str, name: str, chance: float, trace: tuple[str, ...]) -> Remark:
    """A correction that makes a claim which another correction calls false contradicts that one."""
    if at[0] == "misconceptions" and at[1] != name:
        message = f"this contradicts the correction of `{name}`: it reads as if it made that claim ({chance:.0%})"
        return Remark(at, "contradiction", message, "Word one of them differently.", Level.WARNING, trace)
    message = f"the bot would flag {what} itself, for `{name}` ({chance:.0%})"
    hint = "Say it so that nobody can read the false claim into it."
    return Remark(at, "self-flag", message, hint, Level.WARNING, trace)
