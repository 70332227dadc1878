"""How the writer stands to a claim decides whether it is flagged."""

from dataclasses import replace

import pytest

from bot.core.pack import ClaimRule, Cue, CueKind, Misconception, Pack, Reach, Severity, Vocabulary
from bot.core.reader import Screener
from tests.samples import PACK

CUES = (
    Cue(CueKind.DENIAL, ("doesn't", "not", "never"), within=4),
    Cue(CueKind.QUESTION, ("wondering", "^does")),
    Cue(CueKind.QUOTATION, ("people say",)),
    Cue(CueKind.DEBUNK, ("nonsense",), Reach.MESSAGE),
    Cue(CueKind.DEBUNK, ("not so",), Reach.BACKWARD),
    Cue(CueKind.CONDITION, ("if & would",), Reach.SENTENCE),
    Cue(CueKind.IRONY, ("yeah right",), Reach.MESSAGE),
    Cue(CueKind.CLINICIAN, ("my doctor",), Reach.SENTENCE),
    Cue(CueKind.ENDORSE, ("yes", "it does")),
    Cue(CueKind.REFUSE, ("no", "it doesn't")),
    Cue(CueKind.RHETORICAL, ("who still",), Reach.SENTENCE),
    Cue(CueKind.STOP, ("but",)),
)


def tea_pack() -> Pack:
    cures = Misconception(
        "tea-cures", Severity.MINOR, "Tea cures colds.", "No.", (), claims=(ClaimRule(("tea", "cures", "colds")),)
    )
    words = {"tea": ("tea",), "colds": ("cold*",), "cures": ("cure*",), "it": ("it", "they")}
    vocabulary = Vocabulary(concepts=words, things=("tea", "colds"), cues=CUES)
    return replace(PACK, misconceptions={"tea-cures": cures}, vocabulary=vocabulary)


SCREENER = Screener(tea_pack())


def flagged(text: str, reply_to: str = "") -> bool:
    return bool(SCREENER.screen(text, reply_to=reply_to).findings)


@pytest.mark.parametrize(
    "text",
    [
        "Tea cures colds.",
        "I do not like rain. Tea cures colds.",
        "It never rains, but tea cures colds.",
        "Not that it matters here at all today: tea cures colds.",
        "I like tea. It cures colds.",
        "Tea? It cures colds!",
        "Does tea cure colds? Yes, it does.",
        "> does tea cure colds?\nyes",
        "Who still thinks that tea would not cure colds?",
        "If it rains, tea cures colds.",
        "My aunt does the shop and swears tea cures colds.",
        "Tea cures colds. No, honestly, it has done for me every single year.",
    ],
)
def test_assertions_are_flagged(text: str) -> None:
    assert flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tea doesn't cure colds.",
        "Tea has never cured colds.",
        "Does tea cure colds?",
        "I am wondering what tea cures, colds perhaps",
        "People say tea cures colds.",
        "Tea cures colds. What nonsense.",
        "Nonsense. Tea cures colds, they claim.",
        "Tea cures colds? Not so.",
        "If tea cured colds, we would all drink it.",
        "Tea cures colds, yeah right.",
        "My doctor says that tea cures colds in her book.",
        "Does tea cure colds? No.",
        "> does tea cure colds?\nNo, it doesn't cure colds.",
        "> tea cures colds",
        'He wrote "tea cures colds" here.',
        "",
    ],
)
def test_other_stances_are_not(text: str) -> None:
    assert not flagged(text)


@pytest.mark.parametrize(
    ("text", "reply_to", "expected"),
    [
        ("yes", "does tea cure colds?", True),
        ("no", "does tea cure colds?", False),
        ("who knows", "does tea cure colds?", False),
        ("yes", "is it raining?", False),
        ("it cures colds", "what is tea for?", True),
    ],
)
def test_a_reply_speaks_of_what_it_answers(text: str, reply_to: str, expected: bool) -> None:
    assert flagged(text, reply_to) is expected


def test_a_second_assertion_outweighs_a_denied_one() -> None:
    assert flagged("Tea does not cure colds on Monday. On Tuesday tea cures colds.")


@pytest.mark.parametrize("answer", ["It doesn't.", "No.", "No it doesn't!"])
def test_a_curt_refusal_stands_against_the_sentence_before_it(answer: str) -> None:
    assert not flagged(f"Aunt Ida is convinced that tea cures colds. {answer}")


@pytest.mark.parametrize("text", ["does tea cure colds", "Morning, does tea cure colds"])
def test_a_cue_that_must_open_its_clause_counts_there(text: str) -> None:
    assert not flagged(text)
