"""Revisions of content: what changed between two, and how one is kept in a few bytes."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.core.pack import Pack

MOST_CHANGES = 40  # lines kept of what one edit did
Files = Mapping[str, bytes]  # by path within the pack's folder


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of the content that was in force."""

    revision: str
    loaded_at: str  # ISO, UTC
    changes: tuple[str, ...] = ()  # against the one before, where both were seen


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


def differences(before: Pack, after: Pack) -> tuple[str, ...]:
    """What an editor did, one line for each entry, with the keys that differ."""
    lines = [
        *_entries("topic", before.topics, after.topics),
        *_entries("misconception", before.misconceptions, after.misconceptions),
        *_entries("source", before.sources, after.sources),
    ]
    lines += [words for name, words in _WHOLE.items() if getattr(before, name) != getattr(after, name)]
    return tuple(lines[:MOST_CHANGES]) + ((f"… and {len(lines) - MOST_CHANGES} more",) if lines[MOST_CHANGES:] else ())


_WHOLE = {
    "name": "changed: the pack's name",
    "title": "changed: the pack's title",
    "safety": "changed: safety texts",
    "vocabulary": "changed: vocabulary",
    "thread": "changed: example thread",
}


def _entries(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    lines = [f"new: {what} {name}" for name in after if name not in before]
    lines += [f"removed: {what} {name}" for name in before if name not in after]
    changed = ((name, before[name], after[name]) for name in after if name in before and after[name] != before[name])
    return lines + [f"changed: {what} {name} ({', '.join(_keys(old, new))})" for name, old, new in changed]


def _keys(old: Any, new: Any) -> list[str]:
    names = [f.name for f in fields(old) if getattr(old, f.name) != getattr(new, f.name)]
    return [f"stage {old.stage} → {new.stage}" if name == "stage" else name for name in names]


def listed(revisions: Sequence[Revision]) -> str:
    return json.dumps([asdict(r) for r in revisions])


def read_list(stored: str | None) -> list[Revision]:
    """Newest first; what was stored by another release counts as nothing."""
    try:
        return [
            Revision(r["revision"], r["loaded_at"], tuple(r.get("changes", ()))) for r in json.loads(stored or "[]")
        ]
    except (ValueError, TypeError, KeyError):
        return []
