"""Which files of a folder belong to a pack, and their bytes."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.core.content_checks import Level, did_you_mean
from bot.packs.problems import Problem, shown
from bot.packs.tree import MAX_BYTES

SINGLE = ("pack", "sources", "safety", "vocabulary")  # one file each
OPTIONAL = ("thread",)  # … that a pack may do without
FOLDERS = ("topics", "misconceptions")  # one file for each entry
SUFFIXES = (".yaml", ".yml")
LEFTOVERS = ("~", ".swp", ".swo", ".bak", ".tmp", ".orig", "#")  # what editors leave behind


@dataclass(frozen=True, slots=True)
class Files:
    """The bytes of a pack by path within its folder, and what was wrong with the files themselves."""

    folder: Path
    contents: Mapping[str, bytes]
    problems: tuple[Problem, ...]

    @property
    def revision(self) -> str:
        """A short hash that changes whenever anything in the files changes."""
        digest = sha256()
        for name in sorted(self.contents):
            data = self.contents[name]
            digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
        return digest.hexdigest()[:12]


def glance(folder: Path) -> tuple[tuple[str, int, int, int, int], ...]:
    """What changes whenever a file of the pack does, or who may read it: name, inode, size and times."""
    found = []
    for path in _candidates(folder):
        try:
            about = path.stat()
        except OSError:
            continue  # gone between two looks; the next one sees it
        found.append((str(path), about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns))
    return tuple(found)


def collect(folder: Path) -> Files:
    """The files of the pack in `folder`."""
    if not folder.is_dir():
        return Files(folder, {}, (_problem(folder, "this folder does not exist", "Check its name."),))
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    if closed := _closed(folder):
        return Files(folder, {}, tuple(closed))
    for name in FOLDERS:
        problems += _closed(folder / name)
    for path in _candidates(folder):
        read = _read(path, folder) if _belongs(path, folder) else _stray(path, folder)
        if isinstance(read, bytes):
            contents[path.relative_to(folder).as_posix()] = read
        elif read:
            problems.append(read)
    return Files(folder, contents, (*problems, *_missing(folder, contents, problems)))


def _candidates(folder: Path) -> Iterator[Path]:
    """Everything at the top and one level down, sorted, without what editors leave behind."""
    for path in _entries(folder):
        yield path
        if path.name in FOLDERS and path.is_dir():
            yield from _entries(path)


def _entries(folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return []  # `_read` or `_missing` tells what can't be reached
    return [p for p in found if not p.name.startswith((".", "#")) and not p.name.endswith(LEFTOVERS)]


def _closed(path: Path) -> list[Problem]:
    """A folder that can't be listed: its files are there, and taking them for deleted would do harm."""
    try:
        with os.scandir(path):
            return []
    except (FileNotFoundError, NotADirectoryError):
        return []  # `_missing` tells
    except OSError as error:
        return [_problem(path, f"this folder can't be read ({error.strerror})", "Check its permissions.")]


def _belongs(path: Path, folder: Path) -> bool:
    if path.suffix not in SUFFIXES:
        return False
    return path.parent != folder or path.stem in (*SINGLE, *OPTIONAL)


def _stray(path: Path, folder: Path) -> Problem | None:
    """A warning for what looks like content but is not read."""
    top = path.parent == folder
    if path.is_dir():
        known = path.name in FOLDERS and top
        hint = did_you_mean(path.name, FOLDERS) if top else "Move its files one level up."
        wanted = not known and (not top or bool(hint))
    else:
        hint = (
            did_you_mean(path.stem, (*SINGLE, *OPTIONAL))
            if path.suffix in SUFFIXES
            else "Its name should end in .yaml."
        )
        wanted = path.suffix in SUFFIXES or ".y" in path.stem
    return _problem(path, "this is not read", hint or _WHERE, Level.WARNING) if wanted else None


_WHERE = "Topics belong in topics/, misconceptions in misconceptions/."


def _read(path: Path, folder: Path) -> bytes | Problem:
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(folder)):
        return _problem(path, "this link leads out of the pack's folder", "Put the file itself here.")
    if not real.is_file():
        return _problem(path, "this is not a file", "Remove it, or put a YAML file in its place.")
    try:
        with real.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _problem(path, f"this can't be read ({error.strerror})", "Check its permissions.")


def _missing(folder: Path, contents: Mapping[str, bytes], problems: list[Problem]) -> Iterator[Problem]:
    names = {Path(name).with_suffix("").as_posix() for name in contents}
    names |= {Path(p.file).stem for p in problems if p.severity is Level.ERROR}
    for name in SINGLE:
        if name not in names:
            yield _problem(folder / f"{name}.yaml", "this file is missing", "Every pack has one.")
    if not os.path.isdir(folder / "misconceptions"):
        yield _problem(folder / "misconceptions", "this folder is missing", "Every pack has one; it may be empty.")
    if not any(name.startswith("topics/") for name in names):
        yield _problem(folder / "topics", "there are no topics", "Add one file for each, such as topics/overview.yaml.")


def _problem(path: Path, message: str, hint: str, level: Level = Level.ERROR) -> Problem:
    return Problem(shown(path), 1, 1, message, hint, "files", level)
