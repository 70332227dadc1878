"""`render`: an entry as Discord, Slack and the sandbox show it, made by the same code that they use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord

from bot.core.cards import answer, correction_text, notice
from bot.core.message import MessageKey, Person
from bot.core.pack import Misconception, Pack, Topic
from bot.core.reader import Screener
from bot.core.review import Case, Flag, Policy
from bot.discord_.render import answer_pages, notice_embed
from bot.editing import markup
from bot.sandbox.view import answer_json, case_json
from bot.slack_ import render as slack

SOMEBODY = Person("0", "A member")
PLACE = "#a-channel"
WHEN = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)  # of the made-up message; no preview shows it


@dataclass(frozen=True, slots=True)
class Preview:
    """One thing on one platform: as text for a terminal, and as HTML that is safe to put into a page."""

    platform: str
    what: str
    text: str
    html: str


def previews(entry: Misconception | Topic, pack: Pack, screener: Screener) -> tuple[Preview, ...]:
    """Everything that people will see of the entry."""
    if isinstance(entry, Topic):
        return tuple(_answers(entry, pack))
    return (*_corrections(entry, pack), *_notices(entry, pack, screener))


def _answers(topic: Topic, pack: Pack) -> Iterator[Preview]:
    shown = answer(topic, pack)
    for number, embed in enumerate(answer_pages(shown), start=1):
        yield _discord(f"answer, page {number}", embed)
    for number, blocks in enumerate(slack.answer_pages(shown), start=1):
        yield _slack(f"answer, page {number}", blocks)
    values = answer_json(topic, pack)
    yield Preview("Sandbox", "answer", markup.answer_text(values), markup.answer_html(values))


def _corrections(wrong: Misconception, pack: Pack) -> Iterator[Preview]:
    text = correction_text((wrong.id,), pack)
    yield Preview("Discord", "correction", text, markup.discord_html(text))
    yield _slack("correction", slack.correction_blocks(text, 1))
    yield Preview("Sandbox", "correction", text, markup.discord_html(text))


def _notices(wrong: Misconception, pack: Pack, screener: Screener) -> Iterator[Preview]:
    case = example_case(wrong, pack, screener)
    policy = Policy()
    card = notice(case, pack, {}, policy)
    yield _discord("notice", notice_embed(card, case.id))
    yield _slack("notice", slack.notice_blocks(card, case, policy))
    values = case_json(case, pack, {}, policy)
    yield Preview("Sandbox", "notice", markup.case_text(values), markup.case_html(values))


def example_case(wrong: Misconception, pack: Pack, screener: Screener) -> Case:
    """The case that the first example to flag would open; as if surely found, where the screener does not find it."""
    text = wrong.flags[0] if wrong.flags else wrong.claim
    found = next((f for f in screener.screen(text).findings if f.misconception == wrong.id), None)
    flag = (
        Flag(wrong.id, wrong.severity, found.probability, found.quote, found.start, found.end, found.why)
        if found
        else Flag(wrong.id, wrong.severity, 1.0, text, 0, len(text), "(the bot would not flag this example yet)")
    )
    return Case(
        MessageKey("preview", "preview", "preview", "1"), SOMEBODY, text, PLACE, "", WHEN, (flag,), pack.revision, id=1
    )


def _discord(what: str, embed: discord.Embed) -> Preview:
    return Preview("Discord", what, markup.embed_text(embed), markup.embed_html(embed))


def _slack(what: str, blocks: Sequence[Mapping[str, Any]]) -> Preview:
    return Preview("Slack", what, markup.blocks_text(blocks), markup.blocks_html(blocks))
