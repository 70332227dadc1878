"""Reads a message against a pack: which misconceptions it asserts, where, and why we think so."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, field
from typing import Protocol, Self

from bot.core.claims import REACH_BACK, Claims, Match, Spot
from bot.core.combine import CERTAIN, Weights, combined, log_odds, newly, rule_probability
from bot.core.concepts import VAGUE, Lexicon, Mention
from bot.core.gate import Gate
from bot.core.pack import CueKind, Pack
from bot.core.screening import Finding, Screening
from bot.core.stance import MESSAGE, CueFound, Cues, Stance, between, stance
from bot.core.telling import Said, Telling, shortened, telling
from bot.core.text import Sentence, sentences

PRONOUN = "it"  # the concept whose phrases stand for things named before
LONGEST_LEARNED = 180  # words, of the examples that the second reader was trained on
TRACED = 0.05  # what is less likely is not worth a line in the trace, unless a rule matched
LONGEST_QUOTE = 240  # characters; longer sentences are quoted from the claim's first to its last word


Sentences = tuple[Sentence, ...]


class Scorer(Protocol):
    """The second reader."""

    def score(self, text: str, *, reply_to: str = "") -> Mapping[str, float]:
        """Probability by misconception, 0..1, for those the scorer knows."""

    def locate(self, text: str, misconception: str) -> tuple[int, int]:
        """Where in the text the misconception is asserted most; offsets of the first character and after the last."""

    def nearest(self, text: str, examples: Sequence[str]) -> int:
        """Which of the examples, of which there is at least one, reads most like the text."""


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
    concepts: frozenset[str]  # everything that it, or the message it answers, mentions
    denies: bool  # whether it denies anything itself


class Screener:
    """Screens messages against one pack; compiled once, safe to share between threads."""

    def __init__(
        self,
        pack: Pack,
        *,
        scorer: Scorer | None = None,
        weights: Weights | None = None,
        trained: Collection[str] | None = None,
        notice: float = 0.5,
        shadow: float = 0.3,
    ) -> None:
        vocabulary = pack.vocabulary
        self._misconceptions = pack.misconceptions
        self._things = frozenset(vocabulary.things)
        self._lexicon = Lexicon(vocabulary.concepts, self._things)
        self._cues = Cues(vocabulary.cues)
        self._claims = Claims(pack.misconceptions.values(), self._things)
        self._admitted = Gate(_telling(pack)).admitted
        self._scorer, self._weights, self._notice, self._shadow = scorer, weights, notice, shadow
        self._trained = frozenset(pack.misconceptions if trained is None else trained)
        self._telling = self._of_the_new() if scorer else {}

    @property
    def has_second_reader(self) -> bool:
        return self._scorer is not None

    @property
    def scorer(self) -> Scorer | None:
        """The second reader."""
        return self._scorer

    def with_scorer(self, scorer: Scorer) -> Self:
        """The same screener with another second reader; nothing is compiled again."""
        other = copy(self)
        other._scorer = scorer
        return other

    def concerns(self, text: str, *, reply_to: str = "") -> bool:
        """Whether the message can have to do with the subject at all: a microsecond or two."""
        return bool(self._admitted(text) or (reply_to and self._admitted(reply_to)))

    def screen(self, text: str, *, reply_to: str = "", trace: bool = False) -> Screening:
        """The misconceptions that the text asserts; `reply_to` is the message it answers."""
        own = self._admitted(text)
        if own or (reply_to and self._admitted(reply_to)):
            return self._screened(text, reply_to, self._scorer, own, trace=trace)
        return _NOTHING

    def by_rules_alone(self, text: str, *, reply_to: str = "") -> Screening:
        """As `screen`, without the second reader."""
        return self._screened(text, reply_to, None) if self.concerns(text, reply_to=reply_to) else _NOTHING

    @property
    def notice(self) -> float:
        """The probability from which on moderators are told."""
        return self._notice

    def probabilities(self, text: str) -> Mapping[str, float]:
        """How likely each misconception is asserted; what `screen` decides by, without quotes and reasons."""
        if not self.concerns(text):
            return {}
        read, learned = self._read(text, ""), self._scorer.score(text) if self._scorer else {}
        return self._chances(text, read, self._readings(read), learned)

    def explain(self, text: str, misconception: str) -> tuple[str, ...]:
        """The lines of the trace that speak of the misconception."""
        if not self.concerns(text):
            return ("it names nothing that the rules turn on, so it is not read at all",)
        lines = tuple(s for s in self.screen(text, trace=True).trace if s.startswith(f"{misconception}: "))
        return lines or (f"no rule matches it{', and the second reader finds it unlikely' if self._scorer else ''}",)

    def _screened(
        self, text: str, reply_to: str, scorer: Scorer | None, own: Sentences = (), *, trace: bool = False
    ) -> Screening:
        """`own` are the text's sentences, where they are known."""
        read = self._read(text, reply_to, own)
        readings = self._readings(read)
        learned = scorer.score(text, reply_to=reply_to) if scorer else {}
        chances = self._chances(text, read, readings, learned)
        found = [self._finding(text, m, p, readings.get(m)) for m, p in chances.items() if p >= self._shadow and p > 0]
        found.sort(key=lambda f: (-f.probability, f.misconception))
        return Screening(
            findings=tuple(f for f in found if f.probability >= self._notice),
            shadows=tuple(f for f in found if f.probability < self._notice),
            trace=self._trace(text, reply_to, readings, learned, chances) if trace else (),
            opposes=frozenset(
                m for m in chances if read.denies and _speaks_against(readings.get(m), read.concepts, self._claims, m)
            )
            - {f.misconception for f in found},
        )

    def _chances(
        self, text: str, read: _Read, readings: Mapping[str, RuleReading], learned: Mapping[str, float]
    ) -> dict[str, float]:
        long = len(text.split()) > LONGEST_LEARNED
        names = (readings.keys() | learned.keys()) - self._telling.keys()
        chances = {m: self._chance(m, readings.get(m), learned.get(m), read, long) for m in names}
        return chances | self._of_new(read, readings, learned) if self._telling else chances

    def _of_new(
        self, read: _Read, readings: Mapping[str, RuleReading], learned: Mapping[str, float]
    ) -> dict[str, float]:
        """Of the misconceptions that nobody has trained on; where a rule matches, its word stands."""
        hints = self._hints(read, learned)
        if read.denies or any(s.asked for s in read.sentences[read.given :]):
            hints = {m: features for m, features in hints.items() if features[0] >= 0 or m in readings}
        return {m: readings[m].probability if m in readings else newly(*features) for m, features in hints.items()}

    def _hints(self, read: _Read, learned: Mapping[str, float]) -> dict[str, tuple[float, float, float, float]]:
        """What `newly` weighs, for each of those."""
        said = _said(read)
        rival = log_odds(max((p for m, p in learned.items() if m in self._trained), default=0.0))
        return {
            m: (log_odds(learned.get(m, 0.0)), known.words_said(said), known.concepts_said(said), rival)
            for m, known in self._telling.items()
        }

    def newcomers(self, text: str) -> Mapping[str, tuple[float, float, float, float]]:
        """By misconception that nobody has trained on, what its probability is made of: see `newly`."""
        return self._hints(self._read(text, ""), self._scorer.score(text) if self._scorer else {})

    def _of_the_new(self) -> dict[str, Telling]:
        """What tells each misconception that the second reader knows only from the examples in its file."""
        new = [m for m in self._misconceptions.values() if m.id not in self._trained and m.flags]
        if not new:
            return {}
        examples = {m.id: [self._said_in(t) for t in (*m.flags, *m.passes)] for m in self._misconceptions.values()}
        return {
            m.id: telling(
                [self._said_in(m.claim), *examples[m.id][: len(m.flags)]],
                [*examples[m.id][len(m.flags) :], *(s for other in examples if other != m.id for s in examples[other])],
            )
            for m in new
        }

    def _said_in(self, text: str) -> Said:
        return _said(self._read(text, ""))

    def _chance(
        self,
        name: str,
        rule: RuleReading | None,
        learned: float | None,
        read: _Read,
        long: bool,
    ) -> float:
        """One probability. The rules' word stands where the second reader is out of its depth.

        That is an answer such as "yes, it does", and a post longer than any that it was trained on.
        """
        covered = self._claims.coverage(name, read.concepts) if learned is not None else 1.0
        chance = combined(rule.probability if rule else None, learned, covered, self._weights, denies=read.denies)
        if rule and (rule.answered or long):
            return max(chance, rule.probability)
        return chance

    def _finding(self, text: str, misconception: str, chance: float, rule: RuleReading | None) -> Finding:
        if rule and (rule.probability >= CERTAIN or self._scorer is None):
            return Finding(misconception, chance, rule.quote, rule.start, rule.end, rule.why)
        if self._scorer is None or chance < self._notice:
            return Finding(misconception, chance, text, 0, len(text), "reads a little like examples of this claim")
        start, end = self._scorer.locate(text, misconception)
        quote = text[start:end]
        return Finding(misconception, chance, quote, start, end, self._likeness(quote, misconception))

    def _likeness(self, quote: str, misconception: str) -> str:
        """The nearest example of the claim, in words for a moderator."""
        known = self._misconceptions.get(misconception)
        if self._scorer is None or known is None or not known.flags:
            return "reads like examples of this claim"
        return f"reads like “{known.flags[self._scorer.nearest(quote, known.flags)]}”"

    def _trace(
        self,
        text: str,
        reply_to: str,
        readings: Mapping[str, RuleReading],
        learned: Mapping[str, float],
        chances: Mapping[str, float],
    ) -> tuple[str, ...]:
        """How each finding, and whatever a rule matched, came about, and what would have stopped it."""
        likely = {name for name, chance in chances.items() if chance >= TRACED}
        names = sorted(likely | readings.keys(), key=lambda m: (-chances.get(m, 0.0), m))
        lines: list[str] = []
        for name in names:
            rule = readings.get(name)
            lines.append(f"{name}: {chances.get(name, 0.0):.2f}")
            lines.append(f"{name}: rule [{rule.matched_rule}] {rule.why}" if rule else f"{name}: no rule matched")
            if name in learned:
                lines.append(f"{name}: second reader {learned[name]:.2f}; {self._examples(text, name)}")
            if chances.get(name, 0.0) >= self._notice:
                lines.append(f"{name}: {self._stopper(text, reply_to, name)}")
        return tuple(lines)

    def _examples(self, text: str, name: str) -> str:
        """The nearest example for and against."""
        known = self._misconceptions.get(name)
        if self._scorer is None or known is None:
            return "no examples"
        nearest = self._scorer.nearest
        pro = f"nearest for: “{known.flags[nearest(text, known.flags)]}”" if known.flags else "no example for"
        con = (
            f"nearest against: “{known.passes[nearest(text, known.passes)]}”" if known.passes else "no example against"
        )
        return f"{pro}; {con}"

    def _stopper(self, text: str, reply_to: str, name: str) -> str:
        """The smallest of a few changes that would have stopped the finding."""
        for words, changed in _changes(text):
            still = self._screened(changed, reply_to, self._scorer).findings
            if name not in {f.misconception for f in still}:
                return f"it would not be flagged {words}"
        return "no small change would have stopped it"

    def rule_scores(self, text: str, reply_to: str = "") -> Mapping[str, RuleReading]:
        """What the rules alone make of the text, by misconception; only those that a rule matched."""
        return self._readings(self._read(text, reply_to)) if self.concerns(text, reply_to=reply_to) else {}

    def denies(self, text: str) -> bool:
        """Whether the message denies anything at all."""
        return self._read(text, "").denies

    def coverage(self, text: str, reply_to: str = "") -> Mapping[str, float]:
        """How much of each claim the message puts into words at all, 0..1."""
        said = self._read(text, reply_to).concepts
        return {name: self._claims.coverage(name, said) for name in self._misconceptions}

    def _readings(self, read: _Read) -> dict[str, RuleReading]:
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

    def _read(self, text: str, reply_to: str, own: Sentences = ()) -> _Read:
        given = sentences(reply_to) if reply_to else ()
        every = given + (own or sentences(text))
        said = tuple(_by_concept(self._lexicon.mentions(s.words, s.pauses)) for s in every)
        cues = [cue for n, s in enumerate(every) for cue in self._cues.found(n, s)]
        return _Read(
            text,
            every,
            said,
            cues=tuple(cue for cue in cues if cue.kind is not CueKind.STOP),
            stops=tuple(cue for cue in cues if cue.kind is CueKind.STOP),
            given=len(given),
            concepts=frozenset(concept for mentioned in said for concept in mentioned),
            denies=any(cue.kind is CueKind.DENIAL and cue.sentence >= len(given) for cue in cues),
        )

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


