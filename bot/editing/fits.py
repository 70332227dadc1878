"""Whether answers and corrections survive rendering: every fact and every source must be there in the end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from bot.core.cards import Answer, answer, correction_text
from bot.core.content_checks import Place, Remark
from bot.core.pack import Pack, Topic
from bot.discord_.render import answer_pages as discord_pages
from bot.editing.markup import blocks_text, embed_text
from bot.slack_.render import answer_pages as slack_pages
from bot.slack_.render import correction_blocks

EMBED = 6000  # characters that Discord takes in all embeds of a message
FIELDS = 25
BLOCKS = 50  # that Slack takes in a message


def cut_remarks(pack: Pack) -> Iterator[Remark]:
    """What Discord or Slack would cut off, or refuse as too large."""
    longest = max(pack.safety.urgent.values(), key=len, default="")
    for topic in pack.topics.values():
        shown = answer(topic, pack, urgent=longest)
        pages = discord_pages(shown)
        yield from _lost(topic, shown, "Discord", "\n".join(map(embed_text, pages)))
        yield from _oversized(topic, pages)
        blocks = slack_pages(shown)
        yield from _lost(topic, shown, "Slack", "\n".join(map(blocks_text, blocks)))
        yield from _crowded(topic, blocks)
    yield from _corrections(pack)


def _lost(topic: Topic, shown: Answer, platform: str, text: str) -> Iterator[Remark]:
    at: Place = ("topics", topic.id)
    words = text if platform == "Discord" else _unescaped(text)
    if topic.summary not in words:
        yield _cut((*at, "summary"), "the summary", platform)
    for number, (fact, sources) in enumerate(shown.facts):
        if fact not in words:
            yield _cut((*at, "facts", number, "text"), "this fact", platform)
        for source in (shown.sources[n - 1] for n in sources):
            if source.url not in words:
                yield _cut((*at, "facts", number, "sources"), f"the source `{source.key}`", platform)


def _oversized(topic: Topic, pages: Sequence[discord.Embed]) -> Iterator[Remark]:
    for number, page in enumerate(pages, start=1):
        if len(page) > EMBED or len(page.fields) > FIELDS:
            yield _cut(("topics", topic.id, "facts"), f"page {number} with {len(page)} characters", "Discord")


def _crowded(topic: Topic, pages: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[Remark]:
    for number, page in enumerate(pages, start=1):
        if len(page) > BLOCKS:
            yield _cut(("topics", topic.id, "facts"), f"page {number} with {len(page)} blocks", "Slack")


def _corrections(pack: Pack) -> Iterator[Remark]:
    for wrong in pack.misconceptions.values():
        words = _unescaped(blocks_text(correction_blocks(correction_text((wrong.id,), pack), 1)))
        if wrong.correction not in words:
            yield _cut(("misconceptions", wrong.id, "correction"), "the correction", "Slack")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _cut(at: Place, what: str, platform: str) -> Remark:
    return Remark(at, "cut", f"{platform} would not show {what}", "Shorten it, or split the topic in two.")
