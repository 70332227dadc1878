"""Every rule that `check` knows, with its reason: what `check --rules` prints."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.content_checks import Level

_E, _W = Level.ERROR, Level.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule looks for, why, and whether --fix can mend at least the plain cases."""

    level: Level
    looks_for: str
    why: str
    fixable: bool = False


RULES: Mapping[str, Rule] = {
    # files and YAML
    "files": Rule(_E, "files that are missing, unreadable, or not where they belong", "What is not read is not used."),
    "yaml": Rule(_E, "text that is no plain YAML", "The rest of the file can't be understood.", True),
    "repeated-key": Rule(_E, "a key that stands twice", "Only one of the two would count."),
    "unknown-key": Rule(_E, "a key that is not known there", "It would have no effect; often it is misspelt.", True),
    "missing-key": Rule(_E, "a key that every such file needs", "Nothing can be shown without it."),
    "wrong-type": Rule(_E, "a number where text belongs, text where a list belongs, …", "It can't be used.", True),
    "empty": Rule(_E, "a key with nothing behind it", "An empty text would be shown."),
    "choice": Rule(_E, "a word that is not one of the choices", "It means nothing to the bot.", True),
    "name": Rule(_E, "ids and names with capitals, spaces or signs", "They are typed in commands and links."),
    "number": Rule(_E, "a number that is out of range", "It can't be used."),
    "date": Rule(_E, "a date that is not written as 2026-01-31", "Days and months would be mixed up.", True),
    # between files
    "file-name": Rule(_E, "an id that differs from its file's name", "Nobody would find the file."),
    "twice": Rule(_E, "a missing or doubled id: two files for one thing", "Only one of the two would count."),
    "unknown-source": Rule(_E, "a source that sources.yaml does not have", "A fact would stand without its evidence."),
    "unknown-topic": Rule(_E, "a topic that is not there", "People would be sent nowhere."),
    "hidden-topic": Rule(_W, "a text that sends people to a topic that is not live", "They would find nothing there."),
    "unknown-concept": Rule(_E, "a concept that vocabulary.yaml does not have", "The rule could never match."),
    "phrase": Rule(_E, "a phrase that no message can hold", "It would never be found."),
    "alias": Rule(_E, "a name that leads to two topics", "People would get the wrong answer."),
    "same-claim": Rule(_E, "two misconceptions with the same claim", "One message would be flagged twice."),
    "no-example": Rule(_E, "a misconception without examples", "Nobody could tell whether it is recognised."),
    "same-example": Rule(_E, "an example that stands twice or in both lists", "It can't be flagged and passed.", True),
    "template": Rule(_E, "a {placeholder} that can't be filled in", "Members would see the braces."),
    "too-long": Rule(_E, "a text that does not fit into Discord or Slack", "It would be cut off in the middle."),
    "cut": Rule(
        _E,
        "a fact or source that Discord or Slack would not show, tried out with the real renderers",
        "No fact stands without its evidence, and none may be missing.",
    ),
    "url": Rule(_E, "a malformed link", "Members could not open it. Only https links are shown."),
    "thread": Rule(_E, "a post of the example thread that answers none above it", "It could not be replayed."),
    # evidence
    "no-source": Rule(_E, "a fact or a correction without sources", "No medical statement stands without evidence."),
    "no-shown-source": Rule(
        _W, "a statement none of whose sources is confirmed", "Members see only sources that somebody has seen."
    ),
    "expired-source": Rule(_W, "a source after its `expires_on`", "There may be newer evidence."),
    "review-date": Rule(_W, "a review that is older than a year, or in the future", "Medicine changes."),
    "dead-link": Rule(_W, "a link that leads nowhere (only with --online)", "Members could not check what you say."),
    # wording
    "reading-grade": Rule(
        _W,
        "answers and corrections above reading grade 9 (Flesch-Kincaid; words of the vocabulary, of topics' names and"
        " terms that a fact defines count as two syllables at most)",
        "Half of all adults read no better than that, and worse when they are worried.",
    ),
    "tone": Rule(_W, "words that blame, command or shout", "People who feel attacked stop listening."),
    "dosing": Rule(_W, "amounts that read like a dose for one person", "A dose depends on tests that no bot can see."),
    "disclaimer": Rule(_W, "a disclaimer that does not say so", "Answers must not be taken for medical advice."),
    "contradiction": Rule(_W, "two corrections that contradict", "One of them must be wrong."),
    # the screener
    "self-flag": Rule(_W, "a text of ours that the screener would flag", "Members may read the false claim into it."),
    "example": Rule(_W, "an example that the screener gets wrong", "The bot does not do what the file promises."),
    "held-back": Rule(
        _W,
        "a live misconception that fails its own examples (more than one in twenty): the bot keeps it in shadow",
        "Moderators would be asked about the wrong messages.",
    ),
    "collision": Rule(_W, "two misconceptions that fire on each other's examples", "Moderators would see both."),
}


def rule_list() -> str:
    """All rules, for people."""
    return "\n".join(_described(name, rule) for name, rule in RULES.items())


def _described(name: str, rule: Rule) -> str:
    fix = " --fix mends the plain cases." if rule.fixable else ""
    return f"{name} ({rule.level}): {rule.looks_for}.\n    {rule.why}{fix}"
