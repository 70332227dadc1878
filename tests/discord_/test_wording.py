"""Discord's own wording: every table covers what it should, and functions say what they are given."""

import pytest

from bot.core.review import Correction
from bot.core.wording import alone
from bot.discord_ import wording
from bot.discord_.servers import Origin
from bot.discord_.setup_steps import FIELDS, MODES, STEPS


def test_every_table_of_words_covers_what_it_speaks_of() -> None:
    assert set(wording.UPHELD) == set(Correction)
    assert set(wording.ORIGINS) == set(Origin)
    assert set(wording.MODES) == set(MODES)
    assert set(wording.FIELD_LABELS) == set(FIELDS)
    assert set(wording.STEP_TITLES) == set(wording.STEP_WORDS) == {step.name for step in STEPS}


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        (wording.no_case(7), "There is no case 7."),
        (wording.changed(7, "taken by ann"), "Case 7 has changed since you looked: taken by ann. Nothing was done."),
        (alone("It does not.", "https://x"), "your message https://x and only you can see it."),
        (wording.footer(7), "Case 7 ·"),
        (wording.chance_label("0.95"), "95%: fewest notices, surest claims"),
        (wording.chance_label("0.77"), "77%"),
        (wording.checks([]), "✅"),
        (wording.checks(["No.", "Nor that."]), "⚠️ No.\n⚠️ Nor that."),
        (wording.lacks("#mods", "there", ("Send Messages", "Embed Links")), "lacks: Send Messages, Embed Links."),
        (wording.ready(["No."], example="", where="", notices=""), "Not yet."),
        (wording.ready([], example="Tea cures.", where="#a", notices="#b"), "write this in #a"),
        (wording.setting_line("Moderators", "@a", "chosen here"), "**Moderators:** @a · chosen here"),
    ],
)
def test_what_is_said_holds_what_it_is_about(said: str, holds: str) -> None:
    assert holds in said
