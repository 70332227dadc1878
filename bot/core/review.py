"""Review rules: the states of a case, the acts of moderators, and which act leads where."""

from collections.abc import Callable, Iterable
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
    PROPOSED = "proposed"  # upheld by one moderator, and waits for a second one to agree
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    APPEALED = "appealed"  # the author says that the correction was wrong; another moderator looks at it
    WITHDRAWN = "withdrawn"  # an edit removed the claim
    MESSAGE_DELETED = "message_deleted"

    @property
    def undecided(self) -> bool:
        return self in UNDECIDED


FREE = frozenset({Status.OPEN, Status.TAKEN, Status.ESCALATED, Status.SNOOZED})  # anybody may decide
UNDECIDED = FREE | {Status.PROPOSED, Status.APPEALED}


class Act(StrEnum):
    """What moderators can do, and from EDITED on what happens to a case by itself or by others."""

    TAKE = "take"
    RELEASE = "release"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    ESCALATE = "escalate"
    NOTE = "note"
    SNOOZE = "snooze"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    DELETE = "delete"
    UNDO = "undo"
    AMEND = "amend"  # the posted correction gets another text, where it stands
    REISSUE = "reissue"  # the posted correction is taken away, and one with another text is posted
    EDITED = "edited"
    EDITED_AWAY = "edited_away"
    MESSAGE_DELETED = "message_deleted"
    NOT_TOLD = "not_told"
    APPEAL = "appeal"
    REPEATED = "repeated"
    REPORTED = "reported"
    ANSWERED = "answered"
    REMOVED = "removed"
    PURGED = "purged"  # the text is no longer needed, and was kept as long as the settings say
    ERASED = "erased"  # a person asked for it
    EXAMPLE_PROPOSED = "example_proposed"  # its words wait for an admin; see bot.core.proposals
    EXAMPLE_APPROVED = "example_approved"
    EXAMPLE_REJECTED = "example_rejected"


# What moderators don't choose: it happens to a case by itself, or its author or another member does it.
LIFE = frozenset(
    {
        Act.EDITED,
        Act.EDITED_AWAY,
        Act.MESSAGE_DELETED,
        Act.NOT_TOLD,
        Act.APPEAL,
        Act.REPEATED,
        Act.REPORTED,
        Act.ANSWERED,
        Act.REMOVED,
        Act.PURGED,
        Act.ERASED,
        Act.EXAMPLE_PROPOSED,
        Act.EXAMPLE_APPROVED,
        Act.EXAMPLE_REJECTED,
    }
)


