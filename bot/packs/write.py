"""Writes content files back: comments, order and every line that was not meant stay as a person wrote them.

Whatever would leave the pack worse than it was is refused, and a file is replaced in one step, so that nobody ever
reads half of it. All functions block; a running bot calls them in a thread.
"""

import io
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path

from ruamel.yaml import YAML, CommentToken
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bot.core.content_checks import Level
from bot.core.pack import Stage
from bot.packs.files import SUFFIXES, Files, collect
from bot.packs.problems import Problem
from bot.packs.read import examine_files

WIDEST = 4096  # characters of a line before it is wrapped: lines stay as long as they were
BOM = b"\xef\xbb\xbf"
_FLUSH_LIST = re.compile(r"^( *)[\w-]+:[ ]*(?:#.*)?\n\1- ", re.MULTILINE)  # hyphens right below their key

Entry = tuple[str, str]  # "topics" or "misconceptions", and an id
Edit = Callable[[CommentedMap], None]


class NotWritten(ValueError):
    """A change that was refused; nothing was written. `problems` say what would have been wrong with the pack."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__("\n".join([message, *map(str, problems)]))
        self.problems = problems


class Examples(StrEnum):
    """The two lists of examples of a misconception."""

    FLAGS = "flags"
    PASSES = "passes"


def add_example(folder: Path, misconception: str, text: str, *, to: Examples) -> Path:
    """Add a message at the end of the list, and return the file. An example that is there already is not doubled.

    Raises NotWritten, for instance where the other list holds the same text.
    """
    words = text.strip()
    if not words:
        raise NotWritten("An example needs some text.")
    return edit(folder, ("misconceptions", misconception), lambda values: _append(values, to, words))


def set_stage(folder: Path, entry: Entry, stage: Stage) -> Path:
    """Say where a misconception (or topic) is in its life, and return the file. Raises NotWritten."""
    return set_value(folder, entry, "stage", stage.value, after="severity", default=Stage.LIVE.value)


def set_value(
    folder: Path, entry: Entry, key: str, value: str | date, *, after: str = "id", default: str | None = None
) -> Path:
    """Set a text or a date, behind the key `after` where it is new, and return the file. Raises NotWritten.

    A value that equals the `default` is not written where the key is missing.
    """
    return edit(folder, entry, lambda values: _set(values, key, value, after, default))


def edit(folder: Path, entry: Entry, change: Edit) -> Path:
    """Apply the change to the entry's file, and return the file. Raises NotWritten; then nothing has changed."""
    files = collect(folder)
    name = _name_of(entry, files.contents)
    before = files.contents[name]
    after = edited(before, change)
    if after != before:
        _refuse_harm(files, {**files.contents, name: after})
        replace_file(folder / name, after, known=before)
    return folder / name


def edited(data: bytes, change: Edit) -> bytes:
    """The file's bytes after the change; lines that it does not touch are kept. Raises NotWritten."""
    text = _text(data)
    plain = text.replace("\r\n", "\n")
    yaml = _yaml(flush=bool(_FLUSH_LIST.search(plain)))
    try:
        values = yaml.load(plain)
    except YAMLError:
        raise NotWritten("The file is no valid YAML. Run `python -m bot check`, and mend it first.") from None
    if not isinstance(values, CommentedMap):
        raise NotWritten("The file should hold keys and values. Run `python -m bot check`.")
    same = _dumped(yaml, values)
    change(values)
    merged = _merged(plain, same, _dumped(yaml, values))
    back = merged.replace("\n", "\r\n") if "\r\n" in text else merged
    return (BOM if data.startswith(BOM) else b"") + back.encode()


def replace_file(path: Path, data: bytes, *, known: bytes | None = None) -> None:
    """Replace the file in one step, keeping its permissions. Raises NotWritten.

    With `known`, a file that no longer holds those bytes is left alone: somebody saved it meanwhile.
    """
    temporary: Path | None = None
    try:
        if known is not None and path.read_bytes() != known:
            raise NotWritten(f"{path} was changed meanwhile. Please try again.")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp", delete=False) as new:
            temporary = Path(new.name)
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                temporary.unlink()
        raise NotWritten(f"{path} can't be written ({error.strerror}). Check its permissions.") from error


def _name_of(entry: Entry, contents: Mapping[str, bytes]) -> str:
    kind, name = entry
    found = next((n for n in (f"{kind}/{name}{suffix}" for suffix in SUFFIXES) if n in contents), None)
    if found is None:
        raise NotWritten(f"There is no file {kind}/{name}.yaml that can be read.")
    return found


def _refuse_harm(files: Files, contents: Mapping[str, bytes]) -> None:
    """No error may be in the pack that was not there before."""
    known = {(p.file, p.rule, p.message) for p in examine_files(files).problems}
    after = examine_files(replace(files, contents=contents)).problems
    new = tuple(p for p in after if p.severity is Level.ERROR and (p.file, p.rule, p.message) not in known)
    if new:
        raise NotWritten("The change would break the content, so it was not written.", new)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotWritten("The file is not UTF-8 text. Save it as UTF-8 first.") from None


def _yaml(*, flush: bool) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDEST
    yaml.indent(mapping=2, sequence=2 if flush else 4, offset=0 if flush else 2)
    return yaml


def _dumped(yaml: YAML, values: CommentedMap) -> str:
    out = io.StringIO()
    yaml.dump(values, out)
    return out.getvalue()


def _merged(original: str, same: str, changed: str) -> str:
    """The change from `same` to `changed` applied to `original`, of which `same` is another layout.

    Where the change falls into lines that are laid out differently, the new layout is taken for all of the file.
    """
    if original == same:
        return changed
    ours, before, after = (text.splitlines(keepends=True) for text in (original, same, changed))
    places = _places(ours, before)
    merged: list[str] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if start not in places or end not in places:
            return changed
        merged += ours[places[start] : places[end]] if kind == "equal" else after[new_start:new_end]
    return "".join(merged)


def _places(ours: list[str], before: list[str]) -> dict[int, int]:
    """Which line of ours begins where a line of `before` does; lines that were laid out anew have none."""
    places = {0: 0, len(before): len(ours)}
    for start, at, size in SequenceMatcher(None, before, ours, autojunk=False).get_matching_blocks():
        places |= {start + n: at + n for n in range(size + 1)}
    return places


def _set(values: CommentedMap, key: str, value: str | date, after: str, default: str | None) -> None:
    if key in values:
        values[key] = value
    elif value != default:
        keys = list(values)
        values.insert(keys.index(after) + 1 if after in keys else len(keys), key, value)


def _append(values: CommentedMap, to: Examples, text: str) -> None:
    if not isinstance(values.get(to), CommentedSeq):
        values[to.value] = CommentedSeq()
    listed = values[to.value]
    if any(_same(text, example) for example in listed if isinstance(example, str)):
        return
    listed.append(DoubleQuotedScalarString(text))
    _keep_comments_below(listed)


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _keep_comments_below(listed: CommentedSeq) -> None:
    """Lines of comment that followed the list still follow it; a comment beside the last item stays beside it."""
    last = len(listed) - 1
    for token in _tokens(listed, last - 1):
        beside, _, below = token.value.partition("\n")
        if below:
            token.value = f"{beside}\n"
            listed.ca.items[last] = [CommentToken(f"\n{below}", CommentMark(0), None), None, None, None]


def _tokens(listed: CommentedSeq, item: int) -> Iterator[CommentToken]:
    token = (listed.ca.items.get(item) or [None])[0]
    if token is not None:
        yield token
