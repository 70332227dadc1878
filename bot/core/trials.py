"""What entries in shadow would have done, as numbers for whoever sets them live; and what follows from a stage."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.pack import Pack, Stage
from bot.core.review import Case, Flag
from bot.core.screening import Finding


@dataclass(frozen=True, slots=True)
class Shown:
    """A pack by who sees its topics."""

    whole: Pack  # topics of every stage
    live: Pack  # what members see
    trying: Pack  # … and what is in shadow; the same object where nothing is

    @classmethod
    def of(cls, pack: Pack) -> "Shown":
        live = pack.shown()
        waits = any(topic.stage is Stage.SHADOW for topic in pack.topics.values())
        return cls(pack, live, pack.shown(Stage.LIVE, Stage.SHADOW) if waits else live)


@dataclass(frozen=True, slots=True)
class Trial:
    """How often one entry in shadow would have shown itself, and since when that is counted."""

    times: int
    since: str  # ISO day


def read(stored: str | None) -> dict[str, Trial]:
    """By the entry's id; what another release has written counts as nothing."""
    try:
        return {name: Trial(int(t["times"]), str(t["since"])) for name, t in json.loads(stored or "{}").items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def written(trials: Mapping[str, Trial]) -> str:
    return json.dumps({name: {"times": t.times, "since": t.since} for name, t in trials.items()})


def counted(trials: Mapping[str, Trial], names: Collection[str], today: str, kept: Collection[str]) -> dict[str, Trial]:
    """The numbers with one more for each of these entries; those that are no longer in `kept` are dropped."""
    after = {name: trial for name, trial in trials.items() if name in kept}
    for name in names:
        known = after.get(name, Trial(0, today))
        after[name] = replace(known, times=known.times + 1)
    return after


def is_live(pack: Pack, misconception: str, held_back: Collection[str]) -> bool:
    """Whether moderators are told of it."""
    known = pack.misconceptions.get(misconception)
    return known is not None and known.stage is Stage.LIVE and misconception not in held_back


def in_shadow(pack: Pack, findings: Sequence[Finding], held_back: Collection[str]) -> frozenset[str]:
    """The misconceptions among the findings that are only counted."""
    return frozenset(
        f.misconception
        for f in findings
        if f.misconception in pack.misconceptions and not is_live(pack, f.misconception, held_back)
    )


def shadows(pack: Pack, held_back: Collection[str]) -> frozenset[str]:
    """Every entry whose numbers are of use."""
    wrong = {m.id for m in pack.misconceptions.values() if m.stage is Stage.SHADOW}
    return frozenset(wrong | set(held_back) | {t.id for t in pack.topics.values() if t.stage is Stage.SHADOW})


def still_said(case: Case, text: str, pack: Pack, held_back: Collection[str]) -> tuple[Flag, ...]:
    """Flags that no reading of the edited message can find again, because nobody looks for them at present.

    Where the claim's words still stand in the text, the flag stays: pausing a misconception decides no case.
    """
    return tuple(
        replace(flag, start=text.index(flag.quote), end=text.index(flag.quote) + len(flag.quote))
        for flag in case.flags
        if flag.quote and flag.quote in text and not is_live(pack, flag.misconception, held_back)
    )
