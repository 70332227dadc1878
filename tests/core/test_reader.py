"""The reader with the pack that ships: what it flags, what it leaves alone, and what it makes of rubbish."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.pack_on_disk import ROOT, flagged, pack, screener

SEED = ROOT.parent / "shared" / "medical" / "seed-thread.txt"
CORRECTED = Path(__file__).parent / "corrected_reply.txt"
NOISE = st.text(st.characters(codec=None), max_size=200)


def test_every_example_raises_its_misconception_and_no_other() -> None:
    wrong = {text: flagged(text) for m in pack().misconceptions.values() for text in m.flags if flagged(text) != {m.id}}
    assert not wrong


def test_no_near_miss_is_flagged() -> None:
    wrong = {text: flagged(text) for m in pack().misconceptions.values() for text in m.passes if flagged(text)}
    assert not wrong


def test_claims_as_they_are_named_are_flagged() -> None:
    assert not [m.id for m in pack().misconceptions.values() if m.id not in flagged(m.claim)]


def test_nothing_that_we_say_ourselves_is_flagged() -> None:
    ours = [m.correction for m in pack().misconceptions.values()]
    ours += [text for t in pack().topics.values() for text in (t.summary, *(f.text for f in t.facts))]
    assert not {text: flagged(text) for text in ours if flagged(text)}


def test_a_corrected_reply_raises_nothing() -> None:
    assert flagged(CORRECTED.read_text(encoding="utf-8")) == set()


SEED_SENTENCES = {
    "vitamin-d-lowers-calcium": "vitamin D supplements may be prescribed to help reduce",
    "ccb-lowers-blood-calcium": "calcium-channel blockers and vitamin D",
    "liver-disease-classic-cause": "such as kidney failure, liver disease",
    "brain-is-typical-site": "such as in the heart, lungs, brain",
    "always-the-parathyroid": "malfunctioning parathyroid gland",
    "parathyroid-makes-many-hormones": "secreting various hormones",
}


@pytest.mark.shared
@pytest.mark.skipif(not SEED.exists(), reason="the seed thread is not part of the repository")
def test_the_seed_thread() -> None:
    question, answer = SEED.read_text(encoding="utf-8").split("KnowledgeKnight")
    assert flagged(question) == set()
    found = {f.misconception: f for f in screener().screen(answer).findings}
    for misconception, words in SEED_SENTENCES.items():
        finding = found[misconception]
        assert words in finding.quote
        assert finding.quote == answer[finding.start : finding.end]
        assert "\n" not in finding.quote
    assert not [f for f in found.values() if "speak to your doctor" in f.quote]


@pytest.mark.parametrize(
    "text",
    [
        "v!tamin d l0wers your blood calcium",
        "VITAMIN D LOWERS YOUR BLOOD CALCIUM!!!",
        "vіtаmіn D lоwers your blood calcium",
        "**vitamin D** lowers your _blood calcium_",
        "vitamin d looowers your blood calcium",
        "vita\u200bmin D lowers your blood calcium",
    ],
)
def test_evasive_spellings_are_flagged(text: str) -> None:
    assert flagged(text) == {"vitamin-d-lowers-calcium"}


@pytest.mark.parametrize("before", ["", "🙂🙂 ", "Ünïcödé — first. ", "**Hi** all.\n\n"])
def test_the_quote_stands_in_the_original(before: str) -> None:
    text = f"{before}Vitamin D lowers your blood calcium. Bye."
    (finding,) = screener().screen(text).findings
    assert finding.quote == text[finding.start : finding.end]
    assert "Vitamin D lowers your blood calcium" in finding.quote
    assert "Bye" not in finding.quote


def test_why_names_the_words() -> None:
    (finding,) = screener().screen("Vitamin D lowers your blood calcium.").findings
    assert '"vitamin d" … "lowers" … "blood calcium"' in finding.why


RUBBISH = {
    "empty": "",
    "blanks": " \n\t" * 1000,
    "a megabyte of one letter": "a" * 1_000_000,
    "a megabyte of words": "calcium " * 125_000,
    "combining marks": "c" + "\u0301" * 1_000_000,
    "lone surrogates": "\ud800\udfff" * 1000 + "calcium",
    "base64": base64.b64encode(bytes(range(256)) * 40).decode(),
    "code": '```python\ncalcium = [d3 for d3 in arteries if d3.lower() != "k2"]\nprint(calcium)\n```',
    "brackets": "](" * 100_000,
    "quoted lines": "> calcium\n" * 20_000,
    "German": "Kann mir jemand sagen, wann die Praxis morgen öffnet? Mein Kalzium soll geprüft werden.",
    "Japanese": "カルシウムの検査について教えてください。",
    "Arabic": "هل يمكنني معرفة نتيجة فحص الكالسيوم؟",
    "nulls": "\0calcium\0" * 100,
}


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_raises_nothing(text: str) -> None:
    assert screener().screen(text).findings == ()
    assert screener().screen("yes", reply_to=text).findings == ()


@settings(max_examples=60)
@given(NOISE, NOISE)
def test_noise_never_fails(text: str, reply_to: str) -> None:
    for finding in screener().screen(f"calcium {text}", reply_to=f"calcium {reply_to}").findings:
        assert 0.5 <= finding.probability <= 1


def calls(act: Callable[[], object]) -> int:
    """How many calls it takes; unlike seconds, that is the same on every machine."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "Vitamin D lowers calcium. ",
        "It does not. Is vitamin D good for calcium? Yes. ",
        "> does vitamin d lower calcium?\n",
        "vitamin d lowers calcium but k2 cleans arteries and ",
        "\u0301c\u0327alcium ",
    ],
)
def test_reading_is_linear_in_the_length(unit: str) -> None:
    screener().screen(unit * 10)
    short, long = (calls(lambda n=n: screener().screen(unit * n)) for n in (200, 400))  # type: ignore[misc]
    assert long < 2.3 * short
