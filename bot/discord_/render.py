"""Cards as Discord shows them: embeds within every limit, with quoted text that can neither ping nor mark up."""

import re
from collections.abc import Sequence

import discord

from bot.core.cards import ACT_WORDS, SEVERITY_WORDS, Answer, Notice, Point, shorten
from bot.core.pack import Severity, Source
from bot.core.review import Outcome
from bot.core.wording import URGENT_TITLE
from bot.discord_ import wording

TOTAL = 5800  # Discord allows 6,000 characters in all embeds of a message; the rest is for titles
FIELD = 1024
MARKUP = re.compile(r"[\\_*~|`\[\]]")
BLOCK = re.compile(r"^(\s*)([#>-])", re.MULTILINE)  # headings, quotes and lists begin a line
HEAD = 1000  # characters above the claims
MOST_POINTS = 10  # claims shown with their quotes; the rest is named
PAGE = 1300  # characters of facts on one page: about one phone screen
PAGE_ROOM = 3500  # characters of an answer's text with its links; an urgent text and the rest need what is left
CALM = 0x2471A3
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
COLOURS = {Severity.HARMFUL: 0xC0392B, Severity.MISLEADING: 0xD68910, Severity.MINOR: 0x5D6D7E}
MARKS = {Outcome.UPHELD: "✓ ", Outcome.DISMISSED: "✗ ", Outcome.PENDING: ""}


