"""What screening a message yields."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One misconception asserted in one message; offsets index the original text."""

    misconception: str
    probability: float  # 0..1
    quote: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Screening:
    """Findings worth a notice, those only counted, and the trace of how they came about."""

    findings: tuple[Finding, ...] = ()
    shadows: tuple[Finding, ...] = ()
    trace: tuple[str, ...] = field(default=())
    opposes: frozenset[str] = frozenset()  # misconceptions that the text speaks of and denies
