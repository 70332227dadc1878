"""`evaluate --urgent`: how many emergencies of a file of labelled messages are seen, and how many look-alikes."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from bot.core.urgent import UrgentReader
from bot.evaluate import ExamplesUnusable


@dataclass(frozen=True, slots=True)
class Told:
    """A labelled message and what the reader makes of it."""

    id: str
    text: str
    kind: str
    part: str  # "tuning", or "unseen": written before the reader, and never tuned on
    urgent: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one part of the file."""

    emergencies: int
    seen: int
    right_text: int  # of those seen, how many get the urgent text that they call for
    look_alikes: int
    false_alarms: int


def judged(reader: UrgentReader, path: Path, known: Collection[str]) -> list[Told]:
    """Read each message of a JSON-lines file. Raises ExamplesUnusable with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesUnusable(f"{path} can't be read: {type(error).__name__}.") from None
    return [_judged(reader, line, f"{path}:{n}", known) for n, line in enumerate(lines, start=1) if line.strip()]


def figures(told: Sequence[Told]) -> Figures:
    emergencies = [t for t in told if t.urgent]
    look_alikes = [t for t in told if not t.urgent]
    return Figures(
        emergencies=len(emergencies),
        seen=sum(t.found is not None for t in emergencies),
        right_text=sum(t.found == t.urgent for t in emergencies),
        look_alikes=len(look_alikes),
        false_alarms=sum(t.found is not None for t in look_alikes),
    )


def tell(told: Sequence[Told], out: TextIO, *, errors: bool = True) -> None:
    """The figures of each part, and what went wrong outside the unseen one."""
    parts: dict[str, list[Told]] = defaultdict(list)
    for message in told:
        parts[message.part].append(message)
    for part, messages in parts.items():
        print(f"{part}: {_line(figures(messages))}", file=out)
    for message in _wrong(told) if errors else ():
        print(f"- {message.id} ({message.kind}) {message.urgent} -> {message.found}: {message.text}", file=out)


def _line(f: Figures) -> str:
    return (
        f"{f.seen} of {f.emergencies} emergencies seen ({_share(f.seen, f.emergencies)}),"
        f" {f.right_text} with the right text; {f.false_alarms} of {f.look_alikes} look-alikes taken for one"
        f" ({_share(f.false_alarms, f.look_alikes)})"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _wrong(told: Sequence[Told]) -> Iterator[Told]:
    """Errors on unseen messages stay unseen, or they would soon be tuned on."""
    return (t for t in told if t.found != t.urgent and t.part != "unseen")


def _judged(reader: UrgentReader, line: str, where: str, known: Collection[str]) -> Told:
    try:
        given: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ExamplesUnusable(f"{where}: this line is not JSON ({error}).") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise ExamplesUnusable(f'{where}: should be an object like {{"id": "1", "text": "…", "urgent": null}}.')
    urgent = given.get("urgent")
    if urgent is not None and urgent not in known:
        raise ExamplesUnusable(f"{where}: there is no urgent text {urgent}. See safety.yaml for their names.")
    return Told(
        id=str(given.get("id", where)),
        text=given["text"],
        kind=str(given.get("kind", "?")),
        part=str(given.get("part", "all")),
        urgent=urgent,
        found=reader.key(given["text"]),
    )
