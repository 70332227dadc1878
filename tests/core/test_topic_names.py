"""Names of topics: typed whole, in part, or with a slip; and said in a sentence."""

from dataclasses import replace

import pytest

from bot.core.topic_names import EXACT, GIST, START, TopicNames, fold
from tests.samples import PACK

GREEN = replace(PACK.topics["green"], title="Green tea", aliases=("sencha", "red flags", "what is", "café crème"))
OOLONG = replace(PACK.topics["green"], id="oolong", title="Oolong", aliases=("sencha leaves",))
NAMES = TopicNames((GREEN, OOLONG))


@pytest.mark.parametrize(
    ("typed", "scores"),
    [
        ("sencha", {"green": EXACT, "oolong": START}),
        ("senc", {"green": START, "oolong": START}),
        ("What is oolong?", {"oolong": GIST}),
        ("Cafe Creme", {"green": EXACT}),
        ("turbine", {}),
    ],
)
def test_names_score_by_how_much_of_them_was_typed(typed: str, scores: dict[str, float]) -> None:
    assert NAMES.scores(fold(typed)) == scores


def test_a_slip_scores_less_than_the_name() -> None:
    assert 0.74 <= NAMES.scores("oologn")["oolong"] < EXACT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("which red flags are there?", True),
        ("tell me of green tea", True),
        ("what is that noise?", False),  # a name, but one that could be anything's
        ("the sencha", False),  # a single word
        ("a red-flagged flag", False),
        ("", False),
    ],
)
def test_a_name_said_in_a_sentence_counts_where_it_speaks_for_itself(text: str, said: bool) -> None:
    assert NAMES.said_in(fold(text)) is said
