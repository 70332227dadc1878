"""How texts that members read are worded: tone, doses, disclaimers, and texts that contradict one another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.core.content_checks import Level, Place, Remark, Remarks
from bot.core.pack import Pack
from bot.core.text import sentences

ALIKE = 0.7  # share of words that two sentences must have in common before they are compared
FEWEST = 4  # words in common, not counting small ones


@dataclass(frozen=True, slots=True)
class Read:
    """A text that members read, and its place."""

    at: Place
    what: str
    text: str


def member_texts(pack: Pack) -> Iterator[Read]:
    """Every text that members read, as an answer or as a correction."""
    for topic in pack.topics.values():
        at: Place = ("topics", topic.id)
        yield Read((*at, "title"), "this title", topic.title)
        yield Read((*at, "summary"), "this summary", topic.summary)
        for number, fact in enumerate(topic.facts):
            yield Read((*at, "facts", number, "text"), "this fact", fact.text)
    for wrong in pack.misconceptions.values():
        yield Read(("misconceptions", wrong.id, "correction"), "this correction", wrong.correction)


def fixed_texts(pack: Pack) -> Iterator[Read]:
    """The safety texts, which stand around answers or in their place."""
    yield Read(("safety", "disclaimer"), "the disclaimer", pack.safety.disclaimer)
    yield Read(("safety", "long_disclaimer"), "the disclaimer", pack.safety.long_disclaimer)
    for group, texts in (("urgent", pack.safety.urgent), ("canned", pack.safety.canned)):
        for key, text in texts.items():
            yield Read(("safety", group, key), "this text", text)


def wording_remarks(pack: Pack) -> Remarks:
    """Everything about wording that can be told without reading grades."""
    for read in (*member_texts(pack), *fixed_texts(pack)):
        yield from _tone(read)
        yield from _doses(read)
    yield from _disclaimers(pack)
    yield from contradictions(pack)


_BLAMES = re.compile(
    r"\b(?:you(?:'re| are)\s+(?:\w+\s+)?(?:wrong|lying|ignorant|stupid|mistaken|misinformed|confused|irresponsible)"
    r"|liars?|lying|idiot\w*|stupid\w*|morons?|ignorant|ignorance|fools?|foolish\w*|dumb|gullible|quack\w*|nonsense"
    r"|bullshit|crap|ridiculous\w*|brainless|crazy|insane|shame on|ashamed|your (?:own )?(?:fault|mistake|error)"
    r"|you should (?:know|have known)|how could you|people like you|anyone with (?:half )?a brain"
    r"|as everyone knows|obviously false)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"\b(?:you (?:must|have to|had better|are not allowed to)|shut up|do as you are told|no excuses"
    r"|stop (?:spreading|posting|saying|claiming|believing|telling|sharing|lying)"
    r"|(?:delete|retract|withdraw|take down) (?:this|that|your) \w+|don't you dare)\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"\byour? (?:claim(?:ed)?|said|say|post(?:ed)?|message|comment|statement|wrote)\b", re.IGNORECASE
)
_SHOUTS = re.compile(r"\b[A-Z]{3,}[ ,]+[A-Z]{3,}\b(?:[ ,]+[A-Z]{3,}\b)+|!{2,}")


_TONES = (
    (_BLAMES, "blames somebody", "Say what is true of the claim, and leave the person out."),
    (_COMMANDS, "gives orders", "Say what is known, and that a clinician or pharmacist can help."),
    (_SHOUTS, "shouts", "Use small letters and one mark at most."),
)
_OF_THE_PERSON = (
    "speaks of the person who wrote the message",
    "Speak of the claim: “This claim …”, or just what is true.",
)


def _tone(read: Read) -> Remarks:
    for pattern, does, hint in _TONES:
        if found := pattern.search(read.text):
            yield _warning(read.at, "tone", f"“{found.group()}” {does}", hint, found.group())
    if read.at[0] == "misconceptions" and (found := _ADDRESSES.search(read.text)):
        yield _warning(read.at, "tone", f"“{found.group()}” {_OF_THE_PERSON[0]}", _OF_THE_PERSON[1], found.group())


_NUMBER = r"(?:\d[\d.,]*(?:\s*(?:-|–|to)\s*\d[\d.,]*)?|one|two|three|four|half an?|an?)"
_UNIT = (
    r"(?:mg|milligrams?|mcg|µg|μg|micrograms?|iu|international units|units?|g|grams?|ml|millilit(?:er|re)s?|tablets?"
    r"|pills?|capsules?|drops?|teaspoons?|tablespoons?|sachets?|puffs?)"
)
_AMOUNT = re.compile(rf"\b{_NUMBER}\s*{_UNIT}\b(?!\s*/\s*d)", re.IGNORECASE)
_ADVISES = re.compile(
    r"\b(?:take|takes|taking|use|try|swallow|drink|give|inject|start (?:with|on|at)|you (?:need|should|can have)"
    r"|aim for|stick to|recommended dose|right dose|correct dose|usual dose|safe dose|works best at)\b",
    re.IGNORECASE,
)
_OF_A_POPULATION = re.compile(
    r"\b(?:upper limit|upper level|trials?|stud(?:y|ies)|guidelines?|swallowed)\b", re.IGNORECASE
)
_CHANGES = re.compile(
    r"\b(?:double|halve|raise|increase|reduce|lower|skip|cut|adjust) (?:your|the|his|her|their) (?:\w+ )?"
    r"dos(?:e|es|age)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_DOSE_HINT = "Leave the amount out, or quote a published limit with its source; a pharmacist can advise one person."


def _doses(read: Read) -> Remarks:
    for sentence in _SENTENCE_END.split(read.text):
        amount = _AMOUNT.search(sentence)
        advised = amount and _ADVISES.search(sentence) and not _OF_A_POPULATION.search(sentence)
        found = amount if advised else _CHANGES.search(sentence)
        if found and not re.search(r"\b(?:never|not|don't)\b", sentence[: found.start()], re.IGNORECASE):
            message = f"“{found.group()}” reads like a dose for one person"
            yield _warning(read.at, "dosing", message, _DOSE_HINT, found.group())
            return


_NO_ADVICE = re.compile(
    r"\b(?:not|no|never|isn't|n't|cannot|can't)\b.{0,40}\b(?:advice|diagnos\w*|replace|substitute)", re.IGNORECASE
)


def _disclaimers(pack: Pack) -> Remarks:
    for key, text in (
        ("disclaimer", pack.safety.disclaimer),
        ("long_disclaimer", pack.safety.long_disclaimer),
        ("correction_template", pack.safety.correction_template),
    ):
        if not _NO_ADVICE.search(text):
            hint = "Add words such as “General information, not medical advice.”"
            yield _warning(("safety", key), "disclaimer", f"`{key}` does not say that this is no medical advice", hint)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SMALL = _set(
    "a an and are as at be been but by can do does for from has have if in into is it its may of on or so some than"
    " that the their them there they this to was were when which who will with would you your"
)
_NEGATIONS = _set("not no never cannot cant doesnt dont isnt wont arent neither nor without nothing")
_OPPOSITES = tuple(
    (_set(one), _set(other))
    for one, other in (
        (
            "raises raise raising increases increase higher rises more",
            "lowers lower lowering reduces reduce less fewer",
        ),
        ("safe harmless", "dangerous harmful unsafe risky"),
        ("helps help works effective", "useless ineffective worsens harms"),
        ("causes cause", "prevents prevent"),
        ("reversible", "irreversible permanent"),
    )
)
_TURNING = _NEGATIONS | _set("always all every").union(*(words for pair in _OPPOSITES for words in pair))


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence: its words, without small ones and without those that turn its meaning."""

    at: Place
    owner: str
    text: str
    words: frozenset[str]
    turning: frozenset[str]