def notice_embed(notice: Notice, case_id: int) -> discord.Embed:
    """The notice, top to bottom as moderators read it; within every limit, whatever is quoted."""
    embed = discord.Embed(title=shorten(notice.title, 256), colour=COLOURS[notice.severity], description=_head(notice))
    embed.set_footer(text=wording.footer(case_id))
    shown, rest = notice.points[:MOST_POINTS], notice.points[MOST_POINTS:]
    names = ", ".join(p.misconception for p in rest)
    more = (f"And {len(rest)} more", shorten(names, 400)) if rest else ("", "")
    used = sum(map(size, (embed.title or "", embed.description or "", wording.footer(case_id), *more)))
    for point in shown:
        name = _point_title(point)
        room = min(FIELD, (TOTAL - used) // len(shown) - size(name))
        embed.add_field(name=name, value=_point_text(point, room), inline=False)
    if rest:
        embed.add_field(name=more[0], value=more[1], inline=False)
    return embed


def size(text: str) -> int:
    """As Discord's apps count: in UTF-16 units, so that an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def answer_pages(answer: Answer) -> list[discord.Embed]:
    """The answer in pages of about a phone screen, each with the sources that it names."""
    pages: list[list[tuple[str, tuple[int, ...]]]] = [[]]
    for fact in answer.facts:
        if pages[-1] and sum(len(text) for text, _ in pages[-1]) + len(fact[0]) > PAGE:
            pages.append([])
        pages[-1].append(fact)
    return [_answer_page(answer, facts, number, len(pages)) for number, facts in enumerate(pages, start=1)]


def quoted(text: str) -> str:
    """Text of a member, made harmless: no markup, no mention, no link preview.

    Not by discord.py's escape_markdown, which leaves alone what stands in addresses and after a bracket.
    """
    plain = MARKUP.sub(r"\\\g<0>", discord.utils.escape_mentions(text))
    plain = BLOCK.sub(r"\1\\\2", plain)
    return plain.replace("](", "]\u200b(").replace("://", ":\u200b//").replace("<", "<\u200b")


def fitted(text: str, room: int) -> str:
    """As much of a member's text as fits once it is made harmless."""
    for limit in (room, room * 3 // 4, room // 2, room // 3, room // 5):
        if limit > 0 and size(shown := quoted(shorten(text, limit))) <= room:
            return shown
    return "…"


def _head(notice: Notice) -> str:
    jump = f" · [{wording.GO_TO_MESSAGE}]({notice.link})" if notice.link else ""
    lines = [
        f"**{fitted(notice.state, 240)}**",
        f"{fitted(notice.who, 80)} in {fitted(notice.where, 80)}{jump}",
    ]
    if notice.answers:
        lines.append(f"Answering: “{fitted(notice.answers, 200)}”")
    lines += [f"• {_linked(remark)}" for remark in notice.remarks]
    return _whole_lines(lines, HEAD)


def _whole_lines(lines: Sequence[str], room: int) -> str:
    """The lines up to the first that doesn't fit any more: half a line could be half a markup."""
    kept: list[str] = []
    for line in lines:
        if size("\n".join([*kept, line])) > room:
            break
        kept.append(line)
    return "\n".join(kept)


def _linked(remark: str) -> str:
    """A remark with its members' words made harmless; the platform's own link at its end stays one."""
    words, space, last = remark.rpartition(" ")
    return f"{quoted(words)}{space}{last}" if last.startswith("https://discord.com/channels/") else quoted(remark)


def _point_title(point: Point) -> str:
    words = f"{MARKS[point.outcome]}{SEVERITY_WORDS[point.severity]} · {point.chance} · {point.misconception}"
    return shorten(words, 120)


def _point_text(point: Point, room: int) -> str:
    """Quote, why, truth and sources; the truth is cut first, because the buttons lead to the whole of it."""
    quote = _quote(point, max(60, room // 3))
    why = f"Why: {fitted(point.why, max(40, room // 6))}"
    record = wording.similar(point.record) if point.record else ""
    sources = _links(point.sources, room // 4)
    left = room - sum(size(part) + 1 for part in (quote, why, record, sources)) - len("True: ")
    truth = f"True: {shorten(point.truth, left)}" if left > 20 else ""
    return _whole_lines([line for line in (quote, why, truth, sources, record) if line], room)


def _quote(point: Point, room: int) -> str:
    room -= len("> **** ") + 1
    words = fitted(point.quote.words, room)
    around = (room - size(words)) // 2
    before = next(
        (b for n in (around, around // 2) if size(b := quoted(point.quote.before[-n:])) <= around and n > 0), ""
    )
    after = next((a for n in (around, around // 2) if size(a := quoted(point.quote.after[:n])) <= around and n > 0), "")
    return f"> {before} **{words}** {after}".replace("\n", " ")


def _links(sources: tuple[Source, ...], room: int) -> str:
    shown: list[str] = []
    for number, source in enumerate(sources, start=1):
        each = f"[{number}]({link(source.url)})"
        if len(" ".join([*shown, each])) > room:
            break
        shown.append(each)
    return f"Sources: {' '.join(shown)}" if shown else ""


def _answer_page(answer: Answer, facts: list[tuple[str, tuple[int, ...]]], number: int, of: int) -> discord.Embed:
    lines = [f"• {text}{_notes(answer, sources)}" for text, sources in facts]
    summary = f"**{answer.summary}**\n\n" if number == 1 else ""
    embed = discord.Embed(
        title=shorten(answer.title, 256),
        colour=CALM,
        description=_whole_lines([summary + lines[0], *lines[1:]], PAGE_ROOM),
    )
    page = f"Page {number} of {of}. " if of > 1 else ""
    embed.set_footer(text=shorten(page + answer.footer, 600))
    return embed


def _notes(answer: Answer, numbers: tuple[int, ...]) -> str:
    """Small numbers, each a link to its source."""
    links = (f"[{str(n).translate(RAISED)}]({link(answer.sources[n - 1].url)})" for n in numbers)
    return "".join(f" {each}" for each in links)


def urgent_embed(words: str) -> discord.Embed:
    """What stands before anything else where somebody may need help now."""
    return discord.Embed(title=URGENT_TITLE, description=shorten(words, 1000), colour=COLOURS[Severity.HARMFUL])


def sources_embed(answer: Answer) -> discord.Embed:
    """Every source of an answer, in full."""
    lines = [
        f"{n}. [{shorten(s.title, 200).replace('[', '(').replace(']', ')')}]({link(s.url)})"
        f" {shorten(s.publisher, 120)}{f', {s.year}' if s.year else ''}"
        for n, s in enumerate(answer.sources, start=1)
    ]
    return discord.Embed(
        title=shorten(f"Sources: {answer.title}", 256), colour=CALM, description=_whole_lines(lines, PAGE_ROOM)
    )


def link(url: str) -> str:
    """The address with its brackets written so that they can't end a link."""
    return url.replace("(", "%28").replace(")", "%29")


def act_label(act: str) -> str:
    return next((words for known, words in ACT_WORDS.items() if known == act), act)
