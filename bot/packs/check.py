"""Everything that can be said about a pack on disk today, errors and warnings."""

from datetime import date
from pathlib import Path

from bot.core.content_checks import review_remarks
from bot.packs.problems import Problem
from bot.packs.read import examine


def check_pack(folder: Path, *, today: date) -> tuple[Problem, ...]:
    """Every problem of the pack in `folder`, in the order of its files and lines."""
    reading = examine(folder)
    dated = reading.located(review_remarks(reading.pack, today)) if reading.pack else ()
    return tuple(sorted((*reading.problems, *dated), key=lambda p: (p.file, p.line, p.column)))
