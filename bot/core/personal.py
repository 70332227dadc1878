"""What is kept about one person, in words for them and as a file."""

import json
from collections.abc import Sequence
from datetime import timedelta

from bot.core.proposals import Proposal
from bot.core.review import Case, HistoryEntry

LASTING = (
    "The bot looks at messages in the channels that the admins here chose. It keeps a message only if it seems to"
    " claim something that is known to be wrong, or if somebody reported it, so that moderators can look at it."
)


def explanation(keep_text: timedelta) -> str:
    """What is kept and for how long."""
    hours = keep_text.total_seconds() / 3600
    return (
        f"{LASTING} Its words are deleted {hours:g} hours after the moderators' decision, and at once when you delete"
        " the message. What was decided stays, without words. Nothing is sent anywhere else."
    )


def summary(
    person_id: str, cases: Sequence[Case], acts: Sequence[HistoryEntry], examples: Sequence[Proposal] = ()
) -> list[str]:
    """How much is kept about the person."""
    own = [c for c in cases if c.author.id == person_id]
    worded = sum(bool(c.text) for c in own)
    reported = sum(any(r.by.id == person_id for r in c.reports) for c in cases)
    lines = [f"Messages of yours that have a case: {len(own)}; the words of {worded} are still kept."]
    lines += [f"Messages that you reported: {reported}."] if reported else []
    words = sum(p.case_id in {c.id for c in own} for p in examples)
    lines += [f"Words of yours that wait to become an example, without your name: {words}."] if words else []
    lines += [f"Other things that you did to cases: {len(acts)}."] if acts else []
    return lines if cases or acts else ["Nothing is kept about you."]


def as_json(
    person_id: str, cases: Sequence[Case], acts: Sequence[HistoryEntry], examples: Sequence[Proposal] = ()
) -> str:
    """Everything that is kept about the person, and nobody else's words or name."""
    kept: dict[str, object] = {
        "person": person_id,
        "cases": [_case(c, person_id) for c in cases],
        "acts": [{"case": a.case_id, "act": a.act, "at": a.at.isoformat(), "detail": a.detail} for a in acts],
    }
    own = {c.id for c in cases if c.author.id == person_id}
    if examples:
        kept["examples"] = [
            {"case": p.case_id, "claim": p.misconception, "label": p.label, "text": p.text if p.case_id in own else ""}
            for p in examples
        ]
    return json.dumps(kept, indent=1, ensure_ascii=False)


def _case(case: Case, person_id: str) -> dict[str, object]:
    author = case.author.id == person_id
    told: dict[str, object] = {
        "case": case.id,
        "status": case.status,
        "opened_at": case.opened_at.isoformat(),
        "you": [role for role, there in _roles(case, person_id) if there],
        "channel": case.place,
        "link": case.link,
    }
    if author:
        flags = [{"misconception": f.misconception, "outcome": f.outcome, "quote": f.quote} for f in case.flags]
        told |= {"name": case.author.name, "text": case.text, "flags": flags, "correction": case.correction}
    notes = [r.note for r in case.reports if r.by.id == person_id]
    return told | ({"your_note": notes[0]} if notes else {})


def _roles(case: Case, person_id: str) -> Sequence[tuple[str, bool]]:
    people = (
        ("wrote the message", case.author),
        ("took it", case.holder),
        ("decided", case.decided_by),
        ("agreed", case.confirmed_by),
        ("answered it", case.answered_by),
        *(("reported it", r.by) for r in case.reports),
    )
    return [(role, person is not None and person.id == person_id) for role, person in people]
