"""What can be wrong with a pack, and where: the words that `check` prints."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bot.core.content_checks import Level


class How(StrEnum):
    """Ways of mending a line without asking."""

    SWAP = "swap"  # the old word for the new one
    QUOTE = "quote"  # quotes around the value
    QUOTE_REST = "quote the rest"  # quotes around all that follows the line's first key
    BRACKET = "bracket"  # a list of this one value
    SPACES = "spaces"  # for the tabs that the line begins with
    REMOVE = "remove"  # the one character
    DROP = "drop"  # the whole line, which is an item of a list


@dataclass(frozen=True, slots=True)
class Mend:
    """How to mend a problem at its place."""

    how: How
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. Lines and columns count from 1, as editors do."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    rule: str = ""
    severity: Level = Level.ERROR
    trace: tuple[str, ...] = ()  # how a screener's word came about
    mend: Mend | None = field(default=None, compare=False)

    def __str__(self) -> str:
        warning = "warning: " if self.severity is Level.WARNING else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {warning}{self.message}{hint}"


def shown(path: Path) -> str:
    """The path as text that can be printed, whatever bytes the name on disk is made of."""
    return str(path).encode("utf-8", "replace").decode()


class PackErrors(ValueError):
    """A pack that can't be used, with every problem that was found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
