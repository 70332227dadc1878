"""What a posted correction rests on: by which it is known later that its text or its sources have changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from bot.core.cards import correction_text, pointer_text
from bot.core.pack import Misconception, Pack, Stage
from bot.core.review import Act, Case, Correction, Decision, Outcome, Status

MadeOf = tuple[tuple[str, str], ...]  # misconceptions, each with a mark of its text and one of its sources
STANDS = frozenset({Status.UPHELD, Status.APPEALED})  # a correction may be seen in these
CALLED = frozenset({Act.UPHOLD, Act.AMEND, Act.REISSUE})  # acts that bring a correction's text
BETWEEN = "."


@dataclass(frozen=True, slots=True)
class Outdated:
    """A posted correction that would read differently today, and why."""

    case: Case
    why: str
    text: str  # what would be posted today; empty where nothing would be

    @property
    def line(self) -> str:
        return f"Case {self.case.id}: {self.why}"


def with_evidence(decision: Decision, case: Case, pack: Pack) -> Decision:
    """The decision with what its correction rests on; a link to another correction rests on nothing."""
    if decision.act not in CALLED or not decision.text or decision.text.startswith(pointer_text("")):
        return decision
    if decision.act is Act.UPHOLD and decision.correction is Correction.RECORD:
        return decision
    chosen = decision.chosen or tuple(f.misconception for f in case.flags)
    return replace(decision, made_of=made_of(chosen, pack))


def made_of(chosen: Iterable[str], pack: Pack) -> MadeOf:
    """The marks of those of the misconceptions that the pack has."""
    return tuple((name, _mark(pack.misconceptions[name], pack)) for name in chosen if name in pack.misconceptions)


def outdated(case: Case, pack: Pack) -> Outdated | None:
    """Why the case's posted correction is out of date; None where it is not, or nothing stands."""
    if not (case.status in STANDS and case.correction and case.correction_ref):
        return None
    reasons = [why for name, mark in case.made_of if (why := _why(name, mark, pack))]
    if not reasons:
        return None
    return Outdated(case, "; ".join(reasons), correction_text(still_wrong(case, pack), pack))


def still_wrong(case: Case, pack: Pack) -> tuple[str, ...]:
    """The upheld misconceptions of the case that would still be corrected."""
    upheld = (f.misconception for f in case.flags if f.outcome is Outcome.UPHELD)
    return tuple(name for name in upheld if name in pack.misconceptions and not _retired(name, pack))


def _why(name: str, mark: str, pack: Pack) -> str:
    if name not in pack.misconceptions:
        return f"{name} is no longer in the content"
    if _retired(name, pack):
        return f"{name} was retired"
    text, _, sources = mark.partition(BETWEEN)
    text_now, _, sources_now = _mark(pack.misconceptions[name], pack).partition(BETWEEN)
    changed = ["reworded"] if text != text_now else []
    changed += ["given other sources"] if sources != sources_now else []
    return f"the correction of {name} was {' and '.join(changed)}" if changed else ""


def _retired(name: str, pack: Pack) -> bool:
    return pack.misconceptions[name].stage is Stage.RETIRED


def _mark(wrong: Misconception, pack: Pack) -> str:
    links = "\n".join(source.url for source in pack.citations(wrong.sources))
    return f"{_hash(' '.join(wrong.correction.split()))}{BETWEEN}{_hash(links)}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]
