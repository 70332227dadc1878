"""Completion of topics on the shipped pack, as people type on phones."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bot.core.completion import MOST, complete, plain, slips
from bot.core.pack import Pack
from bot.packs.read import read_pack
from tests.samples import PACK


@cache
def shipped() -> Pack:
    return read_pack(Path("content/calcification"))


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("caus", "causes"),
        ("CAUSES", "causes"),
        ("kidn", "kidney"),
        ("ckd", "kidney"),
        ("heart", "arteries"),
        ("vitamin d", "vitamin-d-calcium"),
        ("vitamin-d", "vitamin-d-calcium"),
        ("pth", "parathyroid"),
        ("supplements", "vitamin-d-calcium"),
        ("phosphate and calcium", "calcium-phosphate"),  # in any order
        ("calciphilaxis", "calciphylaxis"),  # typos: a wrong letter,
        ("calciphlax", "calciphylaxis"),  # a missing one, and the word not finished
        ("treatmnet", "treatment"),  # two swapped
        ("coronarry", "arteries"),  # one too many
        ("diagnossi", "diagnosis"),
        ("dyalisis", "kidney"),
        ("artéries", "arteries"),  # accents
        ("Vitamín-D", "vitamin-d-calcium"),
        ("övervïew", "overview"),
        ("  glossary!! ", "glossary"),
    ],
)
def test_the_first_choice_is_what_was_meant(typed: str, topic: str) -> None:
    assert complete(shipped(), typed)[0].topic == topic


def test_umlauts_may_be_typed_as_such_without_dots_or_spelt_out() -> None:
    green = PACK.topics["green"]
    pack = replace(PACK, topics={"green": replace(green, title="Grüner Tee", aliases=())})
    for typed in ("Grüner", "gruner", "gruener", "GRÜN", "grünr tee"):
        assert [c.topic for c in complete(pack, typed)] == ["green"], typed


def test_names_in_other_scripts_complete_too() -> None:
    pack = replace(PACK, topics={"green": replace(PACK.topics["green"], title="Зелёный чай", aliases=())})
    assert complete(pack, "зеленый")[0].topic == "green"


@pytest.mark.parametrize("typed", ["", "   ", "?!", "🍵"])
def test_all_topics_are_listed_while_nothing_was_typed(typed: str) -> None:
    assert [c.topic for c in complete(shipped(), typed)] == list(shipped().topics)[:MOST]


def test_there_are_never_more_choices_than_the_platforms_take() -> None:
    many = {f"t{n}": replace(PACK.topics["green"], id=f"t{n}") for n in range(60)}
    for typed in ("", "green", "t", "gren tea"):
        assert len(complete(replace(PACK, topics=many), typed)) <= MOST


def test_each_topic_is_offered_once_and_nonsense_offers_nothing() -> None:
    for typed in ("calcium", "metastatic", "c", "vitamin"):
        topics = [c.topic for c in complete(shipped(), typed)]
        assert len(topics) == len(set(topics))
    assert complete(shipped(), "xqzvw") == ()


def test_a_choice_says_by_which_other_name_it_was_found() -> None:
    assert complete(shipped(), "heart")[0].label == "Arteries and coronary calcium (CAC) · heart"
    assert complete(shipped(), "arteries")[0].label == "Arteries and coronary calcium (CAC)"


@pytest.mark.parametrize(
    ("typed", "name", "count"),
    [("tea", "tea", 0), ("te", "tea", 0), ("tae", "tea", 1), ("taa", "tea", 1), ("xtea", "tea", 1), ("", "tea", 0)],
)
def test_slips_are_counted_against_the_beginning_of_a_name(typed: str, name: str, count: int) -> None:
    assert slips(typed, name) == count


def test_plain_text_has_no_accents_dashes_or_capitals() -> None:
    assert plain("  Vitamín-D_&  Ærø ") == "vitamin d aero"
