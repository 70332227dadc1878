"""Which claims a message puts into words, before any question of stance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.core.concepts import Mention
from bot.core.pack import ClaimRule, Misconception

REACH_BACK = 3  # sentences in which a pronoun may find what it stands for


@dataclass(frozen=True, slots=True)
class Spot:
    """A mention in a certain sentence."""

    sentence: int
    mention: Mention


@dataclass(frozen=True, slots=True)
class Match:
    """A claim put into words in one sentence; `carried` are things named earlier that it speaks of."""

    misconception: str
    rule: ClaimRule
    sentence: int
    said: tuple[Mention, ...]
    core: Mention  # the relation, rather than the things it holds between
    carried: tuple[Spot, ...] = ()

    @property
    def first(self) -> int:
        return min(m.first for m in self.said)

    @property
    def last(self) -> int:
        return max(m.last for m in self.said)


@dataclass(frozen=True, slots=True)
class _Rule:
    misconception: str
    rule: ClaimRule
    items: tuple[tuple[str, ...], ...]
    core: int  # the item that must stand in the sentence itself
    unless: frozenset[str]


Said = Mapping[str, Sequence[Mention]]


class Claims:
    """All claim rules of a pack, found by the concepts that a sentence mentions."""

    def __init__(self, misconceptions: Iterable[Misconception], things: frozenset[str]) -> None:
        self._things = things
        self._by_concept: dict[str, list[_Rule]] = defaultdict(list)
        self._items: dict[str, tuple[tuple[frozenset[str], ...], ...]] = {}
        for misconception in misconceptions:
            for rule in misconception.claims:
                compiled = _compile(misconception.id, rule, things)
                items = tuple(map(frozenset, compiled.items))
                self._items[misconception.id] = (*self._items.get(misconception.id, ()), items)
                for concept in compiled.items[compiled.core]:
                    self._by_concept[concept].append(compiled)

    def concepts(self) -> frozenset[str]:
        """The concepts that any rule uses."""
        return frozenset(c for rules in self._by_concept.values() for r in rules for i in r.items for c in i)

    def coverage(self, misconception: str, said: AbstractSet[str]) -> float:
        """How much of the claim a message that says these concepts puts into words at all: 0..1, of its closest rule.

        1 also where a misconception has no rules, since then nothing is known against it.
        """
        rules = self._items.get(misconception)
        if not rules:
            return 1.0
        return max(sum(not said.isdisjoint(item) for item in items) / len(items) for items in rules)

    def matches(self, index: int, said: Said, before: Mapping[str, Spot]) -> list[Match]:
        """The claims in a sentence that says `said`; `before` are things it may refer back to."""
        found: list[Match] = []
        seen: set[int] = set()
        for concept in said:
            for rule in self._by_concept.get(concept, ()):
                if id(rule) not in seen:
                    seen.add(id(rule))
                    match = self._match(rule, index, said, before)
                    if match:
                        found.append(match)
        return found

    def _match(self, rule: _Rule, index: int, said: Said, before: Mapping[str, Spot]) -> Match | None:
        here: list[list[Mention]] = []
        carried: list[Spot] = []
        for item in rule.items:
            mentions = [m for concept in item if concept in said for m in said[concept]]
            if mentions:
                here.append(mentions)
                continue
            spot = next((before[c] for c in item if c in before), None)
            if spot is None or (rule.rule.ordered and here):
                return None
            carried.append(spot)
        if not rule.unless.isdisjoint(said):
            return None
        chosen = _in_order(here, rule.rule.within) if rule.rule.ordered else _together(here, rule.rule.within)
        if chosen is None:
            return None
        core = next((m for m in chosen if m.concept not in self._things), chosen[-1])
        return Match(rule.misconception, rule.rule, index, chosen, core, tuple(carried))


def _compile(misconception: str, rule: ClaimRule, things: frozenset[str]) -> _Rule:
    items = tuple(tuple(name.strip() for name in item.split("|")) for item in rule.say)
    core = next((n for n, item in enumerate(items) if not things.issuperset(item)), 0)
    unless = frozenset(name.strip() for item in rule.unless for name in item.split("|"))
    return _Rule(misconception, rule, items, core, unless)


def _together(here: list[list[Mention]], within: int) -> tuple[Mention, ...] | None:
    """The closest mentions of all items that use different words, if they fit into the window."""
    best: tuple[Mention, ...] | None = None
    width = within
    for anchor in here[0][:8]:
        chosen = _nearest(anchor, here[1:])
        if chosen and (span := _width(chosen)) <= width:
            best, width = chosen, span - 1
    return best


def _nearest(anchor: Mention, others: list[list[Mention]]) -> tuple[Mention, ...] | None:
    chosen = [anchor]
    for mentions in others:
        free = [m for m in mentions if not any(_overlap(m, c) for c in chosen)]
        if not free:
            return None
        chosen.append(min(free, key=lambda m: (abs(m.first - anchor.first), m.last)))
    return tuple(chosen)


def _in_order(here: list[list[Mention]], within: int) -> tuple[Mention, ...] | None:
    """The first mentions of all items one after the other, if they fit into the window."""
    for anchor in here[0][:8]:
        chosen = [anchor]
        for mentions in here[1:]:
            following = next((m for m in mentions if m.first > chosen[-1].last), None)
            if following is None:
                break
            chosen.append(following)
        else:
            if _width(chosen) <= within:
                return tuple(chosen)
    return None


def _overlap(one: Mention, other: Mention) -> bool:
    return one.tight and other.tight and one.overlaps(other.first, other.last)


def _width(mentions: Sequence[Mention]) -> int:
    return max(m.last for m in mentions) - min(m.first for m in mentions) + 1
