"""Reads a message against a pack: which misconceptions it asserts, where, and why we think so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.core.claims import REACH_BACK, Claims, Match, Spot
from bot.core.combine import combined, rule_probability
from bot.core.concepts import VAGUE, Lexicon, Mention
from bot.core.gate import Gate
from bot.core.pack import CueKind, Pack, Vocabulary
from bot.core.screening import Finding, Screening
from bot.core.stance import CueFound, Cues, Stance, stance
from bot.core.text import Sentence, sentences

PRONOUN = "it"  # the concept whose phrases stand for things named before
LONGEST_QUOTE = 240  # characters; longer sentences are quoted from the claim's first to its last word


class Scorer(Protocol):
    """The second reader: how likely each misconception is asserted."""

    def score(self, text: str) -> Mapping[str, float]:
        """Probability by misconception, 0..1, for those the scorer knows."""


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the rules make of one misconception in one message."""

    probability: float
    start: int
    end: int
    quote: str
    why: str
    matched_rule: str = ""
    stance: Stance = field(default_factory=Stance)
    answered: bool = False
    carried: bool = False

    @property
    def denied(self) -> bool:
        return self.stance.has(CueKind.DENIAL) or self.stance.has(CueKind.DEBUNK)

    @property
    def questioned(self) -> bool:
        return self.stance.asked or self.stance.has(CueKind.QUESTION)

    @property
    def quoted(self) -> bool:
        return self.stance.quoted or self.stance.has(CueKind.QUOTATION)


@dataclass(frozen=True, slots=True)
class _Read:
    """A message cut into sentences, with what each says; the first `given` belong to what it answers."""

    text: str
    sentences: tuple[Sentence, ...]
    said: tuple[Mapping[str, list[Mention]], ...]
    cues: tuple[CueFound, ...]
    stops: tuple[CueFound, ...]
    given: int


class Screener:
    """Screens messages against one pack; compiled once, safe to share between threads."""

    def __init__(self, pack: Pack, *, scorer: Scorer | None = None, notice: float = 0.5, shadow: float = 0.3) -> None:
        vocabulary = pack.vocabulary
        self._things = frozenset(vocabulary.things)
        self._lexicon = Lexicon(vocabulary.concepts, self._things)
        self._cues = Cues(vocabulary.cues)
        self._claims = Claims(pack.misconceptions.values(), self._things)
        self._gate = Gate(_telling(vocabulary))
        self._scorer, self._notice, self._shadow = scorer, notice, shadow

    def screen(self, text: str, *, reply_to: str = "", trace: bool = False) -> Screening:
        """The misconceptions that the text asserts; `reply_to` is the message it answers."""
        if not self._gate.admits(text) and not (reply_to and self._gate.admits(reply_to)):
            return _NOTHING
        readings = self._readings(text, reply_to)
        learned = self._scorer.score(text) if self._scorer else {}
        found = [f for f in (_finding(text, m, readings.get(m), learned) for m in {**readings, **learned}) if f]
        found.sort(key=lambda f: -f.probability)
        return Screening(
            findings=tuple(f for f in found if f.probability >= self._notice),
            shadows=tuple(f for f in found if self._shadow <= f.probability < self._notice),
            trace=_trace(readings) if trace else (),
        )

    def rule_scores(self, text: str, reply_to: str = "") -> Mapping[str, RuleReading]:
        """What the rules alone make of the text, by misconception; only those that a rule matched."""
        return self._readings(text, reply_to) if self._gate.admits(text) or self._gate.admits(reply_to) else {}

    def _readings(self, text: str, reply_to: str) -> dict[str, RuleReading]:
        read = self._read(text, reply_to)
        best: dict[str, RuleReading] = {}
        refused: set[str] = set()
        for index in range(len(read.sentences)):
            for match in self._claims.matches(index, read.said[index], self._before(read, index)):
                if match.carried and match.misconception in refused:
                    continue
                if _answer(read, match, CueKind.REFUSE) is not None:
                    refused.add(match.misconception)
                reading = _judge(read, match)
                known = best.get(match.misconception)
                if reading and (known is None or reading.probability > known.probability):
                    best[match.misconception] = reading
        return best

    def _read(self, text: str, reply_to: str) -> _Read:
        given = sentences(reply_to) if reply_to else ()
        every = given + sentences(text)
        said = tuple(_by_concept(self._lexicon.mentions(s.words)) for s in every)
        cues = [cue for n, s in enumerate(every) for cue in self._cues.found(n, s)]
        stops = tuple(cue for cue in cues if cue.kind is CueKind.STOP)
        return _Read(text, every, said, tuple(c for c in cues if c.kind is not CueKind.STOP), stops, len(given))

    def _before(self, read: _Read, index: int) -> dict[str, Spot]:
        """The things named earlier that this sentence may speak of, the nearest first."""
        before: dict[str, Spot] = {}
        pronoun = PRONOUN in read.said[index]
        for earlier in range(index - 1, max(index - 1 - REACH_BACK, -1), -1):
            if not pronoun and not _leads(read, earlier, index):
                break
            for concept, mentions in read.said[earlier].items():
                if concept in self._things:
                    before.setdefault(concept, Spot(earlier, mentions[-1]))
        return before


