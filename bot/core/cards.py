"""What people are shown, before any platform gives it a shape: answers, notices and corrections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.core.message import unturned
from bot.core.pack import Misconception, Pack, Severity, Source, Stage, Topic
from bot.core.review import Act, Case, Correction, Flag, Outcome, Policy, Reason, Status, allowed, describe

LONGEST_CORRECTION = 1900  # characters; Discord takes 2,000 in one message
CONTEXT = 120  # characters of the message shown on either side of a quote


class Tally(Protocol):
    """How earlier flags of one misconception ended."""

    @property
    def upheld(self) -> int: ...
    @property
    def decided(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Quote:
    """The claim's words with one line of what stands around them."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Point:
    """One flag on a notice."""

    misconception: str
    severity: Severity
    chance: str  # "92%"
    quote: Quote
    why: str
    claim: str
    truth: str
    sources: tuple[Source, ...]
    record: str  # "19 of 22 upheld"; empty while none was decided
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Notice:
    """A case as moderators see it, top to bottom."""

    title: str
    state: str
    severity: Severity
    who: str
    where: str
    link: str
    answers: str  # the message that this one answers
    points: tuple[Point, ...]
    acts: tuple[Act, ...]
    remarks: tuple[str, ...] = ()  # what members did about it, and what else is known


@dataclass(frozen=True, slots=True)
class Answer:
    """A topic as members see it."""

    topic: str
    title: str
    summary: str
    facts: tuple[tuple[str, tuple[int, ...]], ...]  # the text, and the numbers of its sources
    sources: tuple[Source, ...]
    footer: str
    urgent: str = ""  # shown before anything else


SEVERITY_WORDS = {Severity.HARMFUL: "Harmful", Severity.MISLEADING: "Misleading", Severity.MINOR: "Minor"}
REASON_WORDS = {
    Reason.ASKS: "It asks",
    Reason.DENIES: "It denies the claim",
    Reason.QUOTES: "It quotes somebody",
    Reason.JOKE: "It is a joke",
    Reason.TRUE: "It is true",
    Reason.OTHER: "Another reason",
}
ACT_WORDS = {
    Act.TAKE: "Take",
    Act.RELEASE: "Give back",
    Act.UPHOLD: "Uphold",
    Act.DISMISS: "Not a misconception",
    Act.ESCALATE: "Escalate",
    Act.NOTE: "Note",
    Act.SNOOZE: "Snooze",
    Act.CONFIRM: "Agree",
    Act.CANCEL: "Cancel",
    Act.DELETE: "Delete message",
    Act.UNDO: "Undo",
    Act.AMEND: "Amend the correction",
    Act.REISSUE: "Post the correction again",
    Act.EDITED: "Message edited",
    Act.EDITED_AWAY: "Claim removed by an edit",
    Act.MESSAGE_DELETED: "Message deleted",
    Act.NOT_TOLD: "Could not be done",
    Act.APPEAL: "The author asks for a second look",
    Act.REPEATED: "Posted again",
    Act.REPORTED: "Reported",
    Act.ANSWERED: "Answered by a member",
    Act.REMOVED: "Notice deleted by hand",
    Act.PURGED: "Words deleted: their time was over",
    Act.ERASED: "A person was erased",
    Act.EXAMPLE_PROPOSED: "Proposed as an example",
    Act.EXAMPLE_APPROVED: "Taken into the content as an example",
    Act.EXAMPLE_REJECTED: "Turned down as an example",
}


def notice(case: Case, pack: Pack, records: Mapping[str, Tally], policy: Policy, *, folded: int = 0) -> Notice:
    """The case for moderators, with the acts that the policy allows; `folded` more cases are counted on it."""
    points = tuple(_point(f, case, pack, records.get(f.misconception)) for f in case.flags)
    return Notice(
        title=_title(case),
        state=_state(case),
        severity=case.severity,
        who=case.author.name,
        where=case.place,
        link=case.link,
        answers=shorten(case.reply_to, CONTEXT),
        points=points,
        acts=allowed(case, policy),
        remarks=(*_remarks(case, folded), *_resting(case, pack)),
    )


