"""Examples from decisions: whose words may become one, and what is taken out of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import proposals
from bot.core.proposals import LONGEST, Choice, Label, anonymous, draft, outlive, proposed
from bot.core.review import UNDECIDED, Act, Case, Outcome, Refused, Status
from tests.samples import ANN, NOON, case, flag


def decided(*outcomes: Outcome, text: str = "tea cures all") -> Case:
    flags = [replace(f, outcome=o) for f, o in zip((flag(), flag("tea-is-blue")), outcomes, strict=False)]
    return case(status=Status.UPHELD, flags=tuple(flags), text=text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("tea cures all", "tea cures all"),
        ("Hey @mina.b, see https://example.org/a?b=1 - tea cures all!", "Hey, see - tea cures all!"),
        ("<@123> <@!4> <@&5> <#6> <@U7|ann> <!channel> tea cures <:leaf:8> all <t:1:R>", "tea cures all"),
        ("[this page](https://example.org) says www.example.org tea cures", "this page says tea cures"),
        ("<https://example.org|x> tea cures", "tea cures"),
        ("Write me: mina@example.org. Tea cures.", "Write me: Tea cures."),
        ("Tea cures.\n\n— Mina", "Tea cures. —"),
        ("@Mina, MINA and Minaret", "and Minaret"),
        ("> tea cures\n> all", "tea cures > all"),
        ("vitamin D raises it, 14.5 mg/dL at 9:30", "vitamin D raises it, 14.5 mg/dL at 9:30"),
    ],
)
def test_nothing_about_a_person_stays(text: str, left: str) -> None:
    assert anonymous(text, names=("Mina",)) == left


def test_a_name_of_one_letter_takes_no_word_away() -> None:
    assert anonymous("vitamin D", names=("D",)) == "vitamin D"


@given(st.text(alphabet="aM@.:/<>#!|[]() \nhtpsw-", max_size=60))
def test_doing_it_again_changes_nothing(text: str) -> None:
    once = anonymous(text, names=("MaM",))
    assert anonymous(once, names=("MaM",)) == once
    assert "http://a" not in once
    assert "@a" not in once


def test_the_label_follows_from_the_decision_on_each_claim() -> None:
    both = decided(Outcome.UPHELD, Outcome.DISMISSED)
    assert draft(both).choices == (Choice("tea-cures", Label.FLAGS), Choice("tea-is-blue", Label.PASSES))


def test_of_a_long_message_whole_sentences_around_the_claim_are_taken() -> None:
    text = "First a long story. " * 40 + "Well, tea cures all. And so on."
    long = decided(Outcome.UPHELD, text=text)
    at = text.index("cures")
    long = replace(long, flags=(replace(long.flags[0], start=at, end=at + 5),))
    assert draft(long).text == "Well, tea cures all."


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": Status.OPEN}, "First decide the case"),
        ({"status": Status.APPEALED}, "First decide the case"),
        ({"text": ""}, "words are gone"),
        ({"flags": ()}, "example of none"),
    ],
)
def test_of_what_no_example_can_be_made_it_is_said_why(changes: dict[str, object], why: str) -> None:
    refused = replace(decided(Outcome.UPHELD), **changes)  # type: ignore[arg-type]
    assert proposals.choices(refused) == ()
    with pytest.raises(Refused, match=why):
        draft(refused)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \n", "needs some words"),
        ("tea " * LONGEST, "at most 500"),
        ("tea cures, says @ann", "take out links, mentions"),
        ("Mina says that tea cures", "the author's name"),
    ],
)
def test_what_is_not_fit_for_a_file_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        proposed(decided(Outcome.UPHELD), Choice("tea-cures", Label.FLAGS), text, by=ANN, at=NOON)


def test_a_claim_that_the_case_is_not_about_is_refused() -> None:
    with pytest.raises(Refused, match="not about that claim"):
        proposed(decided(Outcome.UPHELD), Choice("tea-is-blue", Label.FLAGS), "tea", by=ANN, at=NOON)


def test_a_moderator_may_say_otherwise_than_the_decision() -> None:
    made = proposed(decided(Outcome.UPHELD), Choice("tea-cures", Label.PASSES), " tea\nhelps ", by=ANN, at=NOON)
    assert (made.label, made.text) == (Label.PASSES, "tea helps")


def test_proposals_end_with_the_words_and_with_the_decision() -> None:
    upheld = decided(Outcome.UPHELD)
    assert outlive(upheld, Act.NOTE)
    assert not outlive(replace(upheld, text=""), Act.PURGED)
    assert not outlive(upheld, Act.EDITED)
    assert not any(outlive(replace(upheld, status=s), Act.UNDO) for s in UNDECIDED)
