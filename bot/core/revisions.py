"""Revisions of content: what changed between two, and how one is kept in a few bytes."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

Files = Mapping[str, bytes]  # by path within the pack's folder


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of the content that was in force."""

    revision: str
    loaded_at: str  # ISO, UTC


def packed(files: Files) -> str:
    """The files as one text that can be stored."""
    plain = {name: base64.b85encode(data).decode() for name, data in files.items()}
    return base64.b85encode(zlib.compress(json.dumps(plain).encode(), 9)).decode()


def unpacked(stored: str) -> dict[str, bytes]:
    """The files again. Raises ValueError for what `packed` has not made."""
    try:
        plain = json.loads(zlib.decompress(base64.b85decode(stored)))
        return {name: base64.b85decode(data) for name, data in plain.items()}
    except (zlib.error, AttributeError, TypeError) as error:
        raise ValueError("this revision was stored incompletely") from error


def changes(before: Files, after: Files) -> list[str]:
    """One line for each file that differs."""
    lines = [f"new: {name}" for name in sorted(after.keys() - before.keys())]
    lines += [f"removed: {name}" for name in sorted(before.keys() - after.keys())]
    lines += [f"changed: {name}" for name in sorted(after.keys() & before.keys()) if after[name] != before[name]]
    return lines


def listed(revisions: Sequence[Revision]) -> str:
    return json.dumps([asdict(r) for r in revisions])


def read_list(stored: str | None) -> list[Revision]:
    """Newest first; what was stored by another release counts as nothing."""
    try:
        return [Revision(r["revision"], r["loaded_at"]) for r in json.loads(stored or "[]")]
    except (ValueError, TypeError, KeyError):
        return []
