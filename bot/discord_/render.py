"""Cards as Discord shows them: embeds within every limit, with quoted text that can neither ping nor mark up."""

import discord

from bot.core.cards import ACT_WORDS, SEVERITY_WORDS, Answer, Notice, Point, shorten
from bot.core.pack import Severity, Source
from bot.core.review import Outcome

TOTAL = 5800  # Discord allows 6,000 characters in all embeds of a message; the rest is for titles
FIELD = 1024
PAGE = 1000  # characters of facts on one page: about one phone screen
COLOURS = {Severity.HARMFUL: 0xC0392B, Severity.MISLEADING: 0xD68910, Severity.MINOR: 0x5D6D7E}
MARKS = {Outcome.UPHELD: "✓ ", Outcome.DISMISSED: "✗ ", Outcome.PENDING: ""}


def notice_embed(notice: Notice, case_id: int) -> discord.Embed:
    """The notice, top to bottom as moderators read it."""
    embed = discord.Embed(
        title=shorten(notice.title, 256),
        colour=COLOURS[notice.severity],
        description=_head(notice),
    )
    room = min(FIELD, (TOTAL - 1200) // max(1, len(notice.points)))
    for point in notice.points[:25]:
        embed.add_field(name=_point_title(point), value=_point_text(point, room), inline=False)
    embed.set_footer(text=footer(case_id))
    return embed


def footer(case_id: int) -> str:
    """Marks a message as the notice of a case, so that it is found again after a crash."""
    return f"Case {case_id} · nothing has been posted or removed without a moderator"


def answer_pages(answer: Answer) -> list[discord.Embed]:
    """The answer in pages of about a phone screen, each with the sources that it names."""
    pages: list[list[tuple[str, tuple[int, ...]]]] = [[]]
    for fact in answer.facts:
        if pages[-1] and sum(len(text) for text, _ in pages[-1]) + len(fact[0]) > PAGE:
            pages.append([])
        pages[-1].append(fact)
    return [_answer_page(answer, facts, number, len(pages)) for number, facts in enumerate(pages, start=1)]


def quoted(text: str) -> str:
    """Text of a member, made harmless: no markup, no mention, no link preview."""
    plain = discord.utils.escape_markdown(discord.utils.escape_mentions(text))
    return plain.replace("](", "]\u200b(").replace("://", ":\u200b//").replace("<", "<\u200b")


def _head(notice: Notice) -> str:
    lines = [
        f"**{notice.state}**",
        f"{quoted(shorten(notice.who, 60))} in {quoted(shorten(notice.where, 60))}"
        + (f" · [go to the message]({notice.link})" if notice.link else ""),
    ]
    if notice.answers:
        lines.append(f"Answering: “{quoted(notice.answers)}”")
    lines += [f"• {_linked(remark)}" for remark in notice.remarks]
    return "\n".join(lines)[:1000]


def _linked(remark: str) -> str:
    """A remark with its members' words made harmless; the platform's own link at its end stays one."""
    words, space, last = remark.rpartition(" ")
    return f"{quoted(words)}{space}{last}" if last.startswith("https://discord.com/channels/") else quoted(remark)


def _point_title(point: Point) -> str:
    words = f"{MARKS[point.outcome]}{SEVERITY_WORDS[point.severity]} · {point.chance} · {point.misconception}"
    return shorten(words, 256)


def _point_text(point: Point, room: int) -> str:
    """Quote, why, truth and sources; the truth is cut first, because the buttons lead to the whole of it."""
    quote = _quote(point, max(80, room // 3))
    why = f"Why: {quoted(shorten(point.why, max(60, room // 6)))}"
    record = f"Similar flags: {point.record}" if point.record else ""
    sources = _links(point.sources, room // 4)
    fixed = len(quote) + len(why) + len(record) + len(sources) + 20
    truth = f"True: {shorten(point.truth, max(60, room - fixed))}"
    return "\n".join(line for line in (quote, why, truth, sources, record) if line)[:FIELD]


def _quote(point: Point, room: int) -> str:
    words = shorten(point.quote.words, room)
    around = max(0, (room - len(words)) // 2)
    before = point.quote.before[-around:] if around else ""
    after = point.quote.after[:around]
    return f"> {quoted(before)} **{quoted(words)}** {quoted(after)}".replace("\n", " ")


def _links(sources: tuple[Source, ...], room: int) -> str:
    shown: list[str] = []
    for number, source in enumerate(sources, start=1):
        link = f"[{number}]({source.url})"
        if len(" ".join([*shown, link])) > room:
            break
        shown.append(link)
    return f"Sources: {' '.join(shown)}" if shown else ""


def _answer_page(answer: Answer, facts: list[tuple[str, tuple[int, ...]]], number: int, of: int) -> discord.Embed:
    lines = [f"• {text}{''.join(f' [{n}]' for n in sources)}" for text, sources in facts]
    summary = f"**{answer.summary}**\n\n" if number == 1 else ""
    urgent = f"**{answer.urgent}**\n\n" if answer.urgent and number == 1 else ""
    embed = discord.Embed(
        title=shorten(answer.title, 256), colour=0x2471A3, description=(urgent + summary + "\n".join(lines))[:4000]
    )
    used = sorted({n for _, sources in facts for n in sources})
    for chunk in _source_fields(answer, used):
        embed.add_field(name="Sources", value=chunk, inline=False)
    page = f"Page {number} of {of}. " if of > 1 else ""
    embed.set_footer(text=shorten(page + answer.footer, 2048))
    return embed


def _source_fields(answer: Answer, numbers: list[int]) -> list[str]:
    chunk = ""
    for number in numbers:
        source = answer.sources[number - 1]
        line = f"{number}. [{shorten(source.title, 70).replace(']', ')')}]({source.url})\n"
        if len(chunk) + len(line) > FIELD:
            break
        chunk += line
    return [chunk] if chunk else []


def act_label(act: str) -> str:
    return next((words for known, words in ACT_WORDS.items() if known == act), act)
