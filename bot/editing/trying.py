"""`try`: how the examples of one misconception, or the names of one topic, score, while its file is edited."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from watchfiles import watch

from bot.core import answers
from bot.core.content_checks import Level, did_you_mean
from bot.core.pack import Misconception, Pack, Topic
from bot.core.reader import Screener
from bot.packs.files import collect
from bot.packs.problems import PackErrors, Problem
from bot.packs.read import read_pack
from bot.packs.readability import familiar_words, grade

WAIT = 60  # milliseconds that a folder must be quiet; some editors save in several steps
LOOK = 400  # milliseconds after which the folder is looked at in any case
SOON = 0.8  # a score from which on a topic is shown without asking back
SHOWN = 5  # problems of a broken edit

ScreenerOf = Callable[[Pack], Screener]


class NoSuchEntry(ValueError):
    """Neither a misconception nor a topic has this id."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one look: the lines to show, and each example's score, to compare the next look with."""

    lines: tuple[str, ...]
    scores: Mapping[str, float]


def tries(folder: Path, name: str, screener_of: ScreenerOf, *, stop: Event | None = None) -> Iterator[tuple[str, ...]]:
    """What to show now, and again after each change of the folder until `stop`.

    A broken edit shows its problems, and the next good one goes on from there. Raises NoSuchEntry at the first look.
    """
    pack = read_pack(folder)
    known(pack, name)
    tried = look(pack, name, screener_of(pack), {})
    yield tried.lines
    shown = pack.revision
    for _ in watch(folder, debounce=WAIT, step=WAIT // 2, stop_event=stop, rust_timeout=LOOK, yield_on_timeout=True):
        revision = collect(folder).revision
        if revision == shown:
            continue
        shown = revision
        try:
            pack = read_pack(folder)
            known(pack, name)
            tried = look(pack, name, screener_of(pack), tried.scores)
            yield tried.lines
        except PackErrors as error:
            yield tuple(_broken(error.problems))
        except NoSuchEntry as error:
            yield (str(error),)


def known(pack: Pack, name: str) -> Misconception | Topic:
    """The entry with that id. Raises NoSuchEntry."""
    found = pack.misconceptions.get(name) or pack.topics.get(name)
    if found is None:
        near = did_you_mean(name, (*pack.misconceptions, *pack.topics))
        raise NoSuchEntry(f"No misconception and no topic is called {name}. {near}".strip())
    return found


def look(pack: Pack, name: str, screener: Screener, before: Mapping[str, float]) -> Tried:
    """How the entry does now; `before` are the scores of the look before."""
    entry = known(pack, name)
    if isinstance(entry, Misconception):
        return _misconception(entry, screener, before)
    return _topic(entry, pack, before)


def _misconception(wrong: Misconception, screener: Screener, before: Mapping[str, float]) -> Tried:
    scores = {text: screener.probabilities(text).get(wrong.id, 0.0) for text in (*wrong.flags, *wrong.passes)}
    good = sum(scores[t] >= screener.notice for t in wrong.flags) + sum(
        scores[t] < screener.notice for t in wrong.passes
    )
    lines = [f"{wrong.id} · {wrong.severity} · {wrong.stage} · a notice takes {screener.notice:.0%}", ""]
    lines.append("Should be flagged:")
    for text in wrong.flags:
        lines += _line(text, scores, before, right=scores[text] >= screener.notice)
        if scores[text] < screener.notice:
            lines += (f"         {step}" for step in screener.explain(text, wrong.id))
    lines.append("Should be left alone:")
    for text in wrong.passes:
        lines += _line(text, scores, before, right=scores[text] < screener.notice)
        if scores[text] >= screener.notice:
            lines += (f"         {step}" for step in screener.explain(text, wrong.id))
    count = len(wrong.flags) + len(wrong.passes)
    verdict = "All examples come out right." if good == count else f"{good} of {count} examples come out right."
    return Tried((*lines, "", verdict), scores)


def _topic(topic: Topic, pack: Pack, before: Mapping[str, float]) -> Tried:
    """Whether each name finds the topic, and how hard its texts are to read."""
    names = (topic.title, *topic.aliases, *topic.questions)
    first = {name: next(iter(answers.search(pack, name)), None) for name in names}
    scores = {name: match.score if match and match.topic == topic.id else 0.0 for name, match in first.items()}
    lines = [
        f"{topic.id} · “{topic.title}” · {topic.stage} · reviewed on {topic.reviewed_on}",
        "",
        "Words and questions that lead here:",
    ]
    for name, match in first.items():
        lines += _line(name, scores, before, right=scores[name] >= SOON)
        if match and match.topic != topic.id:
            lines.append(f"         leads to {match.topic} instead")
    familiar = familiar_words(pack)
    lines += ["Reading grade (9 is the most for the answer as a whole):"]
    lines += [
        f"  {grade(text, familiar):5.1f}  {_short(text)}" for text in (topic.summary, *(f.text for f in topic.facts))
    ]
    good = sum(score >= SOON for score in scores.values())
    return Tried((*lines, "", f"{good} of {len(names)} lead here."), scores)


def _line(text: str, scores: Mapping[str, float], before: Mapping[str, float], *, right: bool) -> Iterator[str]:
    score, old = scores[text], before.get(text)
    change = f"  (was {old:.0%})" if old is not None and f"{old:.0%}" != f"{score:.0%}" else ""
    fresh = "  (new)" if before and old is None else ""
    yield f"  {'✓' if right else '✗'} {score:4.0%}  {_short(text)}{change}{fresh}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 100 else f"{flat[:99]}…"


def _broken(problems: tuple[Problem, ...]) -> Iterator[str]:
    errors = [p for p in problems if p.severity is Level.ERROR]
    yield "This edit can't be used yet:"
    yield from (line for problem in errors[:SHOWN] for line in str(problem).split("\n"))
    if len(errors) > SHOWN:
        yield f"… and {len(errors) - SHOWN} more. Run `python -m bot check`."
