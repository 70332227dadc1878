"""Mistakes that only show when the parts of a pack are held side by side."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from string import Formatter
from urllib.parse import urlsplit

from bot.core.answers import fold
from bot.core.cards import correction_text
from bot.core.concepts import GAP_SIGN, parse
from bot.core.pack import Misconception, Pack, Source, Stage, Topic

TITLE = 256  # Discord's limit for the title of an embed, in characters
HEADER = 150  # Slack's limit for a header, which the title of an answer becomes
SECTION = 3000  # Slack's limit for a section of text, in which "&", "<" and ">" take four or five characters
FIELD = 1024  # … for one of its fields; a fact, a summary or an urgent text fills at most one
DESCRIPTION = 4096  # … for its description: urgent text, summary and the first facts
MESSAGE = 2000  # … for a message: a correction is posted as one
CHOICE = 100  # … for what autocompletion may insert
FRESH = timedelta(days=365)  # how long a review counts


class Level(StrEnum):
    """Whether a pack can be used in spite of it."""

    ERROR = "error"
    WARNING = "warning"


Place = tuple[str | int, ...]  # "topics", its id, and then keys and positions as in the file


@dataclass(frozen=True, slots=True)
class Remark:
    """One mistake and the place of it."""

    at: Place
    rule: str
    message: str
    hint: str = ""
    level: Level = Level.ERROR
    trace: tuple[str, ...] = ()  # how a screener's word came about
    words: str = ""  # the part of the text that is meant, where it is not the whole


Remarks = Iterator[Remark]


def remarks(pack: Pack) -> tuple[Remark, ...]:
    """Every mistake that can be told without knowing the date."""
    return tuple(remark for check in _CHECKS for remark in check(pack))


def review_remarks(pack: Pack, today: date) -> tuple[Remark, ...]:
    """Reviews that are too old to count or haven't happened yet, and evidence that has expired."""
    reviewed = (
        *((("topics", t.id, "reviewed_on"), t.reviewed_on) for t in pack.topics.values() if t.stage.maintained),
        *(
            (("misconceptions", m.id, "reviewed_on"), m.reviewed_on)
            for m in pack.misconceptions.values()
            if m.stage.maintained and m.reviewed_on
        ),
    )
    old = (r for at, day in reviewed for r in _review_of(at, date.fromisoformat(day), today))
    return (*old, *_expired(pack, today))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word; empty when nothing comes near."""
    by_letters = {k.casefold(): k for k in known}
    near = get_close_matches(word[:64].casefold(), list(by_letters), n=1, cutoff=0.6)
    return f"Did you mean `{by_letters[near[0]]}`?" if near else ""


def _review_of(at: Place, reviewed: date, today: date) -> Remarks:
    if reviewed > today:
        yield Remark(at, "review-date", f"the review of {reviewed} is in the future", "Check the year.", Level.WARNING)
    elif today - reviewed > FRESH:
        hint = "Have it compared with its sources again, then set the date of that day."
        yield Remark(at, "review-date", f"last reviewed on {reviewed}, more than a year ago", hint, Level.WARNING)


def _expired(pack: Pack, today: date) -> Remarks:
    """Places that rest on a source whose time is over."""
    over = {key for key, s in pack.sources.items() if s.expires_on and date.fromisoformat(s.expires_on) < today}
    for at, keys, what in _cited(pack):
        for number, key in enumerate(keys):
            if key in over:
                message = f"{what} rests on `{key}`, which expired on {pack.sources[key].expires_on}"
                hint = "Look for newer evidence; if it still holds, move `expires_on` in sources.yaml."
                yield Remark((*at, "sources", number), "expired-source", message, hint, Level.WARNING)


def _cited(pack: Pack) -> Iterator[tuple[Place, tuple[str, ...], str]]:
    """Everything that names sources: its place, the keys, and what to call it."""
    for topic in (t for t in pack.topics.values() if t.stage.maintained):
        for number, fact in enumerate(topic.facts):
            yield ("topics", topic.id, "facts", number), fact.sources, "this fact"
    for wrong in (m for m in pack.misconceptions.values() if m.stage.maintained):
        yield ("misconceptions", wrong.id), wrong.sources, "this correction"


def _unknown_sources(pack: Pack) -> Remarks:
    for at, keys, _ in _cited(pack):
        for number, key in enumerate(keys):
            if key not in pack.sources:
                hint = did_you_mean(key, pack.sources) or "Add it to sources.yaml, or correct the key."
                yield Remark((*at, "sources", number), "unknown-source", f"no source is called `{key}`", hint)


def _nothing_to_show(pack: Pack) -> Remarks:
    for at, keys, what in _cited(pack):
        if all(k in pack.sources for k in keys) and not pack.citations(keys):
            hint = "Add a source with `confirmed: yes` and an https address, or ask the clinician who reviews this."
            message = f"{what} has no source that members may be shown"
            yield Remark((*at, "sources"), "no-shown-source", message, hint, Level.WARNING)


def _addresses(pack: Pack) -> Remarks:
    for source in pack.sources.values():
        at = ("sources", source.key, "url")
        if source.url or source.confirmed:
            yield from _address(source, at)


def _address(source: Source, at: Place) -> Remarks:
    if not _is_address(source.url):
        message = f"`{source.url[:60]}` is no web address"
        yield Remark(at, "url", message, "It should look like https://example.org/page, without spaces.")
    elif source.confirmed and not source.citable:
        hint = "Use the https address of the page."
        yield Remark(at, "url", "only https addresses are shown to members", hint, Level.WARNING)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname and "." in parts.hostname)
    except ValueError:
        return False
    return named and parts.scheme in ("https", "http") and not re.search(r"[\s<>]", url)


def _names(pack: Pack) -> Remarks:
    """A name that somebody types must lead to one topic."""
    named = [topic for topic in pack.topics.values() if topic.stage.maintained]  # a retired one makes room
    owners = {fold(topic.title): topic.id for topic in named}
    owners |= {fold(topic.id): topic.id for topic in named}
    for topic in named:
        for number, alias in enumerate(topic.aliases):
            owner = owners.setdefault(fold(alias), topic.id)
            if owner != topic.id:
                message = f"`{alias}` leads to the topic `{owner}` already"
                yield Remark(("topics", topic.id, "aliases", number), "alias", message, "Use it in one of them only.")


def _same_claims(pack: Pack) -> Remarks:
    claims: dict[str, str] = {}
    for wrong in (m for m in pack.misconceptions.values() if m.stage.maintained):
        first = claims.setdefault(fold(wrong.claim), wrong.id)
        if first != wrong.id:
            at = ("misconceptions", wrong.id, "claim")
            yield Remark(at, "same-claim", f"`{first}` has the same claim", "Merge the two, or tell them apart.")


def _phrases(pack: Pack) -> Remarks:
    """Phrases that no message can hold."""
    for name, phrases in pack.vocabulary.concepts.items():
        for number, phrase in enumerate(phrases):
            if not any(word != GAP_SIGN for word in parse(phrase).words):
                message = f"`{phrase[:40]}` holds no word, so it is never found"
                yield Remark(("vocabulary", "concepts", name, number), "phrase", message, "Remove it, or add the word.")
    for number, cue in enumerate(pack.vocabulary.cues):
        for at, phrase in enumerate(cue.say):
            if phrase.count(" & ") > 1:
                message = f"`{phrase[:40]}` joins more than two parts with &"
                yield Remark(("vocabulary", "cues", number, "say", at), "phrase", message, "Keep two of them.")


def _concepts(pack: Pack) -> Remarks:
    for wrong in pack.misconceptions.values():
        for number, rule in enumerate(wrong.claims):
            at = ("misconceptions", wrong.id, "claims", number)
            yield from _unknown_concepts((*at, "say"), rule.say, pack)
            yield from _unknown_concepts((*at, "unless"), rule.unless, pack)


def _unknown_concepts(at: Place, named: tuple[str, ...], pack: Pack) -> Remarks:
    for number, alternatives in enumerate(named):
        for name in alternatives.split("|"):
            if name not in pack.vocabulary.concepts:
                hint = did_you_mean(name, pack.vocabulary.concepts) or "Add it to vocabulary.yaml, or correct the name."
                yield Remark((*at, number), "unknown-concept", f"no concept is called `{name}`", hint)


def _examples(pack: Pack) -> Remarks:
    for wrong in pack.misconceptions.values():
        at = ("misconceptions", wrong.id)
        if not wrong.flags:
            yield Remark((*at, "flags"), "no-example", "no example of a message that makes the claim", _ADD_FLAGS)
        if not wrong.passes:
            yield Remark((*at, "passes"), "no-example", "no example of a message to leave alone", _ADD_PASSES)
        yield from _repeated_examples(wrong)


_ADD_FLAGS = "Add some under `flags:`; three different ones are a good start."
_ADD_PASSES = "Add some under `passes:`: true statements in similar words, questions, denials."


def _repeated_examples(wrong: Misconception) -> Remarks:
    seen: dict[str, str] = {}
    for key, examples in (("flags", wrong.flags), ("passes", wrong.passes)):
        for number, example in enumerate(examples):
            first = seen.setdefault(_plainly(example), key)
            at = ("misconceptions", wrong.id, key, number)
            if first != key:
                hint = "Decide which is right and remove the other."
                yield Remark(at, "same-example", "this example is under `flags` as well", hint)
            elif number and _plainly(example) in map(_plainly, examples[:number]):
                message = "this example is there twice"
                yield Remark(at, "same-example", message, "Remove one of them.", Level.WARNING)


def _plainly(text: str) -> str:
    return " ".join(text.casefold().split())


def _templates(pack: Pack) -> Remarks:
    for key, text, known in (
        ("correction_template", pack.safety.correction_template, {"correction", "source_links"}),
        ("footer", pack.safety.footer, {"reviewed_on", "source_list"}),
    ):
        yield from _template(("safety", key), text, known)
    if "{correction}" not in pack.safety.correction_template:
        message = "the template has no {correction}"
        yield Remark(("safety", "correction_template"), "template", message, "Put {correction} where it belongs.")


def _template(at: Place, text: str, known: set[str]) -> Remarks:
    try:
        used = [(name, form, turn) for _, name, form, turn in Formatter().parse(text) if name is not None]
    except ValueError:
        yield Remark(at, "template", "a brace is not closed", "Write {{ or }} where a brace itself is meant.")
        return
    for name, form, turn in used:
        if name not in known or form or turn:
            hint = did_you_mean(name, known) or f"Known here: {', '.join(f'{{{k}}}' for k in sorted(known))}."
            yield Remark(at, "template", f"{{{name}}} can't be filled in here", hint)


def _lengths(pack: Pack) -> Remarks:
    for topic in pack.topics.values():
        yield from _topic_lengths(topic, pack)
    for wrong in pack.misconceptions.values():
        yield from _correction_length(wrong, pack)
    for key, text in pack.safety.urgent.items():
        yield from _too_long(("safety", "urgent", key), text, FIELD)
    for key, text in pack.safety.canned.items():
        yield from _too_long(("safety", "canned", key), text, MESSAGE)


def _topic_lengths(topic: Topic, pack: Pack) -> Remarks:
    at = ("topics", topic.id)
    yield from _too_long((*at, "title"), topic.title, HEADER, "Slack")
    yield from _too_long((*at, "summary"), topic.summary, FIELD)
    for number, alias in enumerate(topic.aliases):
        yield from _too_long((*at, "aliases", number), alias, CHOICE)
    for number, fact in enumerate(topic.facts):
        yield from _too_long((*at, "facts", number, "text"), fact.text, FIELD)
    urgent = max(map(len, pack.safety.urgent.values()), default=0)
    first = urgent + len(topic.summary) + len(topic.facts[0].text)
    if first > DESCRIPTION - 100:  # marks, bullets and source numbers
        hint = "Shorten the summary or the first fact."
        yield Remark((*at, "summary"), "too-long", f"the first page would have {first} characters", hint)


def _correction_length(wrong: Misconception, pack: Pack) -> Remarks:
    at = ("misconceptions", wrong.id, "correction")
    yield from _too_long(("misconceptions", wrong.id, "claim"), wrong.claim, TITLE)
    yield from _too_long(at, wrong.correction, FIELD)
    if len(wrong.correction) > FIELD:
        return
    try:
        posted = correction_text((wrong.id,), pack)
    except (KeyError, IndexError, ValueError, AttributeError):
        return  # the template itself is at fault, and `_template` says so
    if len(posted) > MESSAGE:
        message = f"with its sources, the posted correction has {len(posted)} characters; {MESSAGE} fit"
        yield Remark(at, "too-long", message, "Shorten the correction.")


def _too_long(at: Place, text: str, limit: int, platform: str = "Discord") -> Remarks:
    if len(text) > limit:
        yield Remark(at, "too-long", f"{len(text)} characters; {limit} fit in {platform}", f"Cut {len(text) - limit}.")
    elif (escaped := len(_escaped(text))) > SECTION:
        message = f"{escaped} characters once &, < and > are written for Slack; {SECTION} fit"
        yield Remark(at, "too-long", message, "Use fewer of these signs.")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _commands(pack: Pack) -> Remarks:
    """Texts that send people to a topic must name one that is there."""
    pattern = re.compile(rf"/{re.escape(pack.name)} ([a-z0-9-]+)")
    for at, text in _safety_texts(pack):
        for name in pattern.findall(text):
            if name not in pack.topics:
                message = f"`/{pack.name} {name}` leads nowhere: no topic has that id"
                yield Remark(at, "unknown-topic", message, did_you_mean(name, pack.topics), Level.WARNING)
            elif (stage := pack.topics[name].stage) is not Stage.LIVE:
                message = f"`/{pack.name} {name}` leads nowhere while that topic's stage is `{stage}`"
                hint = "Set the topic live, or word this differently."
                yield Remark(at, "hidden-topic", message, hint, Level.WARNING)


def _safety_texts(pack: Pack) -> Iterator[tuple[Place, str]]:
    safety = pack.safety
    groups: Mapping[str, Mapping[str, str]] = {"urgent": safety.urgent, "canned": safety.canned}
    yield ("safety", "disclaimer"), safety.disclaimer
    yield ("safety", "long_disclaimer"), safety.long_disclaimer
    for group, texts in groups.items():
        for key, text in texts.items():
            yield ("safety", group, key), text


def _red_flags(pack: Pack) -> Remarks:
    """A rule names signs that have phrases, and a text that is there; every urgent text has a rule."""
    flags, urgent = pack.safety.red_flags, pack.safety.urgent
    signs = {*flags.signs, *(level.sign for level in flags.levels)}
    for number, rule in enumerate(flags.rules):
        at: Place = ("safety", "red_flags", "rules", number)
        if rule.message not in urgent:
            hint = did_you_mean(rule.message, urgent) or "Add the text under `urgent:`, or correct the name."
            yield Remark((*at, "message"), "unknown-urgent-text", f"no urgent text is called `{rule.message}`", hint)
        for place, item in enumerate(rule.say):
            for name in item.split("|"):
                if name not in signs:
                    hint = did_you_mean(name, signs) or "Add it under `signs:`, or correct the name."
                    yield Remark((*at, "say", place), "unknown-sign", f"no sign is called `{name}`", hint)
    for key in urgent:
        if flags.rules and key not in {rule.message for rule in flags.rules}:
            message = f"no red flag ever leads to `{key}`"
            hint = "Add a rule under `red_flags:`, or remove the text."
            yield Remark(("safety", "urgent", key), "unused-urgent-text", message, hint, Level.WARNING)


def _thread(pack: Pack) -> Remarks:
    for number, post in enumerate(pack.thread):
        if post.answers is not None and post.answers > number:
            hint = "Count from 1; a post can only answer one above it."
            yield Remark(("thread", "posts", number, "answers"), "thread", f"there is no post {post.answers} yet", hint)


_CHECKS: tuple[Callable[[Pack], Remarks], ...] = (
    _unknown_sources,
    _nothing_to_show,
    _addresses,
    _names,
    _same_claims,
    _concepts,
    _phrases,
    _examples,
    _templates,
    _lengths,
    _commands,
    _red_flags,
    _thread,
)
