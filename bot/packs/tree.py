"""Plain YAML as values with the place of each; whatever could surprise an editor is refused with a hint."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.packs.problems import How, Mend

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12  # levels of lists and keys; content needs four

Path = tuple[str | int, ...]  # keys and list positions, from the top of the file
Spot = tuple[int, int]  # line and column, from 1


class Unreadable(Exception):
    """YAML that a pack may not use."""

    def __init__(self, spot: Spot, message: str, hint: str, mend: Mend | None = None) -> None:
        super().__init__(message)
        self.spot, self.message, self.hint, self.mend = spot, message, hint, mend


@dataclass(frozen=True, slots=True)
class Tree:
    """The values of one file and where they stand."""

    value: Any = None
    values: Mapping[Path, Spot] = field(default_factory=dict)
    keys: Mapping[Path, Spot] = field(default_factory=dict)
    repeats: Mapping[Path, Spot] = field(default_factory=dict)  # keys that are there twice: the second one
    text: str = ""  # of the file

    def spot(self, path: Path) -> Spot:
        """Where the value stands, or the nearest thing around it."""
        known: Path = ()
        for step in path:  # a step may be missing: `[a, b]` is short for `{say: [a, b]}`
            if (*known, step) in self.values:
                known = (*known, step)
        return self.values.get(known, (1, 1))

    def spot_of(self, path: Path, words: str) -> Spot:
        """Where those words stand in the value, which may run over several lines; or where the value begins."""
        line, column = self.spot(path)
        start = _offset(self.text, line, column)
        found = (
            re.compile(r"\s+".join(map(re.escape, words.split()))).search(self.text, start) if words.strip() else None
        )
        return _place(self.text, found.start()) if found else (line, column)

    def key_spot(self, path: Path) -> Spot:
        """Where the key of the value stands, or the nearest thing around it."""
        return self.keys.get(path) or self.spot(path)


def read_tree(data: bytes) -> Tree:
    """The values of one file. Raises Unreadable."""
    text = _decode(data)
    _refuse_tabs(text)
    builder = _Builder(text)
    try:
        return builder.tree()
    except yaml.MarkedYAMLError as error:
        raise builder.long_quote() or _invalid(error) from None
    except yaml.reader.ReaderError as error:
        odd = text[error.position : error.position + 1]
        mend = Mend(How.REMOVE, odd) if odd else None
        raise Unreadable(_place(text, error.position), "a character that YAML does not allow", _RETYPE, mend) from None


def _invalid(error: yaml.MarkedYAMLError) -> Unreadable:
    what, around = error.problem or "this is no valid YAML", error.context or ""
    # Where something was opened and never closed, its start tells more than the place where that came to light.
    begun = any(sign in around for sign in ("quoted scalar", "simple key", "scanning an a"))  # an alias, an anchor
    unclosed = begun or "expected ','" in what
    mark = error.context_mark if unclosed and error.context_mark else error.problem_mark
    return Unreadable(_spot(mark), _PLAINLY.get(what, what), _remedy(f"{around} {what}"), _mend(what))


def _mend(what: str) -> Mend | None:
    if "mapping values" in what:
        return Mend(How.QUOTE_REST)
    return Mend(How.QUOTE) if "cannot start any token" in what or "alphabetic" in what else None


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable((1, 1), f"the file is larger than {MAX_BYTES // 1024} kB", "Split it into smaller files.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        raise Unreadable(_place(before, len(before)), "the file is not UTF-8 text", "Save it as UTF-8.") from None


def _refuse_tabs(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip():
            column = indent.index("\t") + 1
            raise Unreadable((number, column), "a tab in the indentation", _NO_TABS, Mend(How.SPACES))


class _Builder:
    """Turns the parser's events into values, noting where each of them stands."""

    def __init__(self, text: str) -> None:
        # The parser in C is ten times faster and comes with most installs.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=loader))
        self._text = text
        self._scalars = yaml.SafeLoader("")
        self._values: dict[Path, Spot] = {}
        self._keys: dict[Path, Spot] = {}
        self._repeats: dict[Path, Spot] = {}
        self._last: yaml.Event | None = None

    def long_quote(self) -> Unreadable | None:
        """The likely cause when YAML breaks right after a quoted text that spans lines: its quote was not closed."""
        last = self._last
        if not isinstance(last, yaml.ScalarEvent) or last.style not in ("'", '"'):
            return None
        start, end = _spot(last.start_mark), _spot(last.end_mark)
        if start[0] == end[0]:
            return None
        message = f"the quote that opens here closes only on line {end[0]}"
        return Unreadable(start, message, "A closing quote is missing, or one inside the text needs a \\ before it.")

    def tree(self) -> Tree:
        value = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise Unreadable(_spot(event.start_mark), "a second document", "Remove the `---` line.")
                value = self._value(next(self._events), ())
        return Tree(value, self._values, self._keys, self._repeats, self._text)

    def _value(self, event: yaml.Event, path: Path) -> Any:
        spot = _spot(event.start_mark)
        _refuse_cleverness(event, spot, path)
        self._values[path], self._last = spot, event
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, spot)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._mapping(path)

    def _list(self, path: Path) -> tuple[Any, ...]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return tuple(items)

    def _mapping(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, spot = _key(event), _spot(event.start_mark)
            if key in entries:
                self._repeats[(*path, key)] = spot
            self._keys[(*path, key)] = spot
            entries[key] = self._value(next(self._events), (*path, key))
        return entries

    def _scalar(self, event: yaml.ScalarEvent, spot: Spot) -> Any:
        tag = self._scalars.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        kind = tag.rpartition(":")[2]
        if kind == "bool" and event.value.casefold() not in ("true", "false"):
            return event.value  # `no` in a list of words is a word; the schema knows where yes and no are answers
        if kind not in ("null", "bool", "int", "float", "timestamp"):
            return event.value
        try:
            node = yaml.ScalarNode(tag, event.value)
            return self._scalars.construct_object(node)
        except (ValueError, OverflowError, AttributeError):
            what = "date" if kind == "timestamp" else "number"
            message = f"`{event.value[:40]}` is no {what} that exists"
            raise Unreadable(spot, message, "Correct it, or put it in quotes if it is text.") from None


def _key(event: yaml.Event) -> str:
    spot = _spot(event.start_mark)
    _refuse_cleverness(event, spot, ())
    if not isinstance(event, yaml.ScalarEvent):
        raise Unreadable(spot, "a key must be a word", "Write `key: value`.")
    return str(event.value)


def _refuse_cleverness(event: yaml.Event, spot: Spot, path: Path) -> None:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(spot, f"an alias (`*{anchor}`)", "Write the text out, or put it in quotes.", Mend(How.QUOTE))
    if anchor:
        raise Unreadable(spot, f"an anchor (`&{anchor}`)", "Write the text out, or put it in quotes.", Mend(How.QUOTE))
    if tag:
        raise Unreadable(spot, f"a tag (`{tag}`)", "Leave the tag out, or put the text in quotes.", Mend(How.QUOTE))
    if len(path) > MAX_DEPTH:
        raise Unreadable(spot, f"more than {MAX_DEPTH} levels of lists and keys", "Check the indentation.")


def _spot(mark: Any) -> Spot:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _offset(text: str, line: int, column: int) -> int:
    """The position of a line and column in the text."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _place(text: str, position: int) -> Spot:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


_PLAINLY = {
    "did not find expected key": "this does not fit the lines above it",
    "did not find expected '-' indicator": "this does not fit the list above it",
    "mapping values are not allowed in this context": "a colon where YAML does not expect one",
    "did not find expected ',' or ']'": "the list that opens here is not closed, or lacks a comma",
    "did not find expected ',' or '}'": "the braces that open here are not closed, or lack a comma",
    "could not find expected ':'": "a key without a colon",
    "found unexpected end of stream": "a quote that opens here is never closed",
}
_NO_TABS = "Use spaces; YAML does not allow tabs."
_RETYPE = "Delete the character and type it again."
_REMEDIES = {
    "mapping values": "A text with a colon in it needs quotes.",
    "cannot start any token": "A text that starts with this character needs quotes.",
    "block end": 'Check the indentation, and that quotes inside a quoted text are written \\".',
    "block mapping": 'Check the indentation, and that quotes inside a quoted text are written \\".',
    "expected ':'": "Each key needs a colon after it.",
    "quoted scalar": "A closing quote is missing.",
    "alias": "A text that starts with * or & needs quotes.",
    "anchor": "A text that starts with * or & needs quotes.",
    "']'": "A list in brackets needs commas between its items, and a closing bracket.",
    "'}'": "Braces need commas between their entries, and a closing brace.",
}


def _remedy(what: str) -> str:
    return next((r for sign, r in _REMEDIES.items() if sign in what), "Check indentation, quotes and colons.")
