"""Cases as tables for other programs: no message text, no names of members."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from bot.core.review import Case

FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # what spreadsheets take for the beginning of a formula


def as_json(cases: Sequence[Case]) -> str:
    """One list of objects."""
    return json.dumps([_row(c) for c in cases], indent=1, ensure_ascii=False)


def as_csv(cases: Sequence[Case]) -> str:
    """One line a case, with a head line; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    rows = [_row(c) for c in cases]
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(row[column]) for column in _COLUMNS] for row in rows)
    return out.getvalue()


_COLUMNS = (
    "case", "platform", "workspace", "channel", "status", "severity", "probability", "flags", "opened_at",
    "decided_at", "minutes_to_decision", "decided_by", "reason", "correction", "repeats", "reports", "pack_revision",
)  # fmt: skip


def _row(case: Case) -> dict[str, Any]:
    wait = case.decided_at - case.opened_at if case.decided_at else None
    return {
        "case": case.id,
        "platform": case.key.platform,
        "workspace": case.key.workspace,
        "channel": case.place,
        "status": case.status.value,
        "severity": case.severity.value,
        "probability": round(case.probability, 3),
        "flags": " ".join(f"{f.misconception}:{f.outcome.value}" for f in case.flags),
        "opened_at": case.opened_at.isoformat(),
        "decided_at": case.decided_at.isoformat() if case.decided_at else "",
        "minutes_to_decision": round(wait.total_seconds() / 60, 1) if wait else "",
        "decided_by": case.decided_by.name if case.decided_by else "",
        "reason": case.reason.value if case.reason else "",
        "correction": case.way.value if case.correction else "",
        "repeats": case.repeats,
        "reports": len(case.reports),
        "pack_revision": case.pack_revision,
    }


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