def contradictions(pack: Pack) -> Remarks:
    """Corrections that say the same thing of the same matter, but with the opposite sign."""
    said = [s for m in pack.misconceptions.values() for s in _sentences(m.id, m.correction)]
    for one, other in combinations(said, 2):
        if one.owner != other.owner and _alike(one, other) and _opposed(one.turning, other.turning):
            message = f"this contradicts the correction of `{one.owner}`: “{one.text[:120]}”"
            hint = "Compare both with their sources, and correct one."
            yield _warning(other.at, "contradiction", message, hint, other.text)


def _sentences(owner: str, text: str) -> Sequence[_Said]:
    at: Place = ("misconceptions", owner, "correction")
    return [
        _Said(at, owner, text[s.starts[0] : s.ends[-1]], words - _SMALL - _TURNING, words & _TURNING)
        for s in sentences(text)
        if (words := frozenset(s.words))
    ]


def _alike(one: _Said, other: _Said) -> bool:
    both = len(one.words & other.words)
    return both >= FEWEST and both / len(one.words | other.words) >= ALIKE


def _opposed(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether an odd number of things turns the one into the other."""
    turns = bool(one & _NEGATIONS) != bool(other & _NEGATIONS)
    for here, there in _OPPOSITES:
        turns ^= bool(one & here and other & there) or bool(one & there and other & here)
    return turns


def _warning(at: Place, rule: str, message: str, hint: str, words: str = "") -> Remark:
    return Remark(at, rule, message, hint, Level.WARNING, words=words)
