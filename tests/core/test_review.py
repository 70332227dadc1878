"""Review rules: every row of the table, every refusal, and what a random run of acts must keep."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.message import Person
from bot.core.pack import Severity
from bot.core.review import (
    LIFE,
    OUTCOMES,
    Act,
    Case,
    Correction,
    Decision,
    Duty,
    Outcome,
    Policy,
    Reason,
    Refused,
    Report,
    Status,
    allowed,
    decide,
    describe,
    duties,
    merge,
)
from tests.samples import ANN, BEN, MEMBER, NOON, case, flag

NOW = timedelta()
OPEN_HANDED = Policy(may_delete=True)
TWO = Policy(two_people=frozenset({Severity.HARMFUL}), may_delete=True)


def decision(act: Act, **changes: object) -> Decision:
    return replace(Decision(act, ANN, NOON, expected_version=1), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("status", "act"), sorted(OUTCOMES))
def test_every_row_of_the_table_leads_where_it_says(status: Status, act: Act) -> None:
    told = case(status=status, author=ANN, correction="Tea does not cure.", correction_ref="c1")
    after = decide(told, decision(act, text="Tea does not cure anything."), OPEN_HANDED)
    assert (after.status, after.version) == (OUTCOMES[status, act], 2)


@pytest.mark.parametrize(("status", "act"), sorted({(s, a) for s in Status for a in Act} - OUTCOMES.keys()))
def test_what_is_not_in_the_table_is_refused_in_words(status: Status, act: Act) -> None:
    with pytest.raises(Refused, match="can't be done now: case 1 is"):
        decide(case(status=status), decision(act))


def test_a_decision_on_an_older_version_is_refused_and_says_what_happened() -> None:
    seen = case(version=3, status=Status.UPHELD, decided_by=BEN)
    with pytest.raises(Refused, match="upheld by Ben"):
        decide(seen, decision(Act.DISMISS))


def test_while_a_lease_runs_only_its_holder_decides() -> None:
    held = decide(case(), replace(decision(Act.TAKE), by=BEN))
    with pytest.raises(Refused, match="Ben is working on case 1"):
        decide(held, decision(Act.UPHOLD, expected_version=2))
    assert decide(held, decision(Act.UPHOLD, expected_version=2, at=NOON + Policy().lease)).decided_by == ANN
    assert decide(held, decision(Act.NOTE, expected_version=2, text="I know him")).status is Status.TAKEN


def test_upholding_some_flags_dismisses_the_others() -> None:
    after = decide(case(), decision(Act.UPHOLD, chosen=("tea-is-blue",)))
    assert [f.outcome for f in after.flags] == [Outcome.DISMISSED, Outcome.UPHELD]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chosen": ("tea-is-loud",)}, "no flag named tea-is-loud"),
        ({"correction": Correction.REPLY, "text": "  "}, "needs some text"),
    ],
)
def test_an_uphold_that_makes_no_sense_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        decide(case(), decision(Act.UPHOLD, **changes))


def test_undo_gives_everything_back_and_removes_the_correction() -> None:
    upheld = decide(case(), decision(Act.UPHOLD, correction=Correction.REPLY, text="Tea does not cure."))
    undo = decision(Act.UNDO, expected_version=2)
    undone = decide(upheld, undo)
    assert (undone.status, undone.correction, undone.decided_by) == (Status.OPEN, "", None)
    assert {f.outcome for f in undone.flags} == {Outcome.PENDING}
    assert duties(upheld, undone, undo) == {Duty.NOTICE: NOW, Duty.REMOVE_CORRECTION: NOW}


def test_two_people_are_needed_for_what_the_policy_names() -> None:
    uphold = decision(Act.UPHOLD, correction=Correction.REPLY, text="Tea does not cure.")
    proposed = decide(case(), uphold, TWO)
    assert (proposed.status, duties(case(), proposed, uphold)) == (Status.PROPOSED, {Duty.NOTICE: NOW})
    agree = decision(Act.CONFIRM, expected_version=2)
    with pytest.raises(Refused, match="second person"):
        decide(proposed, agree, TWO)
    upheld = decide(proposed, replace(agree, by=BEN), TWO)
    assert (upheld.status, upheld.decided_by, upheld.confirmed_by) == (Status.UPHELD, ANN, BEN)
    assert duties(proposed, upheld, agree) == {Duty.NOTICE: NOW, Duty.POST_CORRECTION: NOW}
    cancelled = decide(proposed, decision(Act.CANCEL, expected_version=2), TWO)
    assert (cancelled.status, cancelled.correction, cancelled.decided_by) == (Status.OPEN, "", None)


def test_an_edit_takes_back_what_only_one_person_upheld() -> None:
    proposed = decide(case(), decision(Act.UPHOLD), TWO)
    edited = merge(proposed, text="new", flags=(flag(),), revision="r")
    assert (edited.status, edited.decided_by) == (Status.OPEN, None)
    assert {f.outcome for f in edited.flags} == {Outcome.PENDING}


def test_deleting_is_for_those_who_allow_it_and_can_not_be_undone() -> None:
    with pytest.raises(Refused, match="switched off"):
        decide(case(), decision(Act.DELETE))
    deleted = decide(case(), decision(Act.DELETE), OPEN_HANDED)
    assert duties(case(), deleted, None) == {Duty.NOTICE: NOW, Duty.DELETE_MESSAGE: NOW}
    with pytest.raises(Refused, match="can't be brought back"):
        decide(deleted, decision(Act.UNDO, expected_version=2), OPEN_HANDED)


def test_a_deletion_that_nobody_agreed_to_stands_in_the_way_of_nothing() -> None:
    proposed = decide(case(), decision(Act.DELETE), TWO)
    dismissed = decide(proposed, decision(Act.DISMISS, expected_version=2, by=BEN), TWO)
    assert not dismissed.deletes
    assert decide(dismissed, decision(Act.UNDO, expected_version=3), TWO).status is Status.OPEN


def test_agreeing_leaves_no_claim_unjudged() -> None:
    appealed = decide(upheld(flags=(replace(flag(), outcome=Outcome.UPHELD),)), decision(Act.APPEAL, by=BEN))
    edited = merge(appealed, text="new", flags=(flag(), flag("another")), revision="r")
    agreed = decide(edited, decision(Act.CONFIRM, by=Person("3", "Cleo"), expected_version=3))
    assert {f.outcome for f in agreed.flags} == {Outcome.UPHELD}


def upheld(**changes: object) -> Case:
    return case(status=Status.UPHELD, decided_by=ANN, correction="Tea does not cure.", author=BEN, **changes)


def test_the_author_can_have_a_correction_looked_at_again_once_by_somebody_else() -> None:
    appealed = decide(upheld(), decision(Act.APPEAL, by=BEN))
    for act in (Act.CONFIRM, Act.DISMISS):
        with pytest.raises(Refused, match="second person"):
            decide(appealed, decision(act, expected_version=2))
    third = decision(Act.DISMISS, expected_version=2, by=Person("3", "Cleo"))
    taken_back = decide(appealed, third)
    assert taken_back.status is Status.DISMISSED
    assert duties(appealed, taken_back, third) == dict.fromkeys(
        (Duty.NOTICE, Duty.REMOVE_CORRECTION, Duty.OUTCOME), NOW
    )
    kept = decide(appealed, replace(third, act=Act.CONFIRM))
    assert (kept.status, kept.correction) == (Status.UPHELD, "Tea does not cure.")
    assert duties(appealed, kept, replace(third, act=Act.CONFIRM)) == {Duty.NOTICE: NOW, Duty.OUTCOME: NOW}
    with pytest.raises(Refused, match="their word stands"):
        decide(kept, decision(Act.APPEAL, by=BEN, expected_version=3))


def test_whoever_confirmed_it_takes_no_second_look_either() -> None:
    appealed = decide(upheld(confirmed_by=Person("3", "Cleo")), decision(Act.APPEAL, by=BEN))
    with pytest.raises(Refused, match="second person"):
        decide(appealed, decision(Act.DISMISS, expected_version=2, by=Person("3", "Cleo")))


def test_undoing_a_second_look_restores_what_it_took_back() -> None:
    first = replace(upheld(), flags=(replace(flag(), outcome=Outcome.UPHELD),))
    appealed = decide(first, decision(Act.APPEAL, by=BEN))
    third = decision(Act.DISMISS, expected_version=2, by=Person("3", "Cleo"))
    taken_back = decide(decide(appealed, third), decision(Act.NOTE, expected_version=3, text="hm"))
    undo = decision(Act.UNDO, expected_version=4)
    restored = decide(taken_back, undo)
    assert restored == replace(appealed, version=5)
    assert duties(taken_back, restored, undo) == dict.fromkeys((Duty.NOTICE, Duty.OUTCOME, Duty.POST_CORRECTION), NOW)


@pytest.mark.parametrize("told", ["", "c1"])
def test_nothing_is_said_about_a_deleted_message_that_was_not_said_before(told: str) -> None:
    deleted = decide(upheld(correction_ref=told), decision(Act.MESSAGE_DELETED))
    assert bool(deleted.correction) is bool(told)


@pytest.mark.parametrize("act", [Act.DISMISS, Act.UPHOLD])
def test_a_correction_that_stands_when_an_edit_adds_a_claim_goes_with_the_next_decision(act: Act) -> None:
    told = upheld(correction_ref="c1", flags=(replace(flag(), outcome=Outcome.UPHELD),))
    edited = merge(told, text="new", flags=(flag(), flag("another")), revision="r")
    assert (edited.status, edited.correction) == (Status.OPEN, "Tea does not cure.")
    after = decide(edited, decision(act, expected_version=2))
    assert Duty.REMOVE_CORRECTION in duties(edited, after, decision(act))
    assert merge(replace(told, correction_ref=""), text="new", flags=edited.flags, revision="r").correction == ""


@pytest.mark.parametrize(
    ("changes", "by", "words"),
    [
        ({}, ANN, "Only the author"),
        ({"correction": ""}, BEN, "no correction"),
        ({"appealed": True}, BEN, "word stands"),
    ],
)
def test_who_can_not_complain_is_told_why(changes: dict[str, object], by: Person, words: str) -> None:
    with pytest.raises(Refused, match=words):
        decide(replace(upheld(), **changes), decision(Act.APPEAL, by=by))  # type: ignore[arg-type]


def test_where_the_author_is_told_first_the_public_correction_waits() -> None:
    policy = Policy(self_edit=timedelta(minutes=30))
    public = decide(case(), decision(Act.UPHOLD, correction=Correction.REPLY, text="No."), policy)
    assert duties(case(), public, None, policy) == {
        Duty.NOTICE: NOW,
        Duty.HINT: NOW,
        Duty.POST_CORRECTION: timedelta(minutes=30),
    }
    mended = merge(public, text="tea is a drink", flags=(), revision="r")
    assert (mended.status, mended.correction) == (Status.UPHELD, "")


def test_escalating_calls_those_to_whom_hard_cases_go() -> None:
    after = decide(case(), decision(Act.ESCALATE))
    assert duties(case(), after, None) == {Duty.NOTICE: NOW, Duty.ESCALATION: NOW}


def test_what_members_do_is_counted_on_the_case() -> None:
    seen = decide(case(), decision(Act.REPEATED, text="https://example.org/2", by=MEMBER))
    seen = decide(seen, decision(Act.REPORTED, text="dangerous", by=BEN, expected_version=2))
    seen = decide(seen, decision(Act.ANSWERED, text="https://example.org/3", by=BEN, expected_version=3))
    assert (seen.repeats, seen.reports, seen.answered_by) == (1, (Report(BEN, "dangerous"),), BEN)
    assert seen.answer_link == "https://example.org/3"


def test_a_dismissal_keeps_its_reason() -> None:
    after = decide(case(), decision(Act.DISMISS, reason=Reason.JOKE))
    assert (after.reason, describe(after)) == (Reason.JOKE, "closed as not a misconception by Ann")


def test_a_deleted_message_leaves_no_text() -> None:
    after = decide(case(reply_to="is it?"), decision(Act.MESSAGE_DELETED))
    assert (after.text, after.reply_to, {f.quote + f.why for f in after.flags}) == ("", "", {""})


def test_an_edit_that_changes_nothing_gives_the_same_case() -> None:
    before = case()
    assert merge(before, text=before.text, flags=(), revision="new") is before


@pytest.mark.parametrize(
    ("status", "outcomes", "flags", "becomes"),
    [
        (Status.OPEN, Outcome.PENDING, (), Status.WITHDRAWN),
        (Status.UPHELD, Outcome.UPHELD, (), Status.UPHELD),
        (Status.UPHELD, Outcome.UPHELD, ("tea-cures",), Status.UPHELD),
        (Status.UPHELD, Outcome.UPHELD, ("tea-cures", "another"), Status.OPEN),
        (Status.WITHDRAWN, Outcome.PENDING, ("tea-cures",), Status.OPEN),
        (Status.TAKEN, Outcome.PENDING, ("tea-cures",), Status.TAKEN),
        (Status.TAKEN, Outcome.PENDING, (), Status.WITHDRAWN),
    ],
)
def test_an_edit_updates_its_case(status: Status, outcomes: Outcome, flags: tuple[str, ...], becomes: Status) -> None:
    lease = NOON + timedelta(minutes=15) if status is Status.TAKEN else None
    before = case(status=status, flags=(replace(flag(), outcome=outcomes),), lease_until=lease)
    after = merge(before, text="new", flags=tuple(map(flag, flags)), revision="r")
    assert after.status is becomes
    assert (after.lease_until is not None) == (becomes is Status.TAKEN)


@given(
    st.lists(st.tuples(st.sampled_from(Act), st.sampled_from([ANN, BEN]), st.integers(0, 40)), max_size=30),
    st.sampled_from([Policy(), OPEN_HANDED, TWO]),
)
def test_no_run_of_acts_breaks_a_case(acts: list[tuple[Act, object, int]], policy: Policy) -> None:
    now, current = NOON, case()
    for act, by, minutes in acts:
        now += timedelta(minutes=minutes)
        chosen = Decision(act, by, now, current.version, correction=Correction.REPLY, text="Tea does not cure.")  # type: ignore[arg-type]
        try:
            after = decide(current, chosen, policy)
        except Refused:
            continue
        assert after.version == current.version + 1
        assert (after.status in (Status.UPHELD, Status.DISMISSED)) <= (after.decided_by is not None)
        assert (after.status is Status.APPEALED) <= after.appealed
        if policy is TWO and after.status is Status.UPHELD and after.decided_by:
            assert after.confirmed_by is not None
            assert after.confirmed_by.id != after.decided_by.id
        assert (after.status is Status.TAKEN) == (after.lease_until is not None)
        assert (after.status is Status.SNOOZED) == (after.snoozed_until is not None)
        assert act in allowed(current, policy) or act in LIFE
        current = after
