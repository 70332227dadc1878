"""Everything that can be said about a pack on disk today, errors and warnings."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from bot.core.content_checks import Remark, review_remarks
from bot.core.pack import Pack
from bot.core.screening_checks import Screens, screening_remarks
from bot.core.wording_checks import wording_remarks
from bot.packs.problems import Problem
from bot.packs.read import Reading, examine
from bot.packs.readability import readability_remarks

ScreensOf = Callable[[Pack], Screens]
Also = Callable[[Pack], Iterable[Remark]]


def check_pack(
    folder: Path, *, today: date, screens_of: ScreensOf | None = None, also: Also | None = None
) -> tuple[Problem, ...]:
    """Every problem of the pack in `folder`, in the order of its files and lines.

    Its examples and texts are screened where `screens_of` makes a screener for the pack; `also` finds more, such as
    what a platform would cut.
    """
    reading = examine(folder)
    more = reading.located(also(reading.pack)) if also and reading.pack else ()
    found = (*reading.problems, *_beyond_errors(reading, today, screens_of), *more)
    return tuple(sorted(found, key=lambda p: (p.file, p.line, p.column)))


def _beyond_errors(reading: Reading, today: date, screens_of: ScreensOf | None) -> tuple[Problem, ...]:
    """What a pack may be used in spite of."""
    pack = reading.pack
    if pack is None:
        return ()
    remarks = [*review_remarks(pack, today), *wording_remarks(pack), *readability_remarks(pack)]
    if screens_of:
        remarks += screening_remarks(pack, screens_of(pack))
    return reading.located(remarks)