# What moderators choose from the list of outdated corrections, and not on a notice.
LISTED = frozenset({Act.AMEND, Act.REISSUE})


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
    PRIVATE = "private"  # only the author of the message sees it
    RECORD = "record"

    @property
    def tells(self) -> bool:
        """Whether anybody hears of it."""
        return self is not Correction.RECORD


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
    (Status.ESCALATED, Act.CANCEL): Status.OPEN,
    **{(s, Act.UPHOLD): Status.UPHELD for s in FREE},  # or PROPOSED, where two people are needed
    (Status.PROPOSED, Act.CONFIRM): Status.UPHELD,
    (Status.PROPOSED, Act.CANCEL): Status.OPEN,
    **{(s, Act.DISMISS): Status.DISMISSED for s in UNDECIDED},
    (Status.UPHELD, Act.APPEAL): Status.APPEALED,
    (Status.APPEALED, Act.CONFIRM): Status.UPHELD,
    (Status.APPEALED, Act.MESSAGE_DELETED): Status.UPHELD,  # with the message, the complaint is gone too
    **{(s, Act.ESCALATE): Status.ESCALATED for s in FREE - {Status.ESCALATED}},
    **{(s, Act.SNOOZE): Status.SNOOZED for s in FREE - {Status.SNOOZED}},
    **{(s, Act.DELETE): Status.UPHELD for s in FREE},
    **{(s, Act.NOTE): s for s in Status},
    (Status.UPHELD, Act.UNDO): Status.OPEN,
    (Status.DISMISSED, Act.UNDO): Status.OPEN,  # or APPEALED, where a second look had dismissed it
    (Status.UPHELD, Act.AMEND): Status.UPHELD,
    (Status.UPHELD, Act.REISSUE): Status.UPHELD,
    **{(s, Act.EDITED): s for s in Status if s is not Status.WITHDRAWN},
    (Status.WITHDRAWN, Act.EDITED): Status.OPEN,  # the claim came back
    (Status.PROPOSED, Act.EDITED): Status.OPEN,  # what the first moderator upheld was another text
    **{(s, Act.EDITED_AWAY): Status.WITHDRAWN for s in UNDECIDED - {Status.APPEALED}},
    **{(s, Act.MESSAGE_DELETED): Status.MESSAGE_DELETED for s in (UNDECIDED | {Status.WITHDRAWN}) - {Status.APPEALED}},
    **{(s, Act.MESSAGE_DELETED): s for s in (Status.UPHELD, Status.DISMISSED)},
    **{(s, Act.PURGED): s for s in frozenset(Status) - UNDECIDED},
    (Status.UPHELD, Act.NOT_TOLD): Status.UPHELD,
    **{(s, act): s for s in Status for act in (Act.REPEATED, Act.REPORTED)},
    **{(s, Act.ANSWERED): s for s in UNDECIDED},
    **{(s, Act.REMOVED): Status.DISMISSED for s in UNDECIDED},  # a moderator deleted the notice by hand
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the server's admins allow and ask for."""

    two_people: frozenset[Severity] = frozenset()  # upholding these takes a second moderator who agrees
    may_delete: bool = False
    lease: timedelta = timedelta(minutes=15)  # how long a taken case belongs to one moderator
    fold: timedelta = timedelta(days=3)  # how long the same text is not asked about again
    quiet: timedelta = timedelta(hours=12)  # how long a posted correction is linked instead of repeated
    self_edit: timedelta | None = None  # time for the author to edit, after a private hint, before a public correction
    remind: timedelta | None = timedelta(hours=12)  # after this, moderators are reminded of an undecided case, once
    repost: bool = True  # a notice deleted by hand is posted again; otherwise its case is closed
    flood: int = 10  # cases in a minute that get a notice of their own; those beyond are only counted on the last one
    urgent_in_pauses: bool = True  # emergencies are answered also where screening is paused
    reports_an_hour: int = 5  # how many reports a member may make
    keep_text: timedelta = timedelta(hours=72)  # how long a message's words are kept after its case was closed


SOMEBODY = "somebody"  # the name of a person who asked to be forgotten


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
class Report:
    """A member's word that a message makes a wrong health claim."""

    by: Person
    note: str


@dataclass(frozen=True, slots=True)
class Overruled:
    """What a second look took back, so that undoing the second look restores it."""

    correction: str
    upheld: tuple[str, ...]  # misconceptions
    decided_by: Person | None
    decided_at: datetime | None
    confirmed_by: Person | None


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
    confirmed_by: Person | None = None  # the second person, where two were needed
    reason: Reason | None = None
    correction: str = ""  # text approved for members; empty while there is none
    way: Correction = Correction.RECORD  # how the correction is told
    made_of: tuple[tuple[str, str], ...] = ()  # what the correction rests on; see bot.core.evidence
    deletes: bool = False  # the message itself was, or is about to be, deleted by a moderator
    notice_ref: str = ""  # the platform's id of the notice
    correction_ref: str = ""  # the platform's id of the posted correction
    correction_link: str = ""  # where the posted correction can be seen
    fingerprint: str = ""  # of the text, by which the same text is known again
    repeats: int = 0  # messages with the same text, folded into this case
    reports: tuple[Report, ...] = ()
    answered_by: Person | None = None  # the member who seems to have corrected the claim in a reply
    answer_link: str = ""
    appealed: bool = False  # the author has complained, which is possible once
    overruled: Overruled | None = None
    folded_into: int = 0  # the case whose notice counts this one, in a flood; 0: it has a notice of its own
    urgent: str = ""  # key of the urgent text that its author was shown; empty: no red flag

    @property
    def told_alone(self) -> bool:
        """Whether the correction that stands, or would, reaches the author alone; only a public one has a link."""
        return not self.correction_link if self.correction_ref else self.way is Correction.PRIVATE

    @property
    def severity(self) -> Severity:
        if self.urgent:
            return Severity.HARMFUL
        return min((f.severity for f in self.flags), key=lambda s: s.rank, default=Severity.MINOR)

    @property
    def rank(self) -> int:
        """Its place in the queue: somebody who may need help now comes before any claim."""
        return -1 if self.urgent else self.severity.rank

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
    made_of: tuple[tuple[str, str], ...] = ()  # what the correction rests on


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

    URGENT = "urgent"  # show the author the urgent text, before anything else
    NOTICE = "notice"  # make the notice show the case as it is now
    POST_CORRECTION = "post_correction"
    AMEND_CORRECTION = "amend_correction"
    REMOVE_CORRECTION = "remove_correction"
    DELETE_MESSAGE = "delete_message"
    ESCALATION = "escalation"  # call those to whom hard cases go
    HINT = "hint"  # tell the author alone, before anything is public
    OUTCOME = "outcome"  # tell the author what became of a complaint
    REMINDER = "reminder"


