"""What a pack says: topics, misconceptions, sources, safety texts and the words to recognise them by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

NEVER_CITED = "clinical-consensus"  # general knowledge without a page behind it; see the brief's safety rules


class Severity(StrEnum):
    """How much harm believing the claim can do."""

    HARMFUL = "harmful"
    MISLEADING = "misleading"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        """0 for the most serious, so that sorting puts it first."""
        return list(Severity).index(self)


class Stage(StrEnum):
    """Where a misconception or a topic is in its life: people hear of live ones only."""

    DRAFT = "draft"  # checked, and not used yet
    SHADOW = "shadow"  # looked for and counted, so that there are numbers before it is live
    LIVE = "live"
    PAUSED = "paused"  # not looked for, for a while
    RETIRED = "retired"  # not looked for any more; kept so that earlier cases can be read and replayed

    @property
    def looked_for(self) -> bool:
        """Whether messages are read for it."""
        return self in (Stage.SHADOW, Stage.LIVE)

    @property
    def maintained(self) -> bool:
        """Whether it should still be right, so that it is checked and reviewed."""
        return self is not Stage.RETIRED


@dataclass(frozen=True, slots=True)
class Source:
    """A citable reference."""

    key: str
    title: str
    publisher: str
    url: str
    confirmed: bool
    year: int | None = None
    expires_on: str | None = None  # ISO date after which an editor should look for newer evidence

    @property
    def citable(self) -> bool:
        """Whether people may be shown this source."""
        return self.confirmed and self.key != NEVER_CITED and self.url.startswith("https://")

    @property
    def label(self) -> str:
        return f"{self.title} ({self.publisher}{f', {self.year}' if self.year else ''})"


@dataclass(frozen=True, slots=True)
class Fact:
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A curated answer."""

    id: str
    title: str
    aliases: tuple[str, ...]
    summary: str
    facts: tuple[Fact, ...]
    reviewed_on: str  # ISO date
    questions: tuple[str, ...] = ()  # ways to ask for it, by which it is found; never shown
    stage: Stage = Stage.LIVE


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """One way of saying a claim: concepts that must meet within a few words.

    Each item of `say` names a concept of the vocabulary; alternatives are joined by "|".
    """

    say: tuple[str, ...]
    within: int = 14  # words, first to last matched word
    ordered: bool = False
    unless: tuple[str, ...] = ()  # concepts whose presence in the same sentence speaks against the claim


@dataclass(frozen=True, slots=True)
class Misconception:
    """A known false claim, its correction, and examples of what to flag and what to pass."""

    id: str
    severity: Severity
    claim: str
    correction: str
    sources: tuple[str, ...]
    claims: tuple[ClaimRule, ...] = ()
    flags: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    stage: Stage = Stage.LIVE
    reviewed_on: str | None = None  # ISO date on which a person last compared the correction with its sources


class CueKind(StrEnum):
    """What a cue does to the claim in its scope (after ConText, Harkema et al. 2009)."""

    DENIAL = "denial"
    QUESTION = "question"
    QUOTATION = "quotation"
    DEBUNK = "debunk"
    CONDITION = "condition"
    REPORT = "report"
    IRONY = "irony"
    CLINICIAN = "clinician"
    ENDORSE = "endorse"  # "yes", "exactly": what was asked is claimed
    REFUSE = "refuse"  # "no", "nope": what was asked is denied
    RHETORICAL = "rhetorical"  # "who still thinks": a question that pushes a claim
    STOP = "stop"  # "but": no cue reaches beyond it


class Reach(StrEnum):
    """Which words a cue governs."""

    FORWARD = "forward"
    BACKWARD = "backward"
    SENTENCE = "sentence"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Cue:
    kind: CueKind
    say: tuple[str, ...]
    reach: Reach = Reach.FORWARD
    within: int = 12  # words


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Concepts by name, each with the phrases that express it, and the stance cues."""

    concepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    things: tuple[str, ...] = ()  # concepts that "it" or "they" can stand for; a message without any is not read
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class UrgentRule:
    """Signs that call for an urgent text when all of `say` are told of the writer, or of somebody with them, as going
    on now; those of `given` may be told in any way, such as an operation last week.

    Each item names a sign; alternatives are joined by "|".
    """

    message: str  # key of `Safety.urgent`
    say: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A measured value that is a sign by itself."""

    sign: str
    of: tuple[str, ...]  # what is measured, in phrases
    least: float
    below: float  # what is higher is another unit, or no measurement
    unless: tuple[str, ...] = ()  # words after the number that make it something else


@dataclass(frozen=True, slots=True)
class Bearings:
    """Words that tell of whom, when, and how much in earnest a sign is told."""

    self: tuple[str, ...] = ()  # the writer
    near: tuple[str, ...] = ()  # somebody with them
    general: tuple[str, ...] = ()  # nobody in particular
    lesson: tuple[str, ...] = ()  # as in a textbook
    now: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    over: tuple[str, ...] = ()  # it ended, or was seen to
    supposed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()  # a denial that reaches over a list
    denied_next: tuple[str, ...] = ()  # a denial of what comes next
    stop: tuple[str, ...] = ()  # a denial does not reach past these
    retold: tuple[str, ...] = ()  # films, books, news, lessons
    jest: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()  # how a question begins
    idle: tuple[str, ...] = ()  # phrases in which none of all these words mean what they seem to


@dataclass(frozen=True, slots=True)
class RedFlags:
    """By what a message shows that somebody may need help now; the rules are in order, most serious first."""

    signs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: tuple[Level, ...] = ()
    rules: tuple[UrgentRule, ...] = ()
    words: Bearings = Bearings()


@dataclass(frozen=True, slots=True)
class Safety:
    """The texts that keep answers safe; their wording belongs to the clinicians who reviewed it."""

    disclaimer: str
    footer: str
    long_disclaimer: str
    urgent: Mapping[str, str]
    canned: Mapping[str, str]
    correction_template: str
    red_flags: RedFlags = RedFlags()


@dataclass(frozen=True, slots=True)
class ThreadPost:
    """One post of a pack's example thread, which the sandbox replays."""

    author: str
    text: str
    answers: int | None = None  # which post of the thread it answers, counted from 1


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything about one subject; its name is the name of the command."""

    name: str
    title: str
    topics: Mapping[str, Topic]
    misconceptions: Mapping[str, Misconception]
    sources: Mapping[str, Source]
    safety: Safety
    vocabulary: Vocabulary
    revision: str  # hash of the content, so that a decision can be replayed
    thread: tuple[ThreadPost, ...] = ()

    def citations(self, keys: tuple[str, ...]) -> tuple[Source, ...]:
        """The sources among `keys` that people may see, in order."""
        return tuple(self.sources[k] for k in keys if k in self.sources and self.sources[k].citable)

    def shown(self, *stages: Stage) -> "Pack":
        """The pack with the topics of these stages alone; live ones where none is named. Itself, if that is all."""
        wanted = stages or (Stage.LIVE,)
        topics = {name: topic for name, topic in self.topics.items() if topic.stage in wanted}
        return self if len(topics) == len(self.topics) else replace(self, topics=topics)

    def looked_for(self) -> "Pack":
        """The pack with the misconceptions alone that messages are read for. Itself, if that is all of them."""
        wrong = {name: m for name, m in self.misconceptions.items() if m.stage.looked_for}
        return self if len(wrong) == len(self.misconceptions) else replace(self, misconceptions=wrong)
