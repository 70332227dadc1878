"""Red flags: whether a message tells of somebody, here and now, who may need help at once, and of which kind.

Signs alone don't tell: "he had a seizure" is in films and memories, too. So each sign is asked of whom it is told
(the nearest word before it that names somebody), when, and whether it is denied, supposed, retold or a joke; cues and
their reach are those of ConText (Harkema et al. 2009), as in bot.core.stance, with words of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from bot.core.concepts import Lexicon, Mention
from bot.core.gate import Gate
from bot.core.pack import Bearings, Level, RedFlags, UrgentRule
from bot.core.text import Sentence, sentences

LONGEST = 4000  # characters of a message that are read
NEAR = 6  # words between what is measured and its value
BEFORE = 3  # words between a value and what is measured, where the value comes first
BESIDE = 3  # words between a sign and a word of lessons, such as "symptom"
DENIES = 5  # words that a denial reaches forward, unless it stands at the head of a list
MILDER = "/"  # "confusion/own" is a milder form of "confusion", and hides it where it is said
IDLE = "idle"  # phrases in which none of the other words mean what they seem to


class _Sign(NamedTuple):
    """A sign as told in one sentence."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence, the signs in it, and the words that say how they are meant."""

    sentence: Sentence
    signs: tuple[_Sign, ...]
    words: Mapping[str, Sequence[Mention]]

    def says(self, kind: str) -> bool:
        return kind in self.words

    def last(self, kind: str, before: int) -> int:
        """Where the last word of that kind stands before a place; -1: nowhere."""
        return max((m.last for m in self.words.get(kind, ()) if m.first < before), default=-1)


class UrgentReader:
    """Reads messages by the red flags of a pack; compiled once, safe to share between threads."""

    def __init__(self, flags: RedFlags) -> None:
        self._rules = tuple((rule, _items(rule.say), _items(rule.given)) for rule in flags.rules)
        self._levels = flags.levels
        bearings = {f.name: getattr(flags.words, f.name) for f in fields(Bearings)}
        self._signs = Lexicon({**flags.signs, IDLE: flags.words.idle})
        self._words = Lexicon(bearings)
        self._measured = Lexicon({str(n): level.of for n, level in enumerate(flags.levels)})
        self._gate = Gate(_telling(flags))
        self._faces = tuple(word for word in flags.words.jest if not any(map(str.isalnum, word)))
        self._order = tuple(dict.fromkeys(rule.message for rule in flags.rules))

    def concerns(self, text: str) -> bool:
        """Whether the message can tell of a red flag at all: a few microseconds."""
        return bool(self._rules) and self._gate.admits(text[:LONGEST])

    def key(self, text: str) -> str | None:
        """Which urgent text the message calls for; None for nearly all messages."""
        if not self.concerns(text):
            return None
        text = text[:LONGEST]
        told = [self._told(sentence) for sentence in sentences(text)]
        laughs = any(face in text for face in self._faces)
        if laughs and not any(part.says("now") for part in told):
            return None
        rule = self._rule(told)
        return rule.message if rule else None

    def more_serious(self, one: str, other: str) -> str:
        """Of two keys, either of them perhaps empty, the one whose rules come first."""
        ranks = {key: rank for rank, key in enumerate(self._order)}
        return min((one, other), key=lambda key: ranks.get(key, len(ranks)))

    def _rule(self, told: Sequence[_Told]) -> UrgentRule | None:
        present = frozenset(_present(told))
        given = frozenset(sign.name for part in told for sign in part.signs)
        for rule, say, around in self._rules:
            if _all_of(say, present) and _all_of(around, given):
                return rule
        return None

    def _told(self, sentence: Sentence) -> _Told:
        found = self._signs.mentions(sentence.words, sentence.pauses)
        signs = [_Sign(m.concept, m.first, m.last) for m in found if m.concept != IDLE and not _hidden(m, found)]
        signs += self._values(sentence)
        words: dict[str, list[Mention]] = {}
        for mention in _unswallowed(self._words.mentions(sentence.words, sentence.pauses)):
            part_of_sign = mention.concept != "general" and any(_covers(sign, mention) for sign in signs)
            if mention.concept != IDLE and not part_of_sign:
                words.setdefault(mention.concept, []).append(mention)
        return _Told(sentence, tuple(signs), words)

    def _values(self, sentence: Sentence) -> Iterator[_Sign]:
        """The measured values that are signs: the first number after what is measured, or else one just before it."""
        words = sentence.words
        for mention in self._measured.mentions(words, sentence.pauses):
            level = self._levels[int(mention.concept)]
            after = range(mention.last + 1, min(len(words), mention.last + NEAR + 1))
            before = range(mention.first - 1, max(-1, mention.first - BEFORE - 1), -1)
            at = next((n for n in (*after, *before) if _number(words[n]) is not None), None)
            if at is not None and _fits(words, at, level):
                yield _Sign(level.sign, min(at, mention.first), max(at, mention.last))


def _fits(words: Sequence[str], at: int, level: Level) -> bool:
    """Whether the number is such a value, and in the right unit."""
    value = _number(words[at])
    unit = "".join(words[at + 1 : at + 2])
    return value is not None and level.least <= value < level.below and unit not in level.unless


def _telling(flags: RedFlags) -> Iterator[str]:
    """The phrases without which no rule can fit: of each rule, those of the item with the fewest."""
    phrases: dict[str, list[str]] = {name: list(said) for name, said in flags.signs.items()}
    for level in flags.levels:
        phrases.setdefault(level.sign, []).extend(level.of)
    for rule in flags.rules:
        items = [
            [phrase for name in item for phrase in phrases.get(name, ())] for item in _items(rule.say + rule.given)
        ]
        yield from min(items, key=len)


