"""The `check` command: prints what is wrong with a pack, for people or for programs, and mends what it may."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from bot.core.content_checks import Level
from bot.core.content_report import stage_lines
from bot.core.pack import Misconception, Stage, Topic
from bot.packs.check import Also, ScreensOf, check_pack
from bot.packs.fixes import GONE, mend_all, mended
from bot.packs.problems import Problem
from bot.packs.read import examine

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses
ROUNDS = 12  # mending one thing may bring the next to light
WIDTH = 100  # characters of an offending line that are shown


@dataclass(frozen=True, slots=True)
class Options:
    """How to check. `extra` are problems found elsewhere, such as links that lead nowhere."""

    today: date
    as_json: bool = False
    fix: bool = False
    screens_of: ScreensOf | None = None
    also: Also | None = None
    extra: tuple[Problem, ...] = ()


def check(folder: Path, options: Options, out: TextIO) -> int:
    """Print every problem of the pack in `folder`; FOUND when one of them is an error."""
    if not folder.is_dir():
        print(f"There is no folder {folder}.", file=out)
        return COULD_NOT
    notes = _mend(folder, options.today) if options.fix else ()
    found = check_pack(folder, today=options.today, screens_of=options.screens_of, also=options.also)
    problems = (*found, *options.extra)
    lines = {file: _lines(Path(file)) for file in {p.file for p in problems}}
    for problem in problems:
        print(_object(problem, lines) if options.as_json else _paragraph(problem, lines), file=out)
    if not options.as_json:
        print(*notes, _summary(folder, problems, lines), *_stages(folder), sep="\n", file=out)
    return FOUND if _count(problems, Level.ERROR) else FINE


def _mend(folder: Path, today: date) -> tuple[str, ...]:
    """Mend until nothing more can be; a line on each thing that was mended, or that could not be."""
    notes: list[str] = []
    for _ in range(ROUNDS):
        done, refused = mend_all(check_pack(folder, today=today))
        notes += [f"Mended {p.file}:{p.line}: {p.message}." for p in done]
        if refused or not done:
            return (*notes, *refused)
    return tuple(notes)


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff").split("\n") if path.is_file() else ()
    except OSError:
        return ()


def _offending(problem: Problem, lines: Mapping[str, Sequence[str]]) -> str:
    """The line that the problem is in; empty where there is none."""
    known = lines[problem.file]
    return known[problem.line - 1].rstrip("\r") if problem.line <= len(known) else ""


def _fix(problem: Problem, line: str) -> str | None:
    """What the line becomes; empty when it goes away, None when a person has to decide."""
    able, new = mended(problem, line)
    return (new if new is not GONE else "") if able else None


def _object(problem: Problem, lines: Mapping[str, Sequence[str]]) -> str:
    line = _offending(problem, lines)
    values = {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "rule": problem.rule,
        "message": problem.message,
        "text": line,
        "hint": problem.hint,
        "fix": _fix(problem, line),
        "trace": problem.trace,
    }
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace").decode()


def _paragraph(problem: Problem, lines: Mapping[str, Sequence[str]]) -> str:
    warning = "warning: " if problem.severity is Level.WARNING else ""
    head = f"{problem.file}:{problem.line}:{problem.column}: {warning}{problem.message} [{problem.rule}]"
    text = "\n    ".join((head, *_below(problem, _offending(problem, lines))))
    return text.encode("utf-8", "replace").decode()


def _below(problem: Problem, line: str) -> Iterator[str]:
    if line.strip():
        start = max(0, min(problem.column - 1 - WIDTH // 2, len(line) - WIDTH)) if len(line) > WIDTH else 0
        cut = line[start : start + WIDTH]
        yield f"| {''.join(c if c.isprintable() else '�' for c in cut)}"
        yield f"| {' ' * (problem.column - 1 - start)}^"
    if problem.hint:
        yield problem.hint
    fix = _fix(problem, line)
    if fix is not None:
        yield f"--fix writes: {fix.strip()}" if fix else "--fix removes this line."
    yield from (f"  {step}" for step in problem.trace)


def _summary(folder: Path, problems: tuple[Problem, ...], lines: Mapping[str, Sequence[str]]) -> str:
    if not problems:
        return f"{folder} is fine."
    errors, warnings = _count(problems, Level.ERROR), _count(problems, Level.WARNING)
    able = sum(_fix(p, _offending(p, lines)) is not None for p in problems)
    offer = f" {able} can be mended with --fix." if able else ""
    return f"{folder}: {_many(errors, 'error')}, {_many(warnings, 'warning')}.{offer}"


def _stages(folder: Path) -> Iterator[str]:
    """Entries that are not live, with their stage; nothing where all are."""
    pack = examine(folder).pack
    entries: list[Misconception | Topic] = [*pack.misconceptions.values(), *pack.topics.values()] if pack else []
    resting = [f"  {e.stage}: {e.id}" for e in entries if e.stage is not Stage.LIVE]
    if pack and resting:
        yield from (*stage_lines(pack), *resting)


def _count(problems: tuple[Problem, ...], level: Level) -> int:
    return sum(p.severity is level for p in problems)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