def decide(case: Case, decision: Decision, policy: Policy = Policy()) -> Case:
    """The case after the decision. Raises Refused with words for the person who tried."""
    if decision.expected_version != case.version:
        raise Refused(f"Case {case.id} has changed since you looked: {describe(case)}. Nothing was done.")
    if (case.status, decision.act) not in OUTCOMES:
        raise Refused(f"That can't be done now: case {case.id} is {describe(case)}.")
    _refuse_if_held(case, decision)
    _refuse_by_policy(case, decision, policy)
    status = OUTCOMES[case.status, decision.act]
    if decision.act in (Act.UPHOLD, Act.DELETE) and case.severity in policy.two_people:
        status = Status.PROPOSED
    if decision.act is Act.TAKE and decision.until is None:
        decision = replace(decision, until=decision.at + policy.lease)
    if decision.act is Act.UNDO and case.overruled:
        return _restored(case, case.overruled)
    after = replace(case, status=status, version=case.version + 1, overruled=_overruled(case, decision))
    return _without_stale_timers(_CHANGES.get(decision.act, _keep)(after, decision))


def merge(case: Case, *, text: str, flags: tuple[Flag, ...], revision: str, urgent: str = "") -> Case:
    """The case after its message was edited or seen again; unchanged content gives the same case back.

    A red flag stays on its case when the words are edited away: whoever wrote them may still need help.
    """
    if text == case.text:
        return case
    alarm = bool(urgent) and urgent != case.urgent
    if case.status is Status.PROPOSED:
        case = replace(_reopened(case), status=Status.OPEN)  # what the first moderator upheld was another text
    act = Act.EDITED if flags or urgent or case.urgent else Act.EDITED_AWAY
    status = OUTCOMES.get((case.status, act), case.status)
    kept = _carry_outcomes(case.flags, flags) if act is Act.EDITED else case.flags
    if any(f.outcome is Outcome.PENDING for f in kept) and case.status in (Status.UPHELD, Status.DISMISSED):
        status = Status.OPEN  # the edit added a claim that nobody has judged
    if alarm and status in (Status.UPHELD, Status.DISMISSED, Status.SNOOZED):
        status = Status.OPEN
    if (act is Act.EDITED_AWAY or status is not case.status) and not case.correction_ref:
        # the author changed it in time: what was approved is not done any more
        case = replace(case, correction="", deletes=case.deletes and status is case.status)
    after = replace(
        case,
        text=text,
        flags=kept,
        status=status,
        version=case.version + 1,
        pack_revision=revision,
        urgent=urgent or case.urgent,
    )
    return _without_stale_timers(after)


