"""Review rules: the states of a case, the acts of moderators, and which act leads where."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.message import MessageKey, Person
from bot.core.pack import Severity
from bot.core.screening import Finding


class Status(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ESCALATED = "escalated"
    SNOOZED = "snoozed"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # an edit removed the claim
    MESSAGE_DELETED = "message_deleted"

    @property
    def undecided(self) -> bool:
        return self in UNDECIDED


UNDECIDED = frozenset({Status.OPEN, Status.TAKEN, Status.ESCALATED, Status.SNOOZED})


class Act(StrEnum):
    """What moderators can do; the last three are what a message's own life does to its case."""

    TAKE = "take"
    RELEASE = "release"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    ESCALATE = "escalate"
    NOTE = "note"
    SNOOZE = "snooze"
    UNDO = "undo"
    EDITED = "edited"
    EDITED_AWAY = "edited_away"
    MESSAGE_DELETED = "message_deleted"


class Reason(StrEnum):
    """Why a flag was not a misconception."""

    ASKS = "asks"
    DENIES = "denies"
    QUOTES = "quotes"
    JOKE = "joke"
    TRUE = "true"
    OTHER = "other"


class Correction(StrEnum):
    """How an upheld claim is answered."""

    REPLY = "reply"
    RECORD = "record"


class Outcome(StrEnum):
    """What became of one flag."""

    PENDING = "pending"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


# What is not in this table is refused.
OUTCOMES: dict[tuple[Status, Act], Status] = {
    (Status.OPEN, Act.TAKE): Status.TAKEN,
    (Status.SNOOZED, Act.TAKE): Status.TAKEN,
    (Status.ESCALATED, Act.TAKE): Status.TAKEN,
    (Status.TAKEN, Act.RELEASE): Status.OPEN,
    **{(s, Act.UPHOLD): Status.UPHELD for s in UNDECIDED},
    **{(s, Act.DISMISS): Status.DISMISSED for s in UNDECIDED},
    **{(s, Act.ESCALATE): Status.ESCALATED for s in UNDECIDED - {Status.ESCALATED}},
    **{(s, Act.SNOOZE): Status.SNOOZED for s in UNDECIDED - {Status.SNOOZED}},
    **{(s, Act.NOTE): s for s in Status},
    (Status.UPHELD, Act.UNDO): Status.OPEN,
    (Status.DISMISSED, Act.UNDO): Status.OPEN,
    **{(s, Act.EDITED): s for s in Status if s is not Status.WITHDRAWN},
    (Status.WITHDRAWN, Act.EDITED): Status.OPEN,  # the claim came back
    **{(s, Act.EDITED_AWAY): Status.WITHDRAWN for s in UNDECIDED},
    **{(s, Act.MESSAGE_DELETED): Status.MESSAGE_DELETED for s in UNDECIDED | {Status.WITHDRAWN}},
    **{(s, Act.MESSAGE_DELETED): s for s in (Status.UPHELD, Status.DISMISSED)},
}


