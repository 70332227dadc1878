"""The commands for people who edit content: new, try and render."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from bot.core.pack import Misconception, Pack, Stage
from bot.core.reader import Screener
from bot.editing.begin import Desk, begin_misconception, begin_topic, write_entry
from bot.editing.trying import NoSuchEntry, known, tries
from bot.packs.read import read_pack
from bot.packs.write import NotWritten

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses
CLEAR = "\x1b[2J\x1b[H"  # an empty screen, on terminals

_STAGES = {
    Stage.DRAFT: "a draft: it is checked, and not used yet",
    Stage.SHADOW: "in shadow: it is looked for and counted, and nobody sees it",
    Stage.LIVE: "live",
    Stage.PAUSED: "paused: it is not looked for",
    Stage.RETIRED: "retired: it is kept for earlier cases, and not looked for",
}
ScreenerOf = Callable[[Pack], Screener]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `render` should write, and where; what is None is not wanted."""

    html: Path | None = None
    sheet: Path | None = None
    claim_review: Path | None = None
    publisher: str = ""
    url: str = ""


def new(folder: Path, kind: str, *, today: date, out: TextIO) -> int:
    """Ask for a misconception or a topic and write its file. Raises PackErrors while the pack is broken."""
    desk = Desk(read_pack(folder), ask=input, tell=lambda words: print(words, file=out))
    try:
        name, text = begin_topic(desk, today) if kind == "topic" else begin_misconception(desk)
        path = write_entry(folder, f"{kind}s", name, text)
    except EOFError:
        print("\nNothing was written.", file=out)
        return COULD_NOT
    except NotWritten as error:
        print(error, file=out)
        return FOUND
    print(f"Written: {path}\nSee how it does while you edit it: python -m bot try {name}", file=out)
    return FINE


def try_out(folder: Path, name: str, screener_of: ScreenerOf, *, once: bool, out: TextIO) -> int:
    """Show how the entry does, again after each change, until Ctrl+C. Raises PackErrors at the first look."""
    try:
        for lines in tries(folder, name, screener_of):
            print(f"{CLEAR if out.isatty() else ''}{chr(10).join(lines)}", file=out)
            if once:
                return FINE
            print("\nWatching the folder; Ctrl+C ends this.", file=out, flush=True)
    except NoSuchEntry as error:
        print(error, file=sys.stderr)
        return COULD_NOT
    except KeyboardInterrupt:
        pass
    return FINE


def render(folder: Path, name: str, screener_of: ScreenerOf, wanted: Wanted, *, out: TextIO) -> int:
    """Show the entry as every platform shows it, or write what is wanted. Raises PackErrors."""
    from bot.editing.documents import claim_review, fact_sheet, preview_page  # cost half a second to import
    from bot.editing.previews import previews

    pack = read_pack(folder)
    try:
        entry = known(pack, name)
    except NoSuchEntry as error:
        print(error, file=sys.stderr)
        return COULD_NOT
    if wanted.claim_review and not isinstance(entry, Misconception):
        print(f"{name} is a topic; a ClaimReview is about a claim, so it needs a misconception.", file=sys.stderr)
        return COULD_NOT
    files: list[tuple[Path, str]] = []
    if wanted.sheet:
        files.append((wanted.sheet, fact_sheet(entry, pack)))
    if wanted.claim_review and isinstance(entry, Misconception):
        files.append((wanted.claim_review, claim_review(entry, pack, publisher=wanted.publisher, url=wanted.url)))
    if wanted.html or not files:
        shown = previews(entry, pack, screener_of(pack))
        if wanted.html:
            files.append((wanted.html, preview_page(f"{pack.title}: {name} ({entry.stage})", shown)))
        else:
            print(f"{name}: {_STAGES[entry.stage]}\n", file=out)
            print(*(f"=== {p.platform}: {p.what}\n{p.text}\n" for p in shown), sep="\n", file=out)
    return _write(files, out)


def _write(files: list[tuple[Path, str]], out: TextIO) -> int:
    for path, text in files:
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            print(f"{path} can't be written ({error.strerror}).", file=sys.stderr)
            return COULD_NOT
        print(f"Written: {path}", file=out)
    return FINE