def duties(before: Case, after: Case, decision: Decision | None, policy: Policy = Policy()) -> dict[Duty, timedelta]:
    """What must be told to the outside world because `before` became `after`, and how much later."""
    now = timedelta()
    owed = {Duty.URGENT: now} if after.urgent and after.urgent != before.urgent else {}
    owed |= {Duty.NOTICE: now} if after != before else {}
    upheld = after.status is Status.UPHELD and before.status in UNDECIDED - {Status.APPEALED}
    if upheld and after.correction:
        waits = policy.self_edit if after.way is Correction.REPLY else None
        owed |= {Duty.HINT: now} if waits else {}
        owed[Duty.POST_CORRECTION] = waits or now
    if upheld and after.deletes:
        owed[Duty.DELETE_MESSAGE] = now
    told = before.correction_ref or (before.status in (Status.UPHELD, Status.APPEALED) and before.correction)
    if told and not after.correction and (decision is None or decision.act is not Act.NOT_TOLD):
        owed[Duty.REMOVE_CORRECTION] = now
    if decision and (before.status, decision.act) in _HEARD:
        owed[Duty.OUTCOME] = now
    if decision and decision.act is Act.UNDO and (before.overruled or _hinted(before, policy)):
        owed[Duty.OUTCOME] = now
    if after.status is Status.APPEALED and after.correction and not before.correction:
        owed[Duty.POST_CORRECTION] = now
    if decision and decision.act in _RENEWS:
        owed[_RENEWS[decision.act]] = now
    if after.status is Status.ESCALATED and before.status is not Status.ESCALATED:
        owed[Duty.ESCALATION] = now
    return owed


def describe(case: Case) -> str:
    """The state of a case in a few words, with who and when."""
    who = case.decided_by or case.holder
    return _WORDS[case.status] + (f" by {who.name}" if who and case.status in _SIGNED else "")


def erased(case: Case, person_id: str, pseudonym: str) -> Case:
    """The case without that person: their words are gone, and a pseudonym stands in every place where they stood."""

    def other(person: Person | None) -> Person | None:
        return Person(pseudonym, SOMEBODY) if person is not None and person.id == person_id else person

    if case.author.id == person_id:
        status = OUTCOMES.get((case.status, Act.MESSAGE_DELETED), case.status)  # without words nobody can judge it
        case = replace(_without_words(case), status=status)
    after = replace(
        case,
        version=case.version + 1,
        author=other(case.author) or case.author,
        holder=other(case.holder),
        decided_by=other(case.decided_by),
        confirmed_by=other(case.confirmed_by),
        answered_by=other(case.answered_by),
        overruled=_renamed(case.overruled, other),
        reports=tuple(Report(other(r.by) or r.by, "" if r.by.id == person_id else r.note) for r in case.reports),
    )
    return _without_stale_timers(after)


def _renamed(earlier: Overruled | None, other: Callable[[Person | None], Person | None]) -> Overruled | None:
    if earlier is None:
        return None
    return replace(earlier, decided_by=other(earlier.decided_by), confirmed_by=other(earlier.confirmed_by))


def closed_at(case: Case) -> datetime | None:
    """Since when nobody needs the text any more; None while somebody does, or when it is gone already."""
    if case.status.undecided or not case.text:
        return None
    return case.decided_at or case.opened_at


def allowed(case: Case, policy: Policy = Policy()) -> tuple[Act, ...]:
    """The acts that moderators may do to this case now."""
    forbidden = LIFE | LISTED | (frozenset() if policy.may_delete else {Act.DELETE})
    return tuple(a for a in Act if a not in forbidden and (case.status, a) in OUTCOMES)


def detail(decision: Decision) -> str:
    """What a history row says about the decision, without any member's text."""
    parts: Iterable[str] = (
        decision.reason.value if decision.reason else "",
        ", ".join(decision.chosen),
        decision.correction.value if decision.act is Act.UPHOLD else "",
        decision.text if decision.act in _TEXTED else "",
    )
    return "; ".join(p for p in parts if p)


_RENEWS = {Act.AMEND: Duty.AMEND_CORRECTION, Act.REISSUE: Duty.POST_CORRECTION}
_HEARD = frozenset({(Status.APPEALED, Act.CONFIRM), (Status.APPEALED, Act.DISMISS)})  # what complaints end with
_TEXTED = frozenset({Act.NOTE, Act.NOT_TOLD, Act.REPEATED, Act.ANSWERED})  # their text is no member's
_SIGNED = frozenset(Status) - {Status.OPEN, Status.WITHDRAWN, Status.MESSAGE_DELETED}
_WORDS = {
    Status.OPEN: "open",
    Status.TAKEN: "taken",
    Status.ESCALATED: "escalated",
    Status.SNOOZED: "snoozed",
    Status.PROPOSED: "waiting for a second moderator, upheld",
    Status.UPHELD: "upheld",
    Status.DISMISSED: "closed as not a misconception",
    Status.APPEALED: "under a second look, because the author says that the correction is wrong; upheld",
    Status.WITHDRAWN: "closed because an edit removed the claim",
    Status.MESSAGE_DELETED: "closed because the message was deleted",
}


