"""The `check` command: prints what is wrong with a pack, for people or for programs."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TextIO

from bot.core.content_checks import Level
from bot.packs.check import check_pack
from bot.packs.problems import Problem

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses


def check(folder: Path, *, as_json: bool, today: date, out: TextIO) -> int:
    """Print every problem of the pack in `folder`; FOUND when one of them is an error."""
    if not folder.is_dir():
        print(f"There is no folder {folder}.", file=out)
        return COULD_NOT
    problems = check_pack(folder, today=today)
    for problem in problems:
        print(json.dumps(asdict(problem), ensure_ascii=False) if as_json else problem, file=out)
    if not as_json:
        print(_summary(folder, problems), file=out)
    return FOUND if _count(problems, Level.ERROR) else FINE


def _summary(folder: Path, problems: tuple[Problem, ...]) -> str:
    errors, warnings = _count(problems, Level.ERROR), _count(problems, Level.WARNING)
    if not problems:
        return f"{folder} is fine."
    return f"{folder}: {_many(errors, 'error')}, {_many(warnings, 'warning')}."


def _count(problems: tuple[Problem, ...], level: Level) -> int:
    return sum(p.severity is level for p in problems)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
