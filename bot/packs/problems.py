"""What can be wrong with a pack, and where: the words that `check` prints."""

from dataclasses import dataclass
from pathlib import Path

from bot.core.content_checks import Level


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
