"""The example thread in front of the real screener: what it was written for."""

from bot.core.answers import offer
from bot.readers import screener_for
from bot.sandbox.thread import thread_of
from bot.settings import Settings
from tests.sandbox.content import MUST_BE_FOUND, shipped_pack, shipped_screener

QUESTION, REPLY, CORRECTION = (post.text for post in shipped_pack().thread)


def found(text: str, *, reply_to: str = "") -> dict[str, str]:
    """Quotes by misconception."""
    return {f.misconception: f.quote for f in shipped_screener().screen(text, reply_to=reply_to).findings}


def test_the_reply_is_flagged_for_its_misconceptions() -> None:
    assert set(found(REPLY, reply_to=QUESTION)) >= MUST_BE_FOUND


def test_both_readers_together_find_them_too() -> None:
    thresholds = Settings().screening
    screener = screener_for(shipped_pack(), notice=thresholds.notice, shadow=thresholds.shadow)
    findings = screener.screen(REPLY, reply_to=QUESTION).findings
    assert {f.misconception for f in findings} >= MUST_BE_FOUND
    assert not any("speak to your doctor" in f.quote for f in findings)
    for text, reply_to in ((QUESTION, ""), (CORRECTION, REPLY)):
        assert screener.screen(text, reply_to=reply_to).findings == ()


def test_the_advice_to_see_a_doctor_is_in_no_quote() -> None:
    assert not any("speak to your doctor" in quote for quote in found(REPLY, reply_to=QUESTION).values())


def test_question_and_careful_correction_are_not_flagged() -> None:
    assert found(QUESTION) == {}
    assert found(CORRECTION, reply_to=REPLY) == {}


def test_only_the_question_is_offered_an_answer() -> None:
    pack = shipped_pack()
    assert [offer(pack, text) for text in (QUESTION, REPLY, CORRECTION)] == ["causes", None, None]


def test_its_people_have_names_and_answer_one_another() -> None:
    lines = thread_of(shipped_pack())
    assert [line.answers for line in lines] == [None, 0, 1]
    assert len({line.author.id for line in lines}) == 3
