"""How the writer stands to a claim: cues with scope and direction, after ConText (Harkema et al. 2009)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.claims import Match
from bot.core.concepts import Lexicon, Mention
from bot.core.pack import Cue, CueKind, Reach
from bot.core.text import Sentence

PAIR = " & "  # "if & would": both in one sentence
START = "^"  # "^does": only as the first word of a sentence, or after a comma
_ANSWERS = frozenset({CueKind.ENDORSE, CueKind.REFUSE})
SHORT = 4  # words of a sentence that only rejects what stood before: "No, it doesn't."
AFTERMATH = 3  # sentences after a claim in which a debunking can still reach back to it
MESSAGE = 60  # sentences; more than people write in one message, and it keeps reading linear in the length of the text


@dataclass(frozen=True, slots=True)
class CueFound:
    """A cue at its place in the message."""

    kind: CueKind
    reach: Reach
    within: int
    sentence: int
    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class Stance:
    """The cues that govern a claim, and what the sentence itself shows."""

    cues: tuple[CueFound, ...] = ()
    asked: bool = False
    quoted: bool = False

    def has(self, kind: CueKind) -> bool:
        return any(cue.kind is kind for cue in self.cues)


class Cues:
    """The pack's cues, found by their words."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = {str(n): cue for n, cue in enumerate(cues)}
        self._pairs = {
            f"{n}&{m}": (n, phrase)
            for n, cue in self._cues.items()
            for m, phrase in enumerate(cue.say)
            if PAIR in phrase
        }
        phrases = {name: [p for p in cue.say if PAIR not in p and p[0] != START] for name, cue in self._cues.items()}
        opening = {name + START: [p[1:] for p in cue.say if p[0] == START] for name, cue in self._cues.items()}
        parts = {
            f"{key}{side}": [part]
            for key, (_, p) in self._pairs.items()
            for side, part in zip("<>", p.split(PAIR, 1), strict=True)
        }
        self._lexicon = Lexicon(phrases | parts | opening)

    def found(self, index: int, sentence: Sentence) -> list[CueFound]:
        """The cues in one sentence."""
        mentions = list(_standing(self._lexicon.mentions(sentence.words), sentence))
        return [self._placed(index, sentence, m) for m in self._whole(mentions)]

    def _whole(self, mentions: list[Mention]) -> Iterator[Mention]:
        """Mentions of cues; a pair is one where both its halves are said, and stands where its first half does."""
        halves = {m.concept: m for m in mentions}
        for mention in mentions:
            if any(_inside(mention, other) and not self._answers(other) for other in mentions):
                continue  # "no reason to" is more than "no"
            key, side = mention.concept[:-1], mention.concept[-1]
            if key not in self._pairs:
                yield mention
            elif side == "<" and f"{key}>" in halves:
                yield mention._replace(concept=self._pairs[key][0])

    def _answers(self, mention: Mention) -> bool:
        """Whether it opens an answer: "it doesn't" answers, and denies what follows as well."""
        cue = self._cues.get(mention.concept)
        return cue is not None and cue.kind in _ANSWERS

    def _placed(self, index: int, sentence: Sentence, mention: Mention) -> CueFound:
        cue = self._cues[mention.concept]
        words = " ".join(sentence.words[mention.first : mention.last + 1])
        return CueFound(cue.kind, cue.reach, cue.within, index, mention.first, mention.last, words)


def _standing(mentions: Iterable[Mention], sentence: Sentence) -> Iterator[Mention]:
    """Without those that have to open their clause, and don't."""
    for mention in mentions:
        if not mention.concept.endswith(START):
            yield mention
        elif mention.first == 0 or mention.first in sentence.pauses:
            yield mention._replace(concept=mention.concept.removesuffix(START))


def _inside(inner: Mention, outer: Mention) -> bool:
    wider = outer.last - outer.first > inner.last - inner.first
    return wider and outer.tight and outer.first <= inner.first and inner.last <= outer.last


def stance(match: Match, sentences: Sequence[Sentence], cues: Sequence[CueFound], stops: Sequence[CueFound]) -> Stance:
    """The stance to a matched claim. `stops` are words such as "but", beyond which a cue does not reach."""
    near = between(cues, match.sentence - AFTERMATH, match.sentence + MESSAGE)
    turns = between(stops, match.sentence, match.sentence)
    governing = tuple(cue for cue in near if _governs(cue, match, sentences, turns))
    sentence = sentences[match.sentence]
    quoted = sentence.quoted or all(n in sentence.cited for m in match.said for n in (m.first, m.last))
    return Stance(governing, asked=sentence.asked, quoted=quoted)


def between(cues: Sequence[CueFound], first: int, last: int) -> Sequence[CueFound]:
    """The cues of the sentences `first` to `last`; `cues` are in order of their sentences."""
    start = bisect_left(cues, first, key=_sentence)
    return cues[start : bisect_right(cues, last, lo=start, key=_sentence)]


def _sentence(cue: CueFound) -> int:
    return cue.sentence


def _governs(cue: CueFound, match: Match, sentences: Sequence[Sentence], stops: Sequence[CueFound]) -> bool:
    if cue.kind in _ANSWERS:  # they tell how a question is answered; only a curt "No." stands against a statement
        return cue.kind is CueKind.REFUSE and _rejects(cue, match, sentences)
    if cue.sentence == match.sentence and _said_by_claim(cue, match):
        return False  # "phosphate has nothing to do with it" is the claim itself
    if cue.reach is Reach.MESSAGE:
        return cue.sentence >= match.sentence or match.sentence - cue.sentence <= AFTERMATH
    if cue.reach is Reach.SENTENCE:
        return cue.sentence == match.sentence
    if cue.reach is Reach.BACKWARD:
        return _reaches_back(cue, match, stops)
    return _reaches_on(cue, match, sentences[match.sentence], stops)


def _rejects(cue: CueFound, match: Match, sentences: Sequence[Sentence]) -> bool:
    """Whether the cue opens a short sentence right after a claim that is no question."""
    follows = cue.sentence == match.sentence + 1 and cue.first == 0
    return follows and len(sentences[cue.sentence].words) <= SHORT and not sentences[match.sentence].asked


def _said_by_claim(cue: CueFound, match: Match) -> bool:
    return any(m.first <= cue.first and cue.last <= m.last and m.overlaps(cue.first, cue.last) for m in match.said)


def _reaches_on(cue: CueFound, match: Match, sentence: Sentence, stops: Sequence[CueFound]) -> bool:
    """Forward: the next word of the claim stands close behind the cue, with nothing in between that stops it."""
    ahead = [m.first for m in match.said if m.last > cue.first]
    if cue.sentence != match.sentence or not ahead:
        return False
    target = min(ahead)
    if target - cue.last > cue.within or _paused(sentence, cue.last, target):
        return False
    return not _stopped(match.sentence, cue.last, target, stops)


def _paused(sentence: Sentence, after: int, before: int) -> bool:
    """Whether a comma ends what the cue governs; one right after the cue only brackets words in between."""
    return after + 1 not in sentence.pauses and any(after < pause <= before for pause in sentence.pauses)


def _reaches_back(cue: CueFound, match: Match, stops: Sequence[CueFound]) -> bool:
    """Backward: the cue follows the claim, in its sentence or soon after."""
    if cue.sentence == match.sentence:
        return match.last < cue.first <= match.last + cue.within
    return 0 < cue.sentence - match.sentence <= AFTERMATH


def _stopped(sentence: int, after: int, before: int, stops: Sequence[CueFound]) -> bool:
    return any(s.sentence == sentence and after < s.first < before for s in stops)
