"""Learning a misconception from a few examples."""

import pytest

np = pytest.importorskip("numpy")

from bot.second_reader import light_head  # noqa: E402


def test_separates_what_it_was_shown() -> None:
    dice = np.random.default_rng(1)
    background = dice.normal(size=(500, 32)).astype(np.float32)
    subject, stance = np.eye(2, 32, dtype=np.float32) * 6
    flags = dice.normal(size=(6, 32)).astype(np.float32) + subject + stance
    passes = dice.normal(size=(6, 32)).astype(np.float32) + subject - stance
    head = light_head.fit(flags, passes, background)
    unseen = dice.normal(size=(20, 32)).astype(np.float32) + subject
    assert head.score(unseen + stance).mean() > 0.6
    assert head.score(unseen - stance).mean() < 0.3
    assert head.score(background).mean() < 0.1


def test_same_examples_give_the_same_head() -> None:
    dice = np.random.default_rng(2)
    flags, passes, background = (dice.normal(size=(n, 8)).astype(np.float32) for n in (6, 6, 50))
    one, two = (light_head.fit(flags, passes, background) for _ in range(2))
    assert np.array_equal(one.weights, two.weights)
