"""The pack that ships can be used, and holds what the clinicians' brief says."""

import resource
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.content_checks import Level
from bot.core.pack import NEVER_CITED, Pack, Severity
from bot.packs.check import check_pack
from bot.packs.read import read_pack
from bot.readers import checker_for
from bot.settings import Settings

SHIPPED = Path(__file__).parents[2] / "content" / "calcification"
BRIEF = Path(__file__).parents[3] / "shared" / "medical"
SHIPPED_ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(SHIPPED)


def test_it_has_no_errors() -> None:
    assert [str(p) for p in check_pack(SHIPPED, today=SHIPPED_ON) if p.severity is Level.ERROR] == []


def test_its_warnings_are_few_and_await_a_clinician(pack: Pack) -> None:
    """Facts that rest on general knowledge alone, one page without https, and long sentences of the brief.

    Its own screener, with both readers, gets every example right and would flag none of its texts.
    """
    limits = Settings().screening
    found = check_pack(
        SHIPPED, today=SHIPPED_ON, screens_of=lambda p: checker_for(p, notice=limits.notice, shadow=limits.shadow)
    )
    rules = [p.rule for p in found]
    assert {r: rules.count(r) for r in set(rules)} == {"no-shown-source": 8, "url": 1, "reading-grade": 11}


def test_checking_the_whole_of_it_takes_a_few_seconds() -> None:
    """Of processor time, of which a quiet machine takes about 5 and two cores share it; a crowded one takes more."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "bot", "check"], cwd=SHIPPED.parents[1], check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 15


def test_nothing_is_lost(pack: Pack) -> None:
    assert len(pack.topics) == 23
    assert sum(len(t.facts) for t in pack.topics.values()) == 154
    assert len(pack.misconceptions) == 51
    assert len(pack.sources) == 91
    assert sum(s.confirmed for s in pack.sources.values()) == 87


def test_topics_are_listed_in_the_order_of_the_pack(pack: Pack) -> None:
    assert list(pack.topics)[:4] == ["overview", "metastatic", "dystrophic", "compare"]


def test_misconceptions_carry_severity_and_examples(pack: Pack) -> None:
    harmful = pack.misconceptions["vitamin-d-lowers-calcium"]
    assert harmful.severity is Severity.HARMFUL
    assert len(harmful.flags) >= 3
    assert len(harmful.passes) >= 4


def test_general_knowledge_is_never_cited(pack: Pack) -> None:
    assert pack.citations((NEVER_CITED,)) == ()


def test_reading_twice_gives_the_same_revision(pack: Pack) -> None:
    assert read_pack(SHIPPED) == pack
    assert len(pack.revision) == 12


@pytest.mark.shared
@pytest.mark.skipif(not BRIEF.is_dir(), reason="the clinicians' brief is not beside this checkout")
class TestAgainstTheBrief:
    def test_topics_are_word_for_word(self, pack: Pack) -> None:
        for topic in _brief("topics"):
            ours = pack.topics[topic["id"]]
            assert (ours.title, ours.summary, list(ours.aliases)) == (
                topic["title"],
                topic["summary"],
                topic["aliases"],
            )
            assert [{"text": f.text, "sources": list(f.sources)} for f in ours.facts] == topic["facts"]

    def test_misconceptions_are_word_for_word(self, pack: Pack) -> None:
        for wrong in _brief("misconceptions"):
            ours = pack.misconceptions[wrong["id"]]
            assert (ours.severity, ours.claim, ours.correction, list(ours.sources)) == (
                wrong["severity"],
                wrong["claim"],
                wrong["correction"],
                wrong["sources"],
            )
            assert set(wrong["phrasings"]) <= set(ours.flags)
            assert set(wrong["near_misses"]) <= set(ours.passes)

    def test_sources_are_word_for_word(self, pack: Pack) -> None:
        brief = _brief("sources")
        assert list(pack.sources) == list(brief)
        for key, source in brief.items():
            ours = pack.sources[key]
            assert (ours.title, ours.publisher, ours.url, ours.confirmed, ours.year) == (
                source["title"],
                source["publisher"],
                source["url"],
                source["confirmed"],
                source.get("year"),
            )

    def test_safety_texts_are_word_for_word(self, pack: Pack) -> None:
        brief, ours = _brief("safety"), pack.safety
        assert [ours.disclaimer, ours.footer, ours.long_disclaimer] == [
            brief["disclaimers"][k] for k in ("short", "embed_footer", "long")
        ]
        assert all(brief["urgent_messages"][key] == text for key, text in ours.urgent.items())
        assert {rule.message for rule in ours.red_flags.rules} == set(ours.urgent)
        assert ours.canned == brief["canned_replies"]
        assert ours.correction_template == brief["public_correction_template"]


def _brief(name: str) -> Any:
    return yaml.safe_load((BRIEF / f"{name}.yaml").read_text("utf-8"))[name]
