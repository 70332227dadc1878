"""A pack from its folder: every problem of every file at once, or a pack that can be used."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.content_checks import Level, Place, Remark, did_you_mean, remarks
from bot.core.pack import Pack
from bot.packs.files import FOLDERS, SINGLE, Files, collect
from bot.packs.problems import How, Mend, PackErrors, Problem, shown
from bot.packs.schema import (
    Id,
    MisconceptionFile,
    PackFile,
    SafetyFile,
    SourceEntry,
    ThreadFile,
    TopicFile,
    VocabularyFile,
)
from bot.packs.tree import Tree, Unreadable, read_tree
from bot.packs.wording import problems_of

KINDS: Mapping[str, Any] = {
    "pack": PackFile,
    "sources": dict[Id, SourceEntry],
    "safety": SafetyFile,
    "vocabulary": VocabularyFile,
    "thread": ThreadFile,
    "topics": TopicFile,
    "misconceptions": MisconceptionFile,
}
_ADAPTERS = {name: TypeAdapter(kind) for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a pack as far as it could be read; `model` is None when it is wrong."""

    file: str
    tree: Tree
    model: Any
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder holds; `pack` is None while a file that everything rests on is wrong."""

    pack: Pack | None
    problems: tuple[Problem, ...]
    parts: Mapping[Place, Part]  # by ("sources",), ("topics", id) …

    def located(self, found: Iterable[Remark]) -> tuple[Problem, ...]:
        """Remarks about the pack as problems of its files."""
        return tuple(map(self._problem, found))

    def _problem(self, remark: Remark) -> Problem:
        start = 2 if remark.at[0] in FOLDERS else 1
        part = self.parts[remark.at[:start]]
        line, column = part.tree.spot_of(remark.at[start:], remark.words)
        mend = Mend(How.DROP) if remark.rule == "same-example" and remark.level is Level.WARNING else None
        return Problem(
            part.file, line, column, remark.message, remark.hint, remark.rule, remark.level, remark.trace, mend
        )


def read_pack(folder: Path) -> Pack:
    """The pack in `folder`. Raises PackErrors with everything that keeps it from being used."""
    return usable(examine(folder))


def usable(reading: Reading) -> Pack:
    """The pack of a reading. Raises PackErrors with everything that keeps it from being used."""
    errors = tuple(p for p in reading.problems if p.severity is Level.ERROR)
    if errors or reading.pack is None:
        raise PackErrors(errors)
    return reading.pack


def examine(folder: Path) -> Reading:
    """The pack in `folder` as far as it can be read, with every problem that does not depend on the date."""
    return examine_files(collect(folder))


def examine_files(files: Files) -> Reading:
    """As `examine`, for files that were collected before."""
    every = {name: _read_part(name, data, files.folder) for name, data in sorted(files.contents.items())}
    clashes: list[Problem] = []
    parts = dict(_placed(every, clashes))
    problems = (*files.problems, *(p for part in every.values() for p in part.problems), *clashes)
    reading = Reading(_pack(parts, files), problems, parts)
    whole = all(part.model for part in every.values())
    return replace(reading, problems=(*problems, *_held_together(reading, whole)))


def _held_together(reading: Reading, whole: bool) -> Iterator[Problem]:
    """Problems between files; a topic that can't be read is no reason to call its name unknown."""
    if reading.pack is None:
        return
    found = (*_order_problems(reading.parts[("pack",)], reading.pack), *reading.located(remarks(reading.pack)))
    yield from (p for p in found if whole or p.rule != "unknown-topic")


def _read_part(name: str, data: bytes, folder: Path) -> Part:
    kind, file = name.partition("/")[0].partition(".")[0], shown(folder / name)
    try:
        tree = read_tree(data)
    except Unreadable as error:
        return Part(file, Tree(), None, (_unreadable(file, error),))
    doubled = tuple(_repeated(tree, file))
    try:
        model = _ADAPTERS[kind].validate_python(tree.value)
    except ValidationError as error:
        return Part(file, tree, None, (*doubled, *problems_of(error, kind=KINDS[kind], tree=tree, file=file)))
    return Part(file, tree, model, doubled)


def _unreadable(file: str, error: Unreadable) -> Problem:
    return Problem(file, *error.spot, error.message, error.hint, "yaml", mend=error.mend)


def _repeated(tree: Tree, file: str) -> Iterator[Problem]:
    for path, (line, column) in tree.repeats.items():
        yield Problem(file, line, column, f"`{path[-1]}` is there twice", "Keep one of them.", "repeated-key")


def _placed(every: Mapping[str, Part], clashes: list[Problem]) -> Iterator[tuple[Place, Part]]:
    """The parts that could be read, by place; two files for one thing are a clash, and the first one counts."""
    seen: dict[Place, Part] = {}
    for name, part in every.items():
        kind, _, entry = name.rpartition(".")[0].partition("/")
        place: Place = (kind, part.model.id) if entry and part.model else (kind,)
        if part.model is None:
            continue
        if entry and part.model.id != entry:
            clashes.append(_misnamed(part, entry))
        if place in seen:
            clashes.append(_second(part, seen[place]))
            continue
        seen[place] = part
        yield place, part


def _misnamed(part: Part, entry: str) -> Problem:
    line, column = part.tree.spot(("id",))
    message = f"the id `{part.model.id}` differs from the file's name, `{entry}`"
    return Problem(part.file, line, column, message, "Rename the file, or change the id.", "file-name")


def _second(part: Part, first: Part) -> Problem:
    line, column = part.tree.spot(("id",))
    return Problem(part.file, line, column, f"the same thing is in {first.file}", "Keep one of them.", "twice")


def _pack(parts: Mapping[Place, Part], files: Files) -> Pack | None:
    if any((name,) not in parts for name in SINGLE):
        return None
    about, sources = parts[("pack",)].model, parts[("sources",)].model
    topics = {str(place[1]): part.model.build() for place, part in parts.items() if place[0] == "topics"}
    first = [i for i in dict.fromkeys(about.order) if i in topics]
    return Pack(
        name=about.name,
        title=about.title,
        topics={i: topics[i] for i in (*first, *(i for i in topics if i not in first))},
        misconceptions={str(p[1]): part.model.build() for p, part in parts.items() if p[0] == "misconceptions"},
        sources={key: entry.build(key=key) for key, entry in sources.items()},
        safety=parts[("safety",)].model.build(),
        vocabulary=parts[("vocabulary",)].model.build(),
        revision=files.revision,
        thread=parts[("thread",)].model.build() if ("thread",) in parts else (),
    )


def _order_problems(about: Part, pack: Pack) -> Iterator[Problem]:
    for number, name in enumerate(about.model.order):
        if name not in pack.topics:
            line, column = about.tree.spot(("order", number))
            hint = did_you_mean(name, pack.topics) or "Remove it, or add the topic."
            yield Problem(about.file, line, column, f"no topic is called `{name}`", hint, "unknown-topic")
