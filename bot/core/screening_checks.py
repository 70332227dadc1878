"""A pack before its own screener: examples that it gets wrong, and texts that it would flag itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.content_checks import Level, Place, Remark, Remarks
from bot.core.pack import Misconception, Pack, Stage
from bot.core.wording_checks import Read, fixed_texts, member_texts

MAY_FAIL = 0.05  # the share of wrong examples that a misconception may have and stay live
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
    screens = _Once(screens)
    fires: dict[tuple[str, str], int] = {}  # whose example set off whose misconception, and the first that did
    for wrong in pack.misconceptions.values():
        if wrong.stage.looked_for or wrong.stage is Stage.DRAFT:
            yield from _examples(wrong, screens, fires)
    yield from _collisions(fires)
    yield from _held_back(pack, screens)
    yield from _own_texts(pack, screens)


class _Once:
    """A screener that reads each text once, however many checks ask for it."""

    def __init__(self, screens: Screens) -> None:
        self._screens, self.notice, self.explain = screens, screens.notice, screens.explain
        self._known: dict[str, Mapping[str, float]] = {}

    def probabilities(self, text: str) -> Mapping[str, float]:
        if text not in self._known:
            self._known[text] = self._screens.probabilities(text)
        return self._known[text]


@dataclass(frozen=True, slots=True)
class Failing:
    """How many of a misconception's own examples come out wrong."""

    missed: int  # of those that should be flagged
    flags: int
    alarms: int  # of those that should be left alone
    passes: int

    def __str__(self) -> str:
        parts = [f"{self.missed} of {self.flags} examples under `flags` would not be flagged"] if self.missed else []
        parts += [f"{self.alarms} of {self.passes} under `passes` would be flagged"] if self.alarms else []
        return ", and ".join(parts)


def held_back(pack: Pack, screens: Screens) -> Mapping[str, Failing]:
    """Live misconceptions that are as good as in shadow, because they fail their own examples.

    One slip in a list of twenty or more is forgiven: the more examples there are, the harder are the latest.
    """
    live = (m for m in pack.misconceptions.values() if m.stage is Stage.LIVE)
    counted = {m.id: _counted(m, screens) for m in live}
    return {name: f for name, f in counted.items() if _fails(f.missed, f.flags) or _fails(f.alarms, f.passes)}


def examples_of_live(pack: Pack) -> Iterator[str]:
    """Every text that `held_back` screens."""
    for wrong in pack.misconceptions.values():
        if wrong.stage is Stage.LIVE:
            yield from (*wrong.flags, *wrong.passes)


def _counted(wrong: Misconception, screens: Screens) -> Failing:
    found = [sum(_fires(wrong, text, screens) for text in texts) for texts in (wrong.flags, wrong.passes)]
    return Failing(len(wrong.flags) - found[0], len(wrong.flags), found[1], len(wrong.passes))


def _fires(wrong: Misconception, text: str, screens: Screens) -> bool:
    return screens.probabilities(text).get(wrong.id, 0.0) >= screens.notice


def _fails(wrong: int, of: int) -> bool:
    return wrong > of * MAY_FAIL


def _held_back(pack: Pack, screens: Screens) -> Remarks:
    for name, failing in held_back(pack, screens).items():
        message = f"nobody is told of `{name}` while this lasts, as if it were in shadow: {failing}"
        hint = f"It comes back by itself once its examples come out right. `python -m bot try {name}` shows them."
        yield Remark(("misconceptions", name, "id"), "held-back", message, hint, Level.WARNING)


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