_NOTHING = Screening()


def _telling(vocabulary: Vocabulary) -> Iterator[str]:
    """The phrases that show that a message is on the subject."""
    for name in vocabulary.things:
        yield from (p for p in vocabulary.concepts.get(name, ()) if not p.startswith(VAGUE))


def _leads(read: _Read, earlier: int, index: int) -> bool:
    """Whether the sentence asks or announces what the following one is about."""
    sentence = read.sentences[earlier]
    return sentence.asked or sentence.opens or sentence.quoted or earlier < read.given <= index


def _by_concept(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    said: dict[str, list[Mention]] = {}
    for mention in mentions:
        said.setdefault(mention.concept, []).append(mention)
    return said


def _judge(read: _Read, match: Match) -> RuleReading | None:
    """The stance to a match; a claim in someone else's words counts only when it is answered with yes."""
    taken = stance(match, read.sentences, read.cues, read.stops)
    answer = _answer(read, match, CueKind.ENDORSE)
    if match.sentence < read.given and answer is None:
        return None
    start, end = _span(read, match, answer)
    return RuleReading(
        probability=rule_probability(taken, answered=answer is not None),
        start=start,
        end=end,
        quote=read.text[start:end],
        why=_why(read, match, taken, answered=answer is not None),
        matched_rule=" + ".join(match.rule.say),
        stance=taken,
        answered=answer is not None,
        carried=bool(match.carried),
    )


def _answer(read: _Read, match: Match, kind: CueKind) -> int | None:
    """The sentence that answers the claim, where it was asked or quoted, if it begins with a word of that kind."""
    asked = read.sentences[match.sentence]
    if not (asked.asked or asked.quoted or match.sentence < read.given):
        return None
    for index in range(match.sentence + 1, len(read.sentences)):
        if index >= read.given and not read.sentences[index].quoted:
            return index if any(c.kind is kind and c.sentence == index and c.first <= 1 for c in read.cues) else None
    return None


def _span(read: _Read, match: Match, answer: int | None) -> tuple[int, int]:
    if answer is not None:
        sentence = read.sentences[answer]
        return sentence.starts[0], sentence.ends[-1]
    sentence = read.sentences[match.sentence]
    start, end = sentence.starts[0], sentence.ends[-1]
    if end - start <= LONGEST_QUOTE:
        return start, end
    return sentence.starts[match.first], sentence.ends[match.last]


def _why(read: _Read, match: Match, taken: Stance, *, answered: bool) -> str:
    """One plain line for a moderator."""
    words = " … ".join(f'"{_words(read, match.sentence, m)}"' for m in sorted(match.said, key=lambda m: m.first))
    about = "".join(f', of "{_words(read, s.sentence, s.mention)}" before' for s in match.carried)
    if answered:
        return f"says yes to a question that asks {words}{about}"
    if taken.asked or taken.quoted or taken.cues:
        cues = ", ".join(sorted({f'{c.kind.value} "{c.words}"' for c in taken.cues}))
        form = "in a question" if taken.asked else "in a quotation" if taken.quoted else "as a statement"
        return f"says {words}{about} {form}" + (f"; found {cues}" if cues else "")
    return f"says {words}{about} as a statement; no denial or question found"


def _words(read: _Read, sentence: int, mention: Mention) -> str:
    return " ".join(read.sentences[sentence].words[mention.first : mention.last + 1])


def _finding(text: str, misconception: str, rule: RuleReading | None, learned: Mapping[str, float]) -> Finding | None:
    probability = combined(rule.probability if rule else 0.0, learned.get(misconception))
    if rule:
        return Finding(misconception, probability, rule.quote, rule.start, rule.end, rule.why)
    return Finding(misconception, probability, text, 0, len(text), "reads like examples of this claim")


def _trace(readings: Mapping[str, RuleReading]) -> tuple[str, ...]:
    return tuple(f"{name}: {r.probability:.2f} by [{r.matched_rule}]: {r.why}" for name, r in sorted(readings.items()))
