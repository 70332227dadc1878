"""What can be made of an entry outside the chat: a page of previews, a fact sheet to print, a ClaimReview."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.core.cards import SEVERITY_WORDS, answer
from bot.core.pack import Misconception, Pack, Source, Topic
from bot.editing.previews import Preview

ROOMY, CLOSE = 1700, 2900  # characters of a fact sheet up to which the larger sizes of print fill one page


def preview_page(title: str, shown: Sequence[Preview]) -> str:
    """One page with everything, a column for each platform."""
    platforms = list(dict.fromkeys(p.platform for p in shown))
    columns = [(name, [p for p in shown if p.platform == name]) for name in platforms]
    return _template("previews.html").render(title=title, columns=columns)


def fact_sheet(entry: Misconception | Topic, pack: Pack) -> str:
    """One printed page: what is true, from where, and when that was last looked at."""
    values = _of_topic(entry, pack) if isinstance(entry, Topic) else _of_misconception(entry, pack)
    printed = len(values["lead"]) + sum(len(text) for text, _ in values["points"])
    printed += sum(len(s.label) + len(s.url) for s in values["sources"])
    size = "roomy" if printed < ROOMY else "close" if printed < CLOSE else "tight"
    return _template("sheet.html").render(pack=pack, disclaimer=pack.safety.long_disclaimer, size=size, **values)


def claim_review(wrong: Misconception, pack: Pack, *, publisher: str = "", url: str = "") -> str:
    """The misconception as schema.org's ClaimReview, in JSON-LD."""
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": wrong.claim,
        "reviewBody": wrong.correction,
        "inLanguage": "en",
        "author": {"@type": "Organization", "name": publisher or pack.title},
        "itemReviewed": {"@type": "Claim", "text": wrong.claim, "about": pack.title},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": 1,
            "worstRating": 1,
            "bestRating": 5,
            "alternateName": "False",
            "ratingExplanation": f"{SEVERITY_WORDS[wrong.severity]} if believed.",
        },
        "citation": [_cited(source) for source in pack.citations(wrong.sources)],
    }
    if url:
        review["url"] = url
        review["author"]["url"] = url
    return json.dumps(review, ensure_ascii=False, indent=2) + "\n"


def _cited(source: Source) -> Mapping[str, Any]:
    dated = {"datePublished": str(source.year)} if source.year else {}
    publisher = {"@type": "Organization", "name": source.publisher}
    return {"@type": "CreativeWork", "name": source.title, "url": source.url, "publisher": publisher, **dated}


def _of_topic(topic: Topic, pack: Pack) -> dict[str, Any]:
    shown = answer(topic, pack)
    return {
        "title": shown.title,
        "kicker": pack.title,
        "lead": shown.summary,
        "myth": "",
        "points": shown.facts,
        "sources": shown.sources,
        "reviewed": f"Reviewed on {topic.reviewed_on}.",
    }


def _of_misconception(wrong: Misconception, pack: Pack) -> dict[str, Any]:
    sources = pack.citations(wrong.sources)
    return {
        "title": "Is it true?",
        "kicker": pack.title,
        "lead": "",
        "myth": wrong.claim,
        "points": ((wrong.correction, tuple(range(1, len(sources) + 1))),),
        "sources": sources,
        "reviewed": "",
    }


def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("bot.editing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
