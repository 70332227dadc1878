"""`new misconception` and `new topic`: a few questions, and a file that is valid."""

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.core.answers import fold
from bot.core.concepts import Lexicon
from bot.core.content_checks import Level
from bot.core.pack import Pack, Severity, Stage
from bot.core.text import sentences
from bot.packs.editor_schema import mode_line
from bot.packs.files import collect
from bot.packs.read import examine_files
from bot.packs.write import NotWritten, replace_file

LINE = 96  # characters of a long text before it goes on in the next line
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Ask = Callable[[str], str]  # asks one question and returns the answer; raises EOFError when nobody answers any more
Tell = Callable[[str], None]
Check = Callable[[str], str]  # what is wrong with an answer; empty where nothing is


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are asked and answers are checked."""

    pack: Pack
    ask: Ask
    tell: Tell

    def text(self, question: str, *, default: str = "", wrong: Check = lambda answer: "") -> str:
        """One answer that is not empty and with which nothing is wrong; Enter takes the default."""
        while True:
            answer = " ".join(self.ask(f"{question}{f' [{default}]' if default else ''}: ").split()) or default
            problem = wrong(answer) if answer else "Please write something."
            if not problem:
                return answer
            self.tell(f"  {problem}")

    def lines(self, question: str, *, least: int) -> tuple[str, ...]:
        """Several answers, one on each line, until an empty one."""
        self.tell(f"{question} One on each line; an empty line ends the list.")
        found: list[str] = []
        while True:
            line = " ".join(self.ask(f"  {len(found) + 1}. ").split())
            if line and fold(line) not in map(fold, found):
                found.append(line)
            elif not line and len(found) >= least:
                return tuple(found)
            else:
                self.tell("  That one is there already." if line else f"  At least {least}, please.")

    def sources(self, question: str) -> tuple[str, ...]:
        """Keys of sources. Words that are no key are looked up in the titles."""
        while True:
            typed = self.ask(f"{question} Keys of sources.yaml, or words of a title to look for: ")
            keys = tuple(dict.fromkeys(re.split(r"[,\s]+", typed.strip())))
            if typed.strip() and all(key in self.pack.sources for key in keys):
                if not self.pack.citations(keys):
                    self.tell("  Note: members see none of these, as none is confirmed.")
                return keys
            self.tell(self._found(typed))

    def _found(self, typed: str) -> str:
        words = fold(typed).split()
        fitting = [
            s for s in self.pack.sources.values() if words and all(w in fold(f"{s.key} {s.label}") for w in words)
        ]
        if not fitting:
            return (
                "  No source has these words. Every statement needs one: add it to sources.yaml first (Ctrl+C stops)."
            )
        return "\n".join(f"  {s.key}: {s.label}" for s in fitting[:10])


def begin_misconception(desk: Desk) -> tuple[str, str]:
    """Ask for a misconception; its id and the text of its file."""
    known = {fold(m.claim): m.id for m in desk.pack.misconceptions.values()}
    claim = desk.text(
        "Which false claim? One plain sentence",
        wrong=lambda c: f"`{known[fold(c)]}` has this claim already." if fold(c) in known else "",
    )
    name = desk.text("Its short name", default=slug(claim), wrong=_free(desk.pack.misconceptions))
    severity = desk.text(
        f"How much harm can it do? {', '.join(Severity)}", default="misleading", wrong=_one_of(tuple(Severity))
    )
    desk.tell("What is true? Moderators may post this. Speak of the claim, never of a person.")
    correction = desk.text("Correction")
    sources = desk.sources("Which sources show that?")
    flags = desk.lines("Messages that make the claim, in different words.", least=3)
    passes = desk.lines("Messages that come close but are true, ask or deny. They will be left alone.", least=3)
    rule = _rule(desk, (claim, *flags))
    return name, misconception_text(name, severity, claim, correction, sources, rule, flags, passes)


def begin_topic(desk: Desk, today: date) -> tuple[str, str]:
    """Ask for a topic; its id and the text of its file."""
    title = desk.text("The heading of the answer")
    name = desk.text("Its short name, which people may type", default=slug(title), wrong=_free(desk.pack.topics))
    taken = {fold(n): t.id for t in desk.pack.topics.values() for n in (t.id, t.title, *t.aliases)}
    typed = desk.ask("Other words that people may type for it, with commas between: ").split(",")
    wanted = tuple(dict.fromkeys(" ".join(a.split()) for a in typed if a.strip()))
    for alias in (a for a in wanted if fold(a) in taken):
        desk.tell(f"  `{alias}` leads to `{taken[fold(alias)]}` already, so it is left out.")
    summary = desk.text("The answer in one or two plain sentences")
    facts = tuple(_facts(desk))
    aliases = tuple(a for a in wanted if fold(a) not in taken)
    return name, topic_text(name, title, aliases, summary, facts, today)


def write_entry(folder: Path, kind: str, name: str, text: str) -> Path:
    """Write the new file, if the pack has no more errors with it than without. Raises NotWritten."""
    path = folder / kind / f"{name}.yaml"
    if path.exists():
        raise NotWritten(f"{path} is there already.")
    files = collect(folder)
    after = examine_files(replace(files, contents={**files.contents, f"{kind}/{name}.yaml": text.encode()}))
    wrong = tuple(p for p in after.problems if p.severity is Level.ERROR and p.file == str(path))
    if wrong:
        raise NotWritten(
            "The file would not be valid, so it was not written. This is what it would say:\n" + text, wrong
        )
    path.parent.mkdir(exist_ok=True)
    replace_file(path, text.encode())
    return path


def slug(text: str) -> str:
    """A short name from the words of a text."""
    words = [w for w in fold(text).split() if w not in _SMALL] or fold(text).split()
    name = ""
    for word in words:
        if name and len(name) + len(word) > 38:
            break
        name = f"{name}-{word}" if name else word[:60]
    return name


_SMALL = frozenset(
    {"a", "an", "the", "your", "you", "is", "are", "of", "in", "to", "if", "it", "that", "should", "can"}
)


def misconception_text(
    name: str,
    severity: str,
    claim: str,
    correction: str,
    sources: Sequence[str],
    rule: Sequence[str],
    flags: Sequence[str],
    passes: Sequence[str],
) -> str:
    """A misconception's file. It begins in shadow: it is counted, but nobody is told."""
    return "\n".join(
        [
            mode_line("misconceptions"),
            "# Misconception: a false claim, its correction, and how to recognise it.",
            "# `flags` are messages that claim it; `passes` come close but must be left alone.",
            f"id: {name}",
            f"severity: {severity}",
            f"stage: {Stage.SHADOW}  # counted, but nobody is told; remove this line when it does what it should",
            f"claim: {scalar(claim, 0)}",
            f"correction: {scalar(correction, 0)}",
            f"sources: [{', '.join(sources)}]",
            "claims:" if rule else "claims: []  # name concepts of vocabulary.yaml here, see content/README.md",
            *([f"  - {{say: [{', '.join(rule)}]}}"] if rule else []),
            "flags:",
            *(f"  - {_quoted(text)}" for text in flags),
            "passes:",
            *(f"  - {_quoted(text)}" for text in passes),
            "",
        ]
    )


