"""How both readers become one probability."""

from dataclasses import replace

import pytest

from bot.core.combine import Weights, combined, log_odds, newly

WEIGHTS = Weights(
    bias=-2, learned=0.7, asserted=1.7, stopped=-0.3, learned_asserted=-0.2, learned_stopped=-0.4, covered=1.5
)


@pytest.mark.parametrize(("rule", "expected"), [(None, 0.0), (0.92, 0.92), (0.09, 0.09)])
def test_without_a_second_reader_the_rules_decide(rule: float | None, expected: float) -> None:
    assert combined(rule, None, 1.0, WEIGHTS) == expected
    assert combined(rule, 0.9, 1.0, None) == expected


def test_agreement_is_surer_than_either_alone_and_a_cue_makes_doubt() -> None:
    both, learned_only, rule_only, stopped = (
        combined(rule, learned, 1.0, WEIGHTS) for rule, learned in ((0.9, 0.95), (None, 0.95), (0.9, 0.05), (0.1, 0.95))
    )
    assert both > learned_only > stopped
    assert both > rule_only


def test_what_the_message_hardly_speaks_of_is_less_likely() -> None:
    assert combined(None, 0.9, 0.0, WEIGHTS) < combined(None, 0.9, 0.5, WEIGHTS) < combined(None, 0.9, 1.0, WEIGHTS)


def test_without_a_rule_a_claim_not_wholly_in_words_is_less_likely() -> None:
    wary = replace(WEIGHTS, uncovered=-1.0)
    assert combined(None, 0.9, 0.7, wary) < combined(None, 0.9, 0.7, WEIGHTS)
    assert combined(None, 0.9, 1.0, wary) == combined(None, 0.9, 1.0, WEIGHTS)
    assert combined(0.9, 0.9, 0.7, wary) == combined(0.9, 0.9, 0.7, WEIGHTS)


def test_what_claims_something_trained_is_not_taken_for_something_learned_lightly() -> None:
    assert newly(2.0, 0.8, 0.8, rival=5.0) < newly(2.0, 0.8, 0.8, rival=-5.0)


def test_words_concepts_and_likeness_all_speak_for_a_new_misconception() -> None:
    assert newly(2.0, 0.9, 0.9, rival=-5.0) > 0.75 > newly(-9.0, 0.1, 0.1, rival=-5.0)


@pytest.mark.parametrize("learned", [0.0, 1e-12, 0.5, 1.0])
def test_every_probability_stays_one(learned: float) -> None:
    assert 0 <= combined(None, learned, 1.0, WEIGHTS) <= 1
    assert log_odds(learned) == pytest.approx(-log_odds(1 - learned))
