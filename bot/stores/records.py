"""Cases as rows: what is a column, and what travels as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from bot.core.message import MessageKey, Person
from bot.core.pack import Severity
from bot.core.review import (
    Act,
    Case,
    Correction,
    Duty,
    Flag,
    HistoryEntry,
    Outcome,
    Overruled,
    Reason,
    Report,
    Status,
    closed_at,
)
from bot.ports import OutboxEntry
from bot.stores.driver import Row


def stamp(at: datetime) -> str:
    """UTC in a form that sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def wakes_at(case: Case) -> str | None:
    at = case.lease_until or case.snoozed_until
    return stamp(at) if at else None


def decided_at(case: Case) -> str | None:
    return stamp(case.decided_at) if case.decided_at else None


def closes_at(case: Case) -> str | None:
    at = closed_at(case)
    return stamp(at) if at else None


def body_of(case: Case) -> str:
    """The part of a case that is never searched, as JSON."""
    return json.dumps(
        {
            "author": asdict(case.author),
            "text": case.text,
            "place": case.place,
            "link": case.link,
            "reply_to": case.reply_to,
            "pack_revision": case.pack_revision,
            "flags": [asdict(f) for f in case.flags],
            "holder": asdict(case.holder) if case.holder else None,
            "lease_until": stamp(case.lease_until) if case.lease_until else None,
            "snoozed_until": stamp(case.snoozed_until) if case.snoozed_until else None,
            "decided_by": asdict(case.decided_by) if case.decided_by else None,
            "decided_at": stamp(case.decided_at) if case.decided_at else None,
            "reason": case.reason,
            "correction": case.correction,
            "way": case.way,
            "made_of": case.made_of,
            "deletes": case.deletes,
            "confirmed_by": asdict(case.confirmed_by) if case.confirmed_by else None,
            "repeats": case.repeats,
            "reports": [asdict(r) for r in case.reports],
            "answered_by": asdict(case.answered_by) if case.answered_by else None,
            "answer_link": case.answer_link,
            "appealed": case.appealed,
            "overruled": _overruled_body(case.overruled) if case.overruled else None,
            "urgent": case.urgent,
        }
    )


def case_of_row(row: Row, text: str) -> Case:
    """The case of a row whose body, unsealed, is `text`."""
    body = json.loads(text)
    opened_at = moment(row["opened_at"])
    assert opened_at is not None
    return Case(
        id=row["id"],
        key=MessageKey(row["platform"], row["workspace"], row["channel"], row["message"]),
        version=row["version"],
        status=Status(row["status"]),
        opened_at=opened_at,
        notice_ref=row["notice_ref"],
        correction_ref=row["correction_ref"],
        correction_link=row["correction_link"],
        fingerprint=row["fingerprint"],
        folded_into=row["folded_into"],
        author=Person(**body["author"]),
        text=body["text"],
        place=body["place"],
        link=body["link"],
        reply_to=body["reply_to"],
        pack_revision=body["pack_revision"],
        flags=tuple(_flag(f) for f in body["flags"]),
        holder=_person(body["holder"]),
        lease_until=moment(body["lease_until"]),
        snoozed_until=moment(body["snoozed_until"]),
        decided_by=_person(body["decided_by"]),
        decided_at=moment(body["decided_at"]),
        reason=Reason(body["reason"]) if body["reason"] else None,
        correction=body["correction"],
        way=Correction(body.get("way", Correction.REPLY)),  # rows of the first release know replies only
        made_of=tuple((name, mark) for name, mark in body.get("made_of", ())),
        deletes=body.get("deletes", False),
        confirmed_by=_person(body.get("confirmed_by")),
        repeats=body.get("repeats", 0),
        reports=tuple(Report(Person(**r["by"]), r["note"]) for r in body.get("reports", ())),
        answered_by=_person(body.get("answered_by")),
        answer_link=body.get("answer_link", ""),
        appealed=body.get("appealed", False),
        overruled=_overruled(body.get("overruled")),
        urgent=body.get("urgent", ""),
    )


def entry_of_row(row: Row, detail: str) -> HistoryEntry:
    """The entry of a row whose detail, unsealed, is `detail`."""
    at = moment(row["at"])
    assert at is not None
    return HistoryEntry(
        case_id=row["case_id"],
        act=Act(row["act"]),
        by=Person(row["by_id"], row["by_name"]),
        at=at,
        detail=detail,
        pack_revision=row["pack_revision"],
    )


def entry_owed(row: Row, *, claimed_by: str | None = None) -> OutboxEntry:
    """What the row owes; `claimed_by` is who takes it over now from whom the row names."""
    due_at = moment(row["due_at"])
    assert due_at is not None
    before = row["claimed_by"]
    return OutboxEntry(
        row["id"],
        row["case_id"],
        Duty(row["duty"]),
        row["attempts"],
        due_at,
        claimed_by=before if claimed_by is None else claimed_by,
        doubtful=claimed_by is not None and before != "",
    )


def _overruled_body(overruled: Overruled) -> dict[str, Any]:
    at = overruled.decided_at
    return asdict(overruled) | {"decided_at": stamp(at) if at else None}


def _overruled(value: Any) -> Overruled | None:
    if not value:
        return None
    return Overruled(
        correction=value["correction"],
        upheld=tuple(value["upheld"]),
        decided_by=_person(value["decided_by"]),
        decided_at=moment(value["decided_at"]),
        confirmed_by=_person(value["confirmed_by"]),
    )


def _person(value: Any) -> Person | None:
    return Person(**value) if value else None


def _flag(value: Mapping[str, Any]) -> Flag:
    flag = Flag(**value)
    return replace(flag, severity=Severity(flag.severity), outcome=Outcome(flag.outcome))