def _items(say: Sequence[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(name.strip() for name in item.split("|")) for item in say)


def _all_of(items: Sequence[frozenset[str]], told: frozenset[str]) -> bool:
    return all(not told.isdisjoint(item) for item in items)


def _hidden(sign: Mention, found: Sequence[Mention]) -> bool:
    """Whether a phrase makes it mean something else ("passed out flyers"), or a milder form of the sign is meant."""
    idle = [m for m in found if m.concept == IDLE and m.tight and m.overlaps(sign.first, sign.last)]
    if any(not (sign.tight and _inside(m, sign)) for m in idle):
        return True
    return any(m.concept.startswith(sign.concept + MILDER) and _inside(sign, m) for m in found)


def _unswallowed(found: Sequence[Mention]) -> list[Mention]:
    """Without what stands inside a longer phrase: "no one" denies nothing."""
    wide = [m for m in found if m.last > m.first and m.tight]
    return [m for m in found if not any(_inside(m, w) for w in wide)]


def _inside(inner: Mention, outer: Mention) -> bool:
    longer = outer.last - outer.first > inner.last - inner.first
    return longer and outer.first <= inner.first and inner.last <= outer.last


def _covers(sign: _Sign, mention: Mention) -> bool:
    """Whether the word belongs to the sign itself, as "not" does to "not breathing"."""
    return sign.first <= mention.first and mention.last <= sign.last


def _number(word: str) -> float | None:
    """The value of "14.8", "14,8" or "50,000"."""
    plain = word.replace(",", "") if len(word) - word.rfind(",") == 4 else word.replace(",", ".")
    return float(plain) if plain.replace(".", "", 1).isdecimal() else None


def _present(told: Sequence[_Told]) -> Iterator[str]:
    """The signs told of the writer, or of somebody with them, as going on now."""
    if any(part.says("over") for part in told):
        return
    who, frame = "present", ""  # who names nobody speaks of themselves
    for part in told:
        frame = _frame(part, frame)
        if not part.sentence.quoted:
            for sign in part.signs:
                of = _who(part, sign) or ("" if _asks(part) else who)
                if of == "present" and not _turned(part, sign, frame):
                    yield sign.name
        who = _who(part, None) or who


def _asks(part: _Told) -> bool:
    """Whether the sentence begins as a question does; pressing ones are told as much as asked."""
    return any(m.first == 0 for m in part.words.get("asks", ())) and not part.says("now")


def _frame(part: _Told, before: str) -> str:
    """Whether what the sentence tells belongs to a story, or to another time, that an earlier one began."""
    for kind in ("retold", "past"):
        if part.says(kind):
            return kind
    if part.says("now") or (before == "retold" and part.says("self")):
        return ""
    return before


def _who(part: _Told, sign: _Sign | None) -> str:
    """Of whom the sign is told, by the nearest word before it, or else after it; of the whole sentence without one."""
    kinds = {"self": "present", "near": "present", "general": "general"}
    named = [(m, of) for kind, of in kinds.items() for m in part.words.get(kind, ())]
    if not named:
        return ""
    if sign is None:
        return max(named, key=lambda n: n[0].first)[1]
    before = [n for n in named if n[0].first <= sign.first]
    if before:
        return max(before, key=lambda n: (n[0].last, n[1] == "general"))[1]
    return min(named, key=lambda n: n[0].first)[1]


def _turned(part: _Told, sign: _Sign, frame: str) -> bool:
    """Whether a word turns the sign into something that isn't going on."""
    if any(sign.first <= n <= sign.last for n in part.sentence.cited):
        return True
    jest = part.says("jest") and not part.says("now")
    return jest or _denied(part, sign) or _supposed(part, sign) or _taught(part, sign) or _elsewhere(part, sign, frame)


def _denied(part: _Told, sign: _Sign) -> bool:
    stop = part.last("stop", sign.first)
    far = part.last("denied", sign.first)
    near = part.last("denied_next", sign.first)
    close = near > stop and sign.first - near <= 3 and not any(near < p <= sign.first for p in part.sentence.pauses)
    return close or (far > stop and sign.first - far <= DENIES)


def _taught(part: _Told, sign: _Sign) -> bool:
    """Whether a word of lessons stands beside the sign, or in a sentence that is about nobody."""
    somebody = part.says("self") or part.says("near")
    return not part.says("now") and _distance(part, "lesson", sign) <= (BESIDE if somebody else FAR - 1)


def _supposed(part: _Told, sign: _Sign) -> bool:
    at = part.last("supposed", sign.first)
    return at > part.last("now", sign.first) and at >= 0


def _elsewhere(part: _Told, sign: _Sign, frame: str) -> bool:
    """Whether the nearest word on time or place puts the sign into the past or into a story."""
    now = _distance(part, "now", sign)
    away = min(_distance(part, "past", sign), _distance(part, "retold", sign))
    if away < FAR:
        return away < now
    return bool(frame) and now >= FAR


FAR = 1000


def _distance(part: _Told, kind: str, sign: _Sign) -> int:
    """Words between the sign and the nearest word of that kind; FAR where there is none."""
    gaps = (max(sign.first - m.last, m.first - sign.last, 0) for m in part.words.get(kind, ()))
    return min(gaps, default=FAR)