def _refuse_if_held(case: Case, decision: Decision) -> None:
    """While a lease runs only its holder decides; notes and the message's own life are always welcome."""
    free = case.holder is None or case.holder.id == decision.by.id or decision.act in LIFE | {Act.NOTE}
    lapsed = case.lease_until is None or case.lease_until <= decision.at
    if case.status is Status.TAKEN and not free and not lapsed:
        assert case.holder is not None
        raise Refused(
            f"{case.holder.name} is working on case {case.id}. Please ask them, or wait for the lease to end."
        )


def _refuse_by_policy(case: Case, decision: Decision, policy: Policy) -> None:
    if decision.act is Act.DELETE and not policy.may_delete:
        raise Refused("Deleting messages is switched off here. An admin can allow it in the settings.")
    if decision.act is Act.APPEAL:
        _refuse_appeal(case, decision)
    second = decision.act is Act.CONFIRM or (case.status is Status.APPEALED and decision.act is Act.DISMISS)
    earlier = {p.id for p in (case.decided_by, case.confirmed_by) if p}
    if second and decision.by.id in earlier:
        raise Refused("This one needs a second person. Please ask another moderator to decide, or cancel.")


def _refuse_appeal(case: Case, decision: Decision) -> None:
    if decision.by.id != case.author.id:
        raise Refused("Only the author of the message can ask for a second look.")
    if case.appealed:
        raise Refused("Another moderator has looked at this again already, and their word stands.")
    if not case.correction:
        raise Refused("There is no correction that could be taken back.")


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
    return replace(case, holder=decision.by, lease_until=decision.until)


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
    text = decision.text if decision.correction.tells else ""
    if decision.correction.tells and not text.strip():
        raise Refused("A correction needs some text.")
    made_of = decision.made_of if text else ()
    told = replace(case, flags=flags, correction=text, made_of=made_of, way=decision.correction, reason=None)
    return _sign(told, decision)


def _renew(case: Case, decision: Decision) -> Case:
    """Another text for a correction that stands; who decided the case stays."""
    if not case.correction or not case.correction_ref:
        raise Refused(f"No correction of case {case.id} stands that could be changed.")
    if not decision.text.strip():
        raise Refused("A correction needs some text.")
    return replace(case, correction=decision.text, made_of=decision.made_of)


def _delete(case: Case, decision: Decision) -> Case:
    flags = tuple(replace(f, outcome=Outcome.UPHELD) for f in case.flags)
    return _sign(replace(case, flags=flags, correction="", deletes=True, reason=None), decision)


def _confirm(case: Case, decision: Decision) -> Case:
    """What an edit added while a complaint waited was on the notice as well, so it is agreed to with the rest."""
    flags = tuple(replace(f, outcome=Outcome.UPHELD) if f.outcome is Outcome.PENDING else f for f in case.flags)
    return replace(case, flags=flags, confirmed_by=decision.by, holder=None)


def _dismiss(case: Case, decision: Decision) -> Case:
    flags = tuple(replace(f, outcome=Outcome.DISMISSED) for f in case.flags)
    return _sign(
        replace(case, flags=flags, reason=decision.reason or Reason.OTHER, correction="", deletes=False), decision
    )


def _sign(case: Case, decision: Decision) -> Case:
    return replace(case, decided_by=decision.by, decided_at=decision.at, holder=None)


def _undo(case: Case, decision: Decision) -> Case:
    if case.deletes and decision.act is Act.UNDO:
        raise Refused("A deleted message can't be brought back, so this can't be undone. A note may help.")
    return _reopened(case)