class Refused(Exception):
    """An act that the rules do not allow now; the message is for the person who tried."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One finding put before moderators."""

    misconception: str
    severity: Severity
    probability: float
    quote: str
    start: int
    end: int
    why: str
    outcome: Outcome = Outcome.PENDING

    @classmethod
    def of(cls, finding: Finding, severity: Severity) -> "Flag":
        return cls(
            misconception=finding.misconception,
            severity=severity,
            probability=finding.probability,
            quote=finding.quote,
            start=finding.start,
            end=finding.end,
            why=finding.why,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One message under review, with its flags."""

    key: MessageKey
    author: Person
    text: str
    place: str
    link: str
    opened_at: datetime
    flags: tuple[Flag, ...]
    pack_revision: str
    id: int = 0  # given by the store
    version: int = 1
    status: Status = Status.OPEN
    reply_to: str = ""
    holder: Person | None = None
    lease_until: datetime | None = None
    snoozed_until: datetime | None = None
    decided_by: Person | None = None
    decided_at: datetime | None = None
    reason: Reason | None = None
    correction: str = ""  # text approved for members; empty while there is none
    notice_ref: str = ""  # the platform's id of the notice
    correction_ref: str = ""  # the platform's id of the posted correction

    @property
    def severity(self) -> Severity:
        return min((f.severity for f in self.flags), key=lambda s: s.rank, default=Severity.MINOR)

    @property
    def probability(self) -> float:
        return max((f.probability for f in self.flags), default=0.0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody chose to do with a case, as they saw it."""

    act: Act
    by: Person
    at: datetime
    expected_version: int
    chosen: tuple[str, ...] = ()  # misconceptions upheld; empty means all
    reason: Reason | None = None
    correction: Correction = Correction.RECORD
    text: str = ""  # the correction as it will be posted, or the note
    until: datetime | None = None  # end of a lease or a snooze


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what, when and why; kept after the text is gone."""

    case_id: int
    act: Act
    by: Person
    at: datetime
    detail: str
    pack_revision: str


class Duty(StrEnum):
    """What the outside world must be told; each is done through the outbox, and repeating it is harmless."""

    NOTICE = "notice"  # make the notice show the case as it is now
    POST_CORRECTION = "post_correction"
    REMOVE_CORRECTION = "remove_correction"


LEASE = timedelta(minutes=15)


def decide(case: Case, decision: Decision) -> Case:
    """The case after the decision. Raises Refused with words for the person who tried."""
    if decision.expected_version != case.version:
        raise Refused(f"Case {case.id} has changed since you looked: {describe(case)}. Nothing was done.")
    if (case.status, decision.act) not in OUTCOMES:
        raise Refused(f"That can't be done now: case {case.id} is {describe(case)}.")
    _refuse_if_held(case, decision)
    after = replace(case, status=OUTCOMES[case.status, decision.act], version=case.version + 1)
    return _without_stale_timers(_CHANGES.get(decision.act, _keep)(after, decision))


def merge(case: Case, *, text: str, flags: tuple[Flag, ...], revision: str) -> Case:
    """The case after its message was edited or seen again; unchanged content gives the same case back."""
    if text == case.text:
        return case
    act = Act.EDITED if flags else Act.EDITED_AWAY
    status = OUTCOMES.get((case.status, act), case.status)
    kept = _carry_outcomes(case.flags, flags) if flags else case.flags
    if any(f.outcome is Outcome.PENDING for f in kept) and case.status in (Status.UPHELD, Status.DISMISSED):
        status = Status.OPEN  # the edit added a claim that nobody has judged
    after = replace(case, text=text, flags=kept, status=status, version=case.version + 1, pack_revision=revision)
    return _without_stale_timers(after)


def duties(before: Case, after: Case, decision: Decision | None) -> tuple[Duty, ...]:
    """What must be told to the outside world because `before` became `after`."""
    told = [Duty.NOTICE] if after != before else []
    if decision and decision.act is Act.UPHOLD and decision.correction is Correction.REPLY:
        told.append(Duty.POST_CORRECTION)
    if decision and decision.act is Act.UNDO and before.correction:
        told.append(Duty.REMOVE_CORRECTION)
    return tuple(told)


def describe(case: Case) -> str:
    """The state of a case in a few words, with who and when."""
    who = case.decided_by or case.holder
    return _WORDS[case.status] + (f" by {who.name}" if who and case.status in _SIGNED else "")


def allowed(case: Case) -> tuple[Act, ...]:
    """The acts that moderators may do to this case now."""
    return tuple(a for a in Act if a not in _LIFE and (case.status, a) in OUTCOMES)


def detail(decision: Decision) -> str:
    """What a history row says about the decision, without any member's text."""
    parts: Iterable[str] = (
        decision.reason.value if decision.reason else "",
        ", ".join(decision.chosen),
        decision.correction.value if decision.act is Act.UPHOLD else "",
        decision.text if decision.act is Act.NOTE else "",
    )
    return "; ".join(p for p in parts if p)


_LIFE = frozenset({Act.EDITED, Act.EDITED_AWAY, Act.MESSAGE_DELETED})
_SIGNED = frozenset({Status.TAKEN, Status.UPHELD, Status.DISMISSED, Status.ESCALATED, Status.SNOOZED})
_WORDS = {
    Status.OPEN: "open",
    Status.TAKEN: "taken",
    Status.ESCALATED: "escalated",
    Status.SNOOZED: "snoozed",
    Status.UPHELD: "upheld",
    Status.DISMISSED: "closed as not a misconception",
    Status.WITHDRAWN: "closed because an edit removed the claim",
    Status.MESSAGE_DELETED: "closed because the message was deleted",
}


def _refuse_if_held(case: Case, decision: Decision) -> None:
    """While a lease runs only its holder decides; notes and the message's own life are always welcome."""
    free = case.holder is None or case.holder.id == decision.by.id or decision.act in _LIFE | {Act.NOTE}
    lapsed = case.lease_until is None or case.lease_until <= decision.at
    if case.status is Status.TAKEN and not free and not lapsed:
        assert case.holder is not None
        raise Refused(
            f"{case.holder.name} is working on case {case.id}. Please ask them, or wait for the lease to end."
        )


def _without_stale_timers(case: Case) -> Case:
    """A lease or snooze ends with the state that it belongs to, or it would reopen the case when it lapses."""
    return replace(
        case,
        lease_until=case.lease_until if case.status is Status.TAKEN else None,
        snoozed_until=case.snoozed_until if case.status is Status.SNOOZED else None,
    )


def _keep(case: Case, decision: Decision) -> Case:
    return case


def _take(case: Case, decision: Decision) -> Case:
    return replace(case, holder=decision.by, lease_until=decision.until or decision.at + LEASE)


def _release(case: Case, decision: Decision) -> Case:
    return replace(case, holder=None)


def _uphold(case: Case, decision: Decision) -> Case:
    chosen = decision.chosen or tuple(f.misconception for f in case.flags)
    unknown = set(chosen) - {f.misconception for f in case.flags}
    if unknown:
        raise Refused(f"Case {case.id} has no flag named {', '.join(sorted(unknown))}.")
    flags = tuple(
        replace(f, outcome=Outcome.UPHELD if f.misconception in chosen else Outcome.DISMISSED) for f in case.flags
    )
    text = decision.text if decision.correction is Correction.REPLY else ""
    if decision.correction is Correction.REPLY and not text.strip():
        raise Refused("A correction needs some text.")
    return _sign(replace(case, flags=flags, correction=text, reason=None), decision)


def _dismiss(case: Case, decision: Decision) -> Case:
    flags = tuple(replace(f, outcome=Outcome.DISMISSED) for f in case.flags)
    return _sign(replace(case, flags=flags, reason=decision.reason or Reason.OTHER, correction=""), decision)


def _sign(case: Case, decision: Decision) -> Case:
    return replace(case, decided_by=decision.by, decided_at=decision.at, holder=None)


def _undo(case: Case, decision: Decision) -> Case:
    flags = tuple(replace(f, outcome=Outcome.PENDING) for f in case.flags)
    return replace(case, flags=flags, decided_by=None, decided_at=None, reason=None, correction="")


def _escalate(case: Case, decision: Decision) -> Case:
    return replace(case, holder=decision.by)


def _snooze(case: Case, decision: Decision) -> Case:
    until = decision.until or decision.at + timedelta(hours=1)
    return replace(case, holder=decision.by, snoozed_until=until)


def _purge(case: Case, decision: Decision) -> Case:
    """The author took the message back, so its words go at once."""
    flags = tuple(replace(f, quote="", why="", start=0, end=0) for f in case.flags)
    return replace(case, text="", reply_to="", flags=flags)


_CHANGES = {
    Act.TAKE: _take,
    Act.RELEASE: _release,
    Act.UPHOLD: _uphold,
    Act.DISMISS: _dismiss,
    Act.UNDO: _undo,
    Act.ESCALATE: _escalate,
    Act.SNOOZE: _snooze,
    Act.MESSAGE_DELETED: _purge,
}


def _carry_outcomes(old: tuple[Flag, ...], new: tuple[Flag, ...]) -> tuple[Flag, ...]:
    known = {f.misconception: f.outcome for f in old}
    return tuple(replace(f, outcome=known.get(f.misconception, Outcome.PENDING)) for f in new)