def topic_text(
    name: str,
    title: str,
    aliases: Sequence[str],
    summary: str,
    facts: Sequence[tuple[str, Sequence[str]]],
    today: date,
) -> str:
    """A topic's file, reviewed today."""
    lines = [
        mode_line("topics"),
        f"# Topic: what the answer to `{name}` says. Every fact names its sources by their key in sources.yaml.",
        f"id: {name}",
        f"title: {_quoted(title)}",
        f"aliases: [{', '.join(map(_quoted, aliases))}]",
        f"summary: {scalar(summary, 0)}",
        f"reviewed_on: {today.isoformat()}",
        "facts:",
    ]
    for text, sources in facts:
        lines += [f"  - text: {scalar(text, 4)}", f"    sources: [{', '.join(sources)}]"]
    return "\n".join([*lines, ""])


def scalar(text: str, indent: int) -> str:
    """The text as YAML: in quotes, or, where it is long, folded below its key."""
    if len(text) <= LINE - indent - 12:
        return _quoted(text)
    inside = " " * (indent + 2)
    wrapped = textwrap.wrap(text, LINE - len(inside), break_long_words=False, break_on_hyphens=False)
    return "\n".join([">-", *(inside + line for line in wrapped)])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _free(taken: Mapping[str, object]) -> Check:
    def wrong(answer: str) -> str:
        if not SLUG.fullmatch(answer):
            return "Use small letters, digits and hyphens, such as vitamin-d."
        return f"`{answer}` is there already." if answer in taken else ""

    return wrong


def _one_of(words: Sequence[str]) -> Check:
    return lambda answer: "" if answer in words else f"Please choose: {', '.join(words)}."


def _facts(desk: Desk) -> Iterator[tuple[str, tuple[str, ...]]]:
    desk.tell("Now the facts, one at a time, each with its sources. An empty line ends the list.")
    count = 0
    while True:
        text = " ".join(desk.ask(f"  Fact {count + 1}: ").split())
        if text:
            yield text, desk.sources("  Its sources?")
            count += 1
        elif count:
            return
        else:
            desk.tell("  At least one, please.")


def _rule(desk: Desk, texts: Sequence[str]) -> tuple[str, ...]:
    """The concepts by which the claim may be recognised: those of the claim, as the editor chooses."""
    vocabulary = desk.pack.vocabulary
    lexicon = Lexicon(vocabulary.concepts, frozenset(vocabulary.things))
    said = [{m.concept for s in sentences(text) for m in lexicon.mentions(s.words, s.pauses)} for text in texts]
    common = [c for c in vocabulary.concepts if c in said[0] and sum(c in s for s in said) * 2 >= len(said)]
    if not common:
        desk.tell(
            "No words of vocabulary.yaml are in most of these messages; add a rule under `claims:` by hand later."
        )
        return ()
    desk.tell(f"Most of these messages speak of: {', '.join(common)}.")
    typed = desk.text(
        "Which of them make the claim together?",
        default=" ".join(common),
        wrong=lambda answer: _unknown(answer, vocabulary.concepts),
    )
    return tuple(re.split(r"[,\s]+", typed.strip()))


def _unknown(answer: str, known: Mapping[str, object]) -> str:
    strange = [c for c in re.split(r"[,\s]+", answer.strip()) if c not in known]
    return f"vocabulary.yaml has no concept {strange[0]}." if strange else ""