def answer(topic: Topic, pack: Pack, *, urgent: str = "") -> Answer:
    """The topic for members; every fact points to the sources that may be shown."""
    sources: list[Source] = []
    facts = []
    for fact in topic.facts:
        shown = pack.citations(fact.sources)
        sources += [s for s in shown if s not in sources]
        facts.append((fact.text, tuple(sources.index(s) + 1 for s in shown)))
    return Answer(
        topic=topic.id,
        title=topic.title,
        summary=topic.summary,
        facts=tuple(facts),
        sources=tuple(sources),
        footer=f"{pack.safety.disclaimer} Reviewed {topic.reviewed_on}.",
        urgent=urgent,
    )


def correction_text(chosen: tuple[str, ...], pack: Pack) -> str:
    """The correction of those misconceptions, as the channel will see it; it speaks of the claim, never of a person.

    Of more than fit into one message the most serious are corrected, and the rest is left to the answers.
    """
    if not chosen:
        return ""
    known = sorted((pack.misconceptions[m] for m in chosen if m in pack.misconceptions), key=lambda m: m.severity.rank)
    for count in range(len(known), 0, -1):
        text = _filled(known[:count], pack, rest=len(known) - count)
        if len(text) <= LONGEST_CORRECTION:
            return text
    return _filled(known[:1], pack, rest=len(known) - 1)


def _filled(corrected: Sequence[Misconception], pack: Pack, *, rest: int) -> str:
    keys = tuple(dict.fromkeys(key for m in corrected for key in m.sources))
    links = " ".join(f"<{s.url}>" for s in pack.citations(keys)[:4])
    words = _corrections(corrected)
    if rest:
        more = "One more point needs" if rest == 1 else f"{rest} more points need"
        words += f"{more} a closer look: /{pack.name} has sourced answers.\n"
    text = pack.safety.correction_template.format(correction=words, source_links=links or "(none that may be shown)")
    return text if links else text.split(" Sources:")[0]


def _corrections(known: Sequence[Misconception]) -> str:
    """One correction speaks for itself; among several, each names its claim and has a line of its own."""
    if len(known) == 1:
        return known[0].correction
    return "\n" + "".join(f"• “{m.claim}” {m.correction}\n" for m in known)


def pointer_text(link: str) -> str:
    """Instead of a correction that stands in the channel already."""
    return f"A note on this was posted here a short while ago: {link}"


