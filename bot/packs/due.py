"""The `content due` command: what somebody should look at again, and when."""

import argparse
import json
from datetime import UTC, datetime

from bot.core.reviews import Due, due
from bot.packs.read import read_pack
from bot.settings import Settings

FINE, FOUND = 0, 1  # exit statuses


def list_due(options: argparse.Namespace, settings: Settings) -> int:
    """Print what is due, the longest overdue first; FOUND where something is overdue. Raises PackErrors."""
    today = datetime.now(UTC).date()
    pack = read_pack(settings.content)
    found = due(pack, today)
    if options.json:
        print(json.dumps([_object(d, late=d.late(today)) for d in found], indent=2))
    else:
        print(*[d.line(today) for d in found] or ["Nothing is due in the next 30 days."], sep="\n")
        undated = sum(m.stage.maintained and not m.reviewed_on for m in pack.misconceptions.values())
        if undated:
            print(f"({undated} misconceptions have no `reviewed_on:`, so they are never listed here.)")
    return FOUND if any(d.late(today) for d in found) else FINE


def _object(entry: Due, *, late: bool) -> dict[str, object]:
    return {"kind": entry.kind, "id": entry.id, "on": entry.on.isoformat(), "late": late, "why": entry.why}
