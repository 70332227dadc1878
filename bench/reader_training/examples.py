"""Labelled messages: how they are read from example files and from the pack itself."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.second_reader.windows import formatted


@dataclass(frozen=True, slots=True)
class Example:
    """One message with what it asserts and, more widely, what it speaks about."""

    id: str
    text: str
    labels: frozenset[str]
    about: frozenset[str]
    kind: str
    source: str = ""  # the name of its file


def read_messages(paths: Iterable[Path]) -> list[Example]:
    """Every message of the JSON-lines files, in order."""
    return [
        _message(json.loads(line), path.stem)
        for path in paths
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]


def read_pack(folder: Path) -> tuple[list[str], list[Example]]:
    """The pack's misconceptions, sorted, and the examples that their files and the topics hold."""
    entries = [e for path in sorted(folder.rglob("*.yaml")) for e in _entries(yaml.safe_load(path.read_text("utf-8")))]
    misconceptions = [e for e in entries if "claim" in e and "correction" in e]
    topics = [e for e in entries if "facts" in e]
    examples = [x for m in misconceptions for x in _of_misconception(m)] + [x for t in topics for x in _of_topic(t)]
    return sorted(m["id"] for m in misconceptions), examples


def _message(record: Mapping[str, Any], source: str) -> Example:
    labels = frozenset(record["labels"])
    _, _, noted = (record.get("note") or "").partition(": ")
    text = formatted(record["text"], record.get("reply_to") or "")
    return Example(record["id"], text, labels, labels | ({noted} if noted else set()), record["kind"], source)


def _entries(document: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings of a YAML file: itself, or the items of its lists, whatever their key."""
    if not isinstance(document, dict):
        return
    yield document
    for value in document.values():
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, dict) and "id" in item)


def _of_misconception(entry: Mapping[str, Any]) -> Iterator[Example]:
    name = entry["id"]
    about = frozenset({name})
    asserting = [entry["claim"], *entry.get("phrasings", ()), *entry.get("flags", ())]
    passing = [entry["correction"], *entry.get("near_misses", ()), *entry.get("passes", ())]
    for n, text in enumerate(dict.fromkeys(asserting)):
        yield Example(f"{name}/flag-{n}", text, about, about, "assert")
    for n, text in enumerate(dict.fromkeys(passing)):
        yield Example(f"{name}/pass-{n}", text, frozenset(), about, "true")


def _of_topic(entry: Mapping[str, Any]) -> Iterator[Example]:
    texts = [entry.get("summary", ""), *(fact["text"] for fact in entry["facts"])]
    for n, text in enumerate(filter(None, texts)):
        yield Example(f"topic-{entry['id']}/{n}", text, frozenset(), frozenset(), "true")