def hint_text(case: Case, policy: Policy) -> str:
    """What the author hears alone, before anything is public."""
    minutes = int((policy.self_edit or timedelta()).total_seconds() // 60)
    words = (
        f"A moderator looked at your message {case.link}. The note below will be posted under it in {minutes} minutes."
        " If you edit the message so that it no longer says this, nothing is posted.\n\n"
    )
    return words + case.correction


def outcome_text(case: Case) -> str:
    """What the author hears after asking for a second look, or when what they were told is undone."""
    return _OUTCOMES.get(case.status, _UNDONE).format(link=case.link)


_OUTCOMES = {
    Status.UPHELD: (
        "Thank you for asking. Another moderator has looked at your message {link} and thinks that the note"
        " should stay."
    ),
    Status.DISMISSED: (
        "Thank you for asking. Another moderator has looked at your message {link} and taken the note back."
        " We are sorry for the trouble."
    ),
    Status.APPEALED: (
        "Taking back the note under your message {link} was undone. It stands again while another moderator looks at"
        " it once more; you will hear the outcome."
    ),
}
_UNDONE = "A moderator has taken back the note about your message {link}. Your message is fine as it is."


def alert_text(why: str) -> str:
    """What an admin hears when moderators can't be reached."""
    return (
        f"Notices can't reach your moderators: {why}. Nothing is lost: cases wait, and are delivered once the channel"
        " can be written again."
    )


def reminder_text(case: Case) -> str:
    """What moderators hear of a case that has waited for long."""
    if case.urgent:
        return f"URGENT: somebody may need help now, and nobody has looked at case {case.id} yet."
    return f"Case {case.id} is still waiting for a decision."


def escalation_text(case: Case) -> str:
    """What those hear to whom hard cases go."""
    who = f"{case.holder.name} asks" if case.holder else "A moderator asks"
    return f"{who} for your view on case {case.id}."


def quote_of(flag: Flag, text: str) -> Quote:
    """The flag's words with at most CONTEXT characters on either side."""
    before = " ".join(text[max(0, flag.start - CONTEXT) : flag.start].split())
    after = " ".join(text[flag.end : flag.end + CONTEXT].split())
    cut_before = "…" if flag.start > CONTEXT else ""
    cut_after = "…" if flag.end + CONTEXT < len(text) else ""
    return Quote(
        before=unturned(cut_before + before),
        words=unturned(" ".join(flag.quote.split())),
        after=unturned(after + cut_after),
    )


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters on one line, cut at a word where that is possible."""
    flat = unturned(" ".join(text.split()))
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut) + "…"


def _remarks(case: Case, folded: int) -> Iterator[str]:
    if case.urgent:
        words = case.urgent.replace("_", " ")
        yield f"Somebody may need help now. The bot answers at once with the urgent text “{words}”; please look in."
    if case.appealed and case.status is Status.APPEALED:
        yield "The author says that the correction was wrong about them. Another moderator than before decides."
    for report in case.reports[:5]:
        yield f"Reported by {report.by.name}" + (f": {shorten(report.note, CONTEXT)}" if report.note else "")
    if case.answered_by:
        yield f"{case.answered_by.name} seems to have corrected it already: {case.answer_link or 'in a reply'}"
    if case.repeats:
        yield f"The same text was posted {_times(case.repeats)}; nobody is asked about it again."
    if folded:
        yield f"{folded} more cases came in a short time and are counted here. List them with /moderation queue."


def _resting(case: Case, pack: Pack) -> Iterator[str]:
    """What the stage of a misconception means for a case that still waits."""
    known = (pack.misconceptions.get(f.misconception) for f in case.flags if case.status.undecided)
    for wrong in (m for m in known if m and m.stage in _RESTS):
        yield f"{wrong.id} is {wrong.stage} by now: {_RESTS[wrong.stage]}"


_RESTS = {
    Stage.SHADOW: "new messages are only counted. This case can be decided as ever.",
    Stage.PAUSED: "new messages are not looked at for it. This case can be decided as ever.",
    Stage.RETIRED: "please look twice whether it should still be corrected.",
}


def _times(count: int) -> str:
    return "once more" if count == 1 else f"{count} more times"


def _title(case: Case) -> str:
    if case.urgent:
        return f"URGENT · Case {case.id}: somebody may need help now"
    if not case.flags:
        return f"Case {case.id}: reported by a member"
    what = "a possible misconception" if len(case.flags) == 1 else f"{len(case.flags)} possible misconceptions"
    return f"Case {case.id}: {what}"


def _state(case: Case) -> str:
    words = describe(case)
    if case.status is Status.DISMISSED and case.reason:
        words += f" ({REASON_WORDS[case.reason].lower()})"
    if case.status is Status.UPHELD:
        words += f", with {case.confirmed_by.name}" if case.confirmed_by else ""
    if case.status in (Status.UPHELD, Status.PROPOSED, Status.APPEALED):
        words += f"; {_told(case)}"
    return words[0].upper() + words[1:] + "."


def _told(case: Case) -> str:
    """What follows from upholding, in a few words."""
    done = case.status is not Status.PROPOSED
    if case.deletes:
        return "the message was deleted" if done else "the message would be deleted"
    if not case.correction:
        return "recorded, nothing was posted" if done else "it would only be recorded"
    if case.way is Correction.PRIVATE:
        return "the author was told privately" if done else "the author would be told privately"
    return "a correction was posted" if done else "a correction would be posted"


def _point(flag: Flag, case: Case, pack: Pack, tally: Tally | None) -> Point:
    known = pack.misconceptions.get(flag.misconception)
    return Point(
        misconception=flag.misconception,
        severity=flag.severity,
        chance=f"{flag.probability:.0%}",
        quote=quote_of(flag, case.text),
        why=flag.why,
        claim=known.claim if known else flag.misconception,
        truth=known.correction if known else "This misconception is no longer in the content.",
        sources=pack.citations(known.sources) if known else (),
        record=f"{tally.upheld} of {tally.decided} upheld" if tally and tally.decided else "",
        outcome=flag.outcome,
    )