def _overruled(case: Case, decision: Decision) -> Overruled | None:
    """What the second look is about to take back, or what an earlier one did."""
    if case.status is not Status.APPEALED or decision.act is not Act.DISMISS:
        return case.overruled if case.status is Status.DISMISSED and decision.act in LIFE | {Act.NOTE} else None
    upheld = tuple(f.misconception for f in case.flags if f.outcome is Outcome.UPHELD)
    return Overruled(case.correction, upheld, case.decided_by, case.decided_at, case.confirmed_by)


def _restored(case: Case, earlier: Overruled) -> Case:
    """As before the second look, which is still asked for."""
    flags = tuple(
        replace(f, outcome=Outcome.UPHELD if f.misconception in earlier.upheld else Outcome.DISMISSED)
        for f in case.flags
    )
    return replace(
        case,
        status=Status.APPEALED,
        version=case.version + 1,
        flags=flags,
        correction=earlier.correction,
        decided_by=earlier.decided_by,
        decided_at=earlier.decided_at,
        confirmed_by=earlier.confirmed_by,
        reason=None,
        overruled=None,
    )


def _hinted(case: Case, policy: Policy) -> bool:
    """Whether the author was told alone that a correction would follow."""
    return bool(policy.self_edit and case.correction and case.way is Correction.REPLY)


def _reopened(case: Case) -> Case:
    flags = tuple(replace(f, outcome=Outcome.PENDING) for f in case.flags)
    return replace(
        case,
        flags=flags,
        holder=None,
        decided_by=None,
        decided_at=None,
        confirmed_by=None,
        reason=None,
        correction="",
        deletes=False,
    )


def _repeated(case: Case, decision: Decision) -> Case:
    return replace(case, repeats=case.repeats + 1)


def _reported(case: Case, decision: Decision) -> Case:
    return replace(case, reports=(*case.reports, Report(decision.by, decision.text)))


def _answered(case: Case, decision: Decision) -> Case:
    return replace(case, answered_by=decision.by, answer_link=decision.text)


def _appeal(case: Case, decision: Decision) -> Case:
    return replace(case, appealed=True)


def _escalate(case: Case, decision: Decision) -> Case:
    return replace(case, holder=decision.by)


def _snooze(case: Case, decision: Decision) -> Case:
    until = decision.until or decision.at + timedelta(hours=1)
    return replace(case, holder=decision.by, snoozed_until=until)


def _not_told(case: Case, decision: Decision) -> Case:
    return replace(case, correction="", deletes=False)


def _purge(case: Case, decision: Decision) -> Case:
    """The author took the message back, so its words go at once, and nothing is said about it that wasn't yet."""
    correction = case.correction if case.correction_ref else ""
    deletes = case.deletes and case.status is Status.UPHELD
    return replace(_without_words(case), correction=correction, overruled=None, deletes=deletes)


def _forget_words(case: Case, decision: Decision) -> Case:
    return _without_words(case)


def _without_words(case: Case) -> Case:
    """Every member's words go; offsets and the fingerprint stay, for the record."""
    flags = tuple(replace(f, quote="", why="") for f in case.flags)
    reports = tuple(replace(r, note="") for r in case.reports)
    return replace(case, text="", reply_to="", flags=flags, reports=reports)


_CHANGES = {
    Act.TAKE: _take,
    Act.RELEASE: _release,
    Act.UPHOLD: _uphold,
    Act.DISMISS: _dismiss,
    Act.UNDO: _undo,
    Act.CANCEL: _undo,
    Act.CONFIRM: _confirm,
    Act.DELETE: _delete,
    Act.AMEND: _renew,
    Act.REISSUE: _renew,
    Act.ESCALATE: _escalate,
    Act.SNOOZE: _snooze,
    Act.MESSAGE_DELETED: _purge,
    Act.PURGED: _forget_words,
    Act.NOT_TOLD: _not_told,
    Act.APPEAL: _appeal,
    Act.REPEATED: _repeated,
    Act.REPORTED: _reported,
    Act.ANSWERED: _answered,
    Act.REMOVED: _dismiss,
}


def _carry_outcomes(old: tuple[Flag, ...], new: tuple[Flag, ...]) -> tuple[Flag, ...]:
    known = {f.misconception: f.outcome for f in old}
    return tuple(replace(f, outcome=known.get(f.misconception, Outcome.PENDING)) for f in new)
