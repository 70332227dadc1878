"""What the page is sent: cases, posts and answers as plain JSON values. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core import proposals, wording
from bot.core.answers import offer
from bot.core.cards import ACT_WORDS, REASON_WORDS, SEVERITY_WORDS, Notice, Point, Tally, answer, notice
from bot.core.console import SHOW_WORDS
from bot.core.message import Person
from bot.core.pack import Pack, Source, Topic
from bot.core.review import Act, Case, HistoryEntry, Policy
from bot.sandbox.people import Role, Visitor
from bot.sandbox.posts import PRIVATE_NOTE, Call, Kind, Post
from bot.sandbox.wording import OUTCOMES

Json = dict[str, Any]
OUTCOME_WORDS = OUTCOMES
ASKS_AGAIN = frozenset({Act.UNDO, Act.DELETE})  # acts that take something away


def visitor_json(visitor: Visitor, token: str) -> Json:
    """Who the page is playing, and what it must send along with every change."""
    return {"role": visitor.role, "roles": list(Role), **person_json(visitor.person), "token": token}


def pack_json(pack: Pack) -> Json:
    """What the page says about the content."""
    return {
        "name": pack.name,
        "title": pack.title,
        "revision": pack.revision,
        "topics": len(pack.topics),
        "misconceptions": len(pack.misconceptions),
        "sources": sum(s.citable for s in pack.sources.values()),
        "thread": len(pack.thread),
    }


def posts_json(
    posts: Sequence[Post], visitor: Visitor, pack: Pack, cases: Mapping[str, int], urgent: Callable[[str], str]
) -> list[Json]:
    """The channel as the visitor sees it; `cases` (by post id) is empty for members.

    `urgent` tells the urgent text that belongs before any answer to somebody's words.
    """
    by_id = {p.id: p for p in posts}
    seen = [p for p in posts if p.kind is not Kind.WHISPER or _is_for(p, by_id, visitor)]
    return [_post_json(p, by_id, visitor, pack, urgent) | {"case": cases.get(str(p.id))} for p in seen]


def case_json(
    case: Case, pack: Pack, records: Mapping[str, Tally], policy: Policy, history: Sequence[HistoryEntry] = ()
) -> Json:
    """A case as moderators see it, top to bottom."""
    card = notice(case, pack, records, policy)
    return {
        "id": case.id,
        "version": case.version,
        "status": case.status,
        "opened_at": case.opened_at.isoformat(),
        "probability": f"{case.probability:.0%}",
        "author": case.author.id,
        "example": wording.USE_AS_EXAMPLE if proposals.choices(case) else "",
        "holder": case.holder.name if case.holder else None,
        "history": [_history_json(e) for e in history],
        **_notice_json(card),
    }


def answer_json(topic: Topic, pack: Pack, urgent: str = "") -> Json:
    """A topic as members see it, after the urgent text where one is called for."""
    shown = answer(topic, pack, urgent=urgent)
    return {
        "topic": shown.topic,
        "title": shown.title,
        "summary": shown.summary,
        "urgent": shown.urgent,
        "facts": [{"text": text, "sources": list(numbers)} for text, numbers in shown.facts],
        "sources": [source_json(s) for s in shown.sources],
        "footer": shown.footer,
    }


def choices_json(choices: Sequence[tuple[str, str]]) -> list[Json]:
    """Topics to choose from."""
    return [{"topic": topic, "title": title} for topic, title in choices]


def person_json(person: Person) -> Json:
    return {"id": person.id, "name": person.name}


def source_json(source: Source) -> Json:
    return {"label": source.label, "url": source.url}


def shows_json() -> list[Json]:
    """The lists that the queue can show."""
    return [{"show": show, "label": words} for show, words in SHOW_WORDS.items()]


def call_json(call: Call) -> Json:
    """What the bot told the moderators."""
    return {
        "id": call.name,
        "at": call.at.isoformat(),
        "words": call.words,
        "case": call.case_id,
        "picture": call.drawn,
    }


def reasons_json() -> list[Json]:
    """The reasons why a flag may be no misconception."""
    return [{"reason": reason, "label": words} for reason, words in REASON_WORDS.items()]


def _post_json(
    post: Post, by_id: Mapping[int, Post], visitor: Visitor, pack: Pack, urgent: Callable[[str], str]
) -> Json:
    mine = post.kind is Kind.MEMBER and post.author == visitor.person
    topic = pack.topics.get(post.topic)
    return {
        "id": post.id,
        "kind": post.kind,
        "author": person_json(post.author),
        "text": post.text,
        "at": post.posted_at.isoformat(),
        "edited": post.edited,
        "answers": _answered_json(post, by_id),
        "offer": None if urgent(post.text) else _offer_json(post, pack),
        "answer": answer_json(topic, pack, urgent(post.text)) if topic else None,
        "may_edit": mine,
        "may_report": post.kind is Kind.MEMBER and not mine,
        "may_appeal": _corrects(post) and _is_for(post, by_id, visitor),
        "may_delete": mine
        or (post.kind not in (Kind.CORRECTION, Kind.WHISPER) and visitor.role.reaches(Role.MODERATOR)),
    }


def _corrects(post: Post) -> bool:
    return post.kind is Kind.CORRECTION or (post.kind is Kind.WHISPER and post.topic == PRIVATE_NOTE)


def _is_for(post: Post, by_id: Mapping[int, Post], visitor: Visitor) -> bool:
    """Whether the visitor wrote the message that the bot answers."""
    answered = by_id.get(post.reply_to or 0)
    return answered is not None and answered.author == visitor.person


def _answered_json(post: Post, by_id: Mapping[int, Post]) -> Json | None:
    if post.reply_to is None:
        return None
    answered = by_id.get(post.reply_to)
    return {
        "id": post.reply_to,
        "author": answered.author.name if answered else "",
        "text": answered.text[:160] if answered else "",
    }


def _offer_json(post: Post, pack: Pack) -> Json | None:
    topic = offer(pack, post.text) if post.kind is Kind.MEMBER else None
    return {"topic": topic, "title": pack.topics[topic].title} if topic else None


def _notice_json(card: Notice) -> Json:
    return {
        "title": card.title,
        "state": card.state,
        "severity": card.severity,
        "severity_words": SEVERITY_WORDS[card.severity],
        "who": card.who,
        "where": card.where,
        "link": card.link,
        "answers": card.answers,
        "points": [_point_json(p) for p in card.points],
        "remarks": list(card.remarks),
        "acts": [{"act": a, "label": ACT_WORDS[a], "asks_again": a in ASKS_AGAIN} for a in card.acts],
    }


def _point_json(point: Point) -> Json:
    return {
        "misconception": point.misconception,
        "severity": point.severity,
        "severity_words": SEVERITY_WORDS[point.severity],
        "chance": point.chance,
        "quote": {"before": point.quote.before, "words": point.quote.words, "after": point.quote.after},
        "why": point.why,
        "claim": point.claim,
        "truth": point.truth,
        "sources": [source_json(s) for s in point.sources],
        "record": point.record,
        "outcome": point.outcome,
        "outcome_words": OUTCOME_WORDS[point.outcome],
    }


def _history_json(entry: HistoryEntry) -> Json:
    return {
        "act": ACT_WORDS[entry.act],
        "by": entry.by.name,
        "at": entry.at.isoformat(),
        "detail": entry.detail,
        "revision": entry.pack_revision,
    }
