"""A rule matches where its concepts meet: close, in order where asked, with nothing that speaks against."""

import pytest

from bot.core.claims import Claims, Spot
from bot.core.concepts import Lexicon, Mention
from bot.core.pack import ClaimRule, Misconception, Severity
from bot.core.text import sentences

PHRASES = {"tea": ("tea",), "milk": ("milk",), "cures": ("cures", "heals"), "all": ("all",), "maybe": ("maybe",)}
THINGS = frozenset({"tea", "milk"})
LEXICON = Lexicon(PHRASES, THINGS)


def matched(text: str, rule: ClaimRule, before: tuple[str, ...] = ()) -> bool:
    misconception = Misconception("m", Severity.MINOR, "", "", (), claims=(rule,))
    said: dict[str, list[Mention]] = {}
    for mention in LEXICON.mentions(sentences(text)[0].words):
        said.setdefault(mention.concept, []).append(mention)
    earlier = {name: Spot(0, Mention(name, 0, 0)) for name in before}
    return bool(Claims([misconception], THINGS).matches(1, said, earlier))


PLAIN = ClaimRule(("tea|milk", "cures", "all"), within=6, unless=("maybe",))
ORDERED = ClaimRule(("tea", "cures"), ordered=True)


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("tea cures all", PLAIN, True),
        ("milk heals them all", PLAIN, True),
        ("all that tea cures", PLAIN, True),
        ("tea cures", PLAIN, False),
        ("tea one two three four five six cures all", PLAIN, False),
        ("tea milk one two three four five milk cures all", PLAIN, True),
        ("maybe tea cures all", PLAIN, False),
        ("tea cures", ORDERED, True),
        ("cures tea", ORDERED, False),
        ("cures tea cures", ORDERED, True),
    ],
)
def test_where_a_rule_matches(text: str, rule: ClaimRule, expected: bool) -> None:
    assert matched(text, rule) is expected


@pytest.mark.parametrize(
    ("text", "rule", "before", "expected"),
    [
        ("it cures all", PLAIN, ("tea",), True),
        ("it cures all", PLAIN, (), False),
        ("it is tea", PLAIN, ("milk",), False),
        ("cures it", ORDERED, ("tea",), True),
        ("tea, then", ORDERED, ("tea",), False),
    ],
)
def test_things_named_before_count(text: str, rule: ClaimRule, before: tuple[str, ...], expected: bool) -> None:
    assert matched(text, rule, before) is expected


def test_an_ordered_rule_takes_nothing_from_before_out_of_order() -> None:
    assert not matched("cures it", ClaimRule(("cures", "tea"), ordered=True), before=("tea",))