def _speaks_against(rule: RuleReading | None, said: AbstractSet[str], claims: Claims, name: str) -> bool:
    """A denied claim, or a message with a denial that says all that the claim needs but claims nothing."""
    return (rule is not None and rule.stance.has(CueKind.DENIAL)) or claims.coverage(name, said) >= 1.0


def _telling(pack: Pack) -> Iterator[str]:
    """The phrases that show that a message is on the subject: things, and what rules without a thing turn on."""
    concepts, things = pack.vocabulary.concepts, frozenset(pack.vocabulary.things)
    names = set(things)
    for rule in (rule for m in pack.misconceptions.values() for rule in m.claims):
        items = [item.split("|") for item in rule.say]
        if not any(things.issuperset(item) for item in items):
            names.update(min(items, key=lambda item: sum(len(concepts.get(name, ())) for name in item)))
    for name in sorted(names):
        yield from (phrase for phrase in concepts.get(name, ()) if not phrase.startswith(VAGUE))


def _changes(text: str) -> Iterator[tuple[str, str]]:
    """Small changes that turn a stance, the smallest first."""
    bare = text.rstrip(" .!")
    yield "as a question", f"{bare}?"
    yield "after “it is not true that”", f"It is not true that {text[:1].lower()}{text[1:]}"
    yield "before “That is wrong.”", f"{bare}. That is wrong."


def _leads(read: _Read, earlier: int, index: int) -> bool:
    """Whether the sentence asks or announces what the following one is about."""
    sentence = read.sentences[earlier]
    return sentence.asked or sentence.opens or sentence.quoted or earlier < read.given <= index


def _said(read: _Read) -> Said:
    """The concepts of the message and its words, for what tells a new misconception."""
    return Said(read.concepts, shortened(word for sentence in read.sentences for word in sentence.words))


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
    for index in range(match.sentence + 1, min(match.sentence + MESSAGE, len(read.sentences))):
        if index >= read.given and not read.sentences[index].quoted:
            opening = (cue for cue in between(read.cues, index, index) if cue.first <= 1)
            return index if any(cue.kind is kind for cue in opening) else None
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
