"""The `evaluate` command: screens labelled messages and tells how well it went, in words, JSON or a picture."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from bot.core.evaluation import Counts, Interval, Judged, Report, evaluate
from bot.core.reader import Screener

FINE, COULD_NOT = 0, 2  # exit statuses
WORST = 10  # misconceptions named in the text


class ExamplesUnusable(ValueError):
    """A file of labelled messages can't be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line of a file of examples."""

    id: str
    text: str
    labels: frozenset[str]
    kind: str
    reply_to: str


def read_examples(paths: Sequence[Path], known: Mapping[str, object]) -> list[Labelled]:
    """The messages of JSON-lines files. Raises ExamplesUnusable with file and line."""
    return [example for path in paths for example in _read_file(path, known)]


def judge(screener: Screener, examples: Sequence[Labelled], progress: TextIO | None = None) -> list[Judged]:
    """Screen each message; `screener` should tell every probability (shadow=0). Progress goes to `progress`."""
    judged = []
    for number, example in enumerate(examples, start=1):
        screening = screener.screen(example.text, reply_to=example.reply_to)
        probabilities = {f.misconception: f.probability for f in (*screening.findings, *screening.shadows)}
        judged.append(
            Judged(example.id, example.text, example.labels, example.kind, probabilities, reply_to=example.reply_to)
        )
        if progress and (number % 50 == 0 or number == len(examples)):
            print(f"\rscreened {number} of {len(examples)} messages", end="", file=progress, flush=True)
    if progress and examples:
        print(file=progress)
    return judged


def run(screener: Screener, paths: Sequence[Path], known: Mapping[str, object], options: Any, threshold: float) -> int:
    """Evaluate and print. Raises ExamplesUnusable."""
    examples = read_examples(paths, known)
    progress = sys.stderr if sys.stderr.isatty() else None
    report = evaluate(judge(screener, examples, progress), threshold=threshold)
    if options.json:
        print(json.dumps(as_json(report), ensure_ascii=False, indent=2))
    else:
        tell(report, screener, sys.stdout)
    if options.plot:
        from bot.plots import draw_evaluation  # needs matplotlib, which only this needs

        draw_evaluation(report, options.plot)
        print(f"wrote {options.plot}", file=sys.stderr)
    return FINE


def as_json(report: Report) -> dict[str, Any]:
    """The report without messages' texts: ids name them."""
    return {
        "messages": report.messages,
        "threshold": report.threshold,
        "precision": asdict(report.precision),
        "recall": asdict(report.recall),
        "f1": asdict(report.f1),
        "near_misses_flagged": asdict(report.near_miss_share),
        "macro_f1": report.macro_f1,
        "by_kind": {kind: _counts_json(c) for kind, c in report.by_kind.items()},
        "by_misconception": {name: _counts_json(c) for name, c in report.by_misconception.items()},
        "curve": [dict(zip(("threshold", "precision", "recall"), point, strict=True)) for point in report.curve],
        "reliability": [asdict(b) for b in report.reliability],
        "wrong": [{"id": j.id, "misconception": m, "probability": j.probabilities[m]} for j, m in report.wrong],
        "missed": [
            {"id": j.id, "misconception": m, "probability": j.probabilities.get(m, 0)} for j, m in report.missed
        ],
    }


def tell(report: Report, screener: Screener, out: TextIO) -> None:
    """The report for people."""
    print(f"{report.messages} messages, threshold {report.threshold}", file=out)
    for name, value in _headline(report):
        print(f"  {name:<22} {_shown(value)}", file=out)
    print(f"  {'macro F1':<22} {report.macro_f1:.3f}", file=out)
    print("\nby kind                 messages' flags: right  wrong  missed  recall  near misses flagged", file=out)
    for kind, counts in report.by_kind.items():
        print(f"  {kind:<22} {_row(counts)}", file=out)
    print("\nworst misconceptions", file=out)
    for name, counts in list(report.by_misconception.items())[:WORST]:
        print(f"  {name:<40} F1 {counts.f1:.2f}  wrong {counts.wrong}  missed {counts.missed}", file=out)
    _tell_errors("flagged, but not labelled", report.wrong, screener, out)
    _tell_errors("labelled, but not flagged", report.missed, screener, out)


def _headline(report: Report) -> Iterator[tuple[str, Interval]]:
    yield "F1", report.f1
    yield "precision", report.precision
    yield "recall", report.recall
    yield "near misses flagged", report.near_miss_share


def _shown(interval: Interval) -> str:
    return f"{interval.value:.3f}  (95% {interval.low:.3f} to {interval.high:.3f})"


def _row(c: Counts) -> str:
    near = f"{c.near_misses_flagged} of {c.near_misses}" if c.near_misses else "-"
    recall = f"{c.recall:.2f}" if c.right + c.missed else "-"
    return f"{'':>17}{c.right:>5}  {c.wrong:>5}  {c.missed:>6}  {recall:>6}  {near}"


def _tell_errors(title: str, errors: Sequence[tuple[Judged, str]], screener: Screener, out: TextIO) -> None:
    print(f"\n{title}: {len(errors)}", file=out)
    for message, name in errors:
        print(f"- {message.id} ({message.kind}) {name} {message.probabilities.get(name, 0):.2f}", file=out)
        print(f"  {' '.join(message.text.split())}", file=out)
        for line in screener.screen(message.text, reply_to=message.reply_to, trace=True).trace:
            if line.startswith(name):
                print(f"  | {line}", file=out)


def _counts_json(counts: Counts) -> dict[str, Any]:
    return asdict(counts) | {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}


def _read_file(path: Path, known: Mapping[str, object]) -> Iterator[Labelled]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesUnusable(f"{path} can't be read: {type(error).__name__}.") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _example(line, f"{path}:{number}", known)


def _example(line: str, where: str, known: Mapping[str, object]) -> Labelled:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ExamplesUnusable(f"{where}: this line is not JSON ({error}).") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise ExamplesUnusable(f'{where}: should be an object like {{"id": "1", "text": "…", "labels": []}}.')
    labels = given.get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ExamplesUnusable(f"{where}: labels should be a list of misconceptions' ids.")
    for label in labels:
        if label not in known:
            raise ExamplesUnusable(f"{where}: there is no misconception {label}. See content/ for their ids.")
    reply_to = given.get("reply_to") or ""
    if not isinstance(reply_to, str):
        raise ExamplesUnusable(f"{where}: reply_to should be text.")
    return Labelled(
        id=str(given.get("id", where)),
        text=given["text"],
        labels=frozenset(labels),
        kind=str(given.get("kind") or "?"),
        reply_to=reply_to,
    )
