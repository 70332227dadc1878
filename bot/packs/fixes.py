"""Mends what can be mended without asking: the new line is shown before it is written."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.packs.problems import How, Mend, Problem
from bot.packs.tree import Unreadable, read_tree
from bot.packs.write import NotWritten, replace_file

GONE = None  # instead of a line that is to be dropped
Mended = tuple[bool, str | None]  # whether it can be mended, and the new line or GONE

_IN_BRACKETS = re.compile(r"[^,\]}]+")
_TO_THE_END = re.compile(r".*?(?=\s+#|\s*$)")
_KEY = re.compile(r"^(\s*(?:- +)*[\w-]+:[ ]+)(.*?)(\s*)$")
_ITEM = re.compile(r"^\s*- +\S")


def mended(problem: Problem, line: str) -> Mended:
    """The line of the problem, mended."""
    mend = problem.mend
    if mend is None or problem.column > len(line) + 1:
        return False, line
    if mend.how is How.DROP:
        return bool(_ITEM.match(line)) and "[" not in line, GONE
    head, rest = line[: problem.column - 1], line[problem.column - 1 :]
    tail = _TAILS[mend.how](mend, head, rest)
    if tail is not None:
        return True, head + tail
    whole = _LINES[mend.how](line) if mend.how in _LINES else None
    return (True, whole) if whole not in (None, line) else (False, line)


def mend_all(problems: Sequence[Problem]) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Write every mend, at most one for each line; what was mended, and why a file could not be written."""
    done: list[Problem] = []
    refused: list[str] = []
    files: dict[str, dict[int, Problem]] = defaultdict(dict)
    for problem in problems:
        if problem.mend:
            files[problem.file].setdefault(problem.line, problem)
    for file, by_line in files.items():
        try:
            done += _mend_file(Path(file), by_line)
        except NotWritten as error:
            refused.append(str(error))
    return tuple(done), tuple(refused)


def _mend_file(path: Path, by_line: Mapping[int, Problem]) -> list[Problem]:
    before = path.read_bytes()
    lines = before.decode("utf-8-sig", "replace").split("\n")
    done = []
    for number in sorted(by_line, reverse=True):
        able, line = mended(by_line[number], lines[number - 1].removesuffix("\r"))
        if able:
            ending = "\r" if lines[number - 1].endswith("\r") else ""
            lines[number - 1 : number] = [] if line is GONE else [line + ending]
            done.append(by_line[number])
    after = (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + "\n".join(lines).encode()
    if not done or not _no_worse(before, after):
        return []
    replace_file(path, after, known=before)
    return done[::-1]


def _no_worse(before: bytes, after: bytes) -> bool:
    """Whether YAML can be read now, or at least fails of something else or further on."""
    old, new = _flaw(before), _flaw(after)
    return new is None or (old is not None and (new.message != old.message or new.spot > old.spot))


def _flaw(data: bytes) -> Unreadable | None:
    try:
        read_tree(data)
    except Unreadable as error:
        return error
    return None


def _swap(mend: Mend, head: str, rest: str) -> str | None:
    quote = rest[:1] if rest[:1] in ("'", '"') else ""
    start = quote + mend.old
    return quote + mend.new + rest[len(start) :] if rest.startswith(start) else None


def _value(head: str, rest: str) -> str:
    """The plain value that begins there."""
    inside = head.count("[") + head.count("{") > head.count("]") + head.count("}")
    found = (_IN_BRACKETS if inside else _TO_THE_END).match(rest)
    return found.group().rstrip() if found else ""


def _quote(mend: Mend, head: str, rest: str) -> str | None:
    value = _value(head, rest)
    return _quoted(value) + rest[len(value) :] if value and '"' not in value else None


def _bracket(mend: Mend, head: str, rest: str) -> str | None:
    value = _value(head, rest)
    plain = value and not re.search(r"[\[\]{}|>]|: ", value)
    return f"[{value}]{rest[len(value) :]}" if plain else None


def _remove(mend: Mend, head: str, rest: str) -> str | None:
    return rest[1:] if rest[:1] == mend.old else None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _not_here(mend: Mend, head: str, rest: str) -> str | None:
    return None


_TAILS: Mapping[How, Callable[[Mend, str, str], str | None]] = {
    How.SWAP: _swap,
    How.QUOTE: _quote,
    How.QUOTE_REST: _not_here,
    How.BRACKET: _bracket,
    How.SPACES: _not_here,
    How.REMOVE: _remove,
}


def _quote_rest(line: str) -> str | None:
    found = _KEY.match(line)
    if not found or not found[2] or found[2][0] in "\"'|>[{":
        return None
    return f"{found[1]}{_quoted(found[2])}{found[3]}"


def _spaces(line: str) -> str:
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].replace("\t", "  ") + text


_LINES: Mapping[How, Callable[[str], str | None]] = {How.QUOTE_REST: _quote_rest, How.SPACES: _spaces}
