"""What somebody gets who asks: the answer where it is plain, else topics to choose from; urgent words before all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core import answers, cards, wording
from bot.core.completion import Choice, plain
from bot.core.pack import Pack, Topic

MOST_CHOICES = 5
MOST_RELATED = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """Either an answer with related topics as choices, or words with topics that may have been meant."""

    answer: cards.Answer | None = None
    words: str = ""
    choices: tuple[Choice, ...] = ()
    urgent: str = ""  # said before anything else


def reply(pack: Pack, text: str, found: Sequence[answers.Match], *, urgent: str = "") -> Reply:
    """What the bot says to the text, a topic's name or a question, for which these topics were found."""
    if found and (found[0].score >= answers.SURE or answers.exact(pack, text)):
        return about(pack, found[0].topic, urgent=urgent)
    likely = choices(pack, found)
    return Reply(words=wording.did_you_mean(pack, any_found=bool(likely)), choices=likely, urgent=urgent)


def choices(pack: Pack, found: Sequence[answers.Match]) -> tuple[Choice, ...]:
    """What may have been meant, best first."""
    return tuple(Choice(m.topic, pack.topics[m.topic].title) for m in found[:MOST_CHOICES])


def about(pack: Pack, topic_id: str, *, urgent: str = "") -> Reply:
    """The answer of that topic, or the news that it is gone."""
    topic = pack.topics.get(topic_id)
    if topic is None:
        return Reply(words=wording.TOPIC_GONE, urgent=urgent)
    near = tuple(Choice(t.id, t.title) for t in related(pack, topic))
    return Reply(answer=replace(cards.answer(topic, pack), urgent=urgent), choices=near, urgent=urgent)


def related(pack: Pack, topic: Topic, limit: int = MOST_RELATED) -> tuple[Topic, ...]:
    """Topics that somebody who reads this one may want next: those it names, then those that rest on its sources."""
    text = f" {plain(' '.join((topic.summary, *(f.text for f in topic.facts))))} "
    spread = Counter(key for t in pack.topics.values() for key in _sources(t))
    others = [t for t in pack.topics.values() if t.id != topic.id]
    scores = {t.id: _named(t, topic, text) + _shared(t, topic, spread) for t in others}
    near = sorted((t for t in others if scores[t.id] > 0), key=lambda t: -scores[t.id])
    return tuple(near[:limit])


def _sources(topic: Topic) -> set[str]:
    return {key for fact in topic.facts for key in fact.sources}


def _named(other: Topic, topic: Topic, text: str) -> float:
    """How often the text names the other topic, by names that are not this topic's own."""
    own = {plain(n) for n in (topic.id, topic.title, *topic.aliases)}
    names = {plain(n) for n in (other.id, other.title, *other.aliases)} - own
    return min(3, sum(text.count(f" {name} ") for name in names))


def _shared(other: Topic, topic: Topic, spread: Counter[str]) -> float:
    """Sources that both rest on; one that many topics use says little."""
    return sum(1 / spread[key] for key in _sources(other) & _sources(topic))
