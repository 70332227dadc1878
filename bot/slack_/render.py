"""Cards as Slack shows them: blocks within every limit, with quoted text that can neither ping nor mark up."""

from collections.abc import Sequence

from bot.core import proposals, wording
from bot.core.cards import ACT_WORDS, REASON_WORDS, SEVERITY_WORDS, Answer, Notice, Point, shorten
from bot.core.pack import Severity, Source
from bot.core.review import Act, Case, Outcome, Policy, allowed
from bot.slack_ import wording as ours
from bot.slack_.blocks import (
    Block,
    actions,
    button,
    choice,
    confirmation,
    context,
    cut,
    header,
    option,
    overflow,
    quote,
    section,
)
from bot.slack_.markup import quoted, with_links

MOST_POINTS = 8  # flags shown on one notice; the others are counted
ROOM = 9000  # characters for all of them; Slack takes about 13,000 in a message
SOURCES = 8  # listed in one block, which takes 2,000 characters
PAGE = 1000  # characters of facts on one page: about one phone screen
MARKS = {Outcome.UPHELD: "✓ ", Outcome.DISMISSED: "✗ ", Outcome.PENDING: ""}
SIGNS = {Severity.HARMFUL: "🔴", Severity.MISLEADING: "🟠", Severity.MINOR: "⚪"}
BUTTONS = (Act.CONFIRM, Act.CANCEL, Act.TAKE, Act.RELEASE, Act.UPHOLD)
MENU = (Act.ESCALATE, Act.SNOOZE, Act.NOTE)
STYLES = {Act.UPHOLD: "danger", Act.CONFIRM: "danger", Act.TAKE: "primary"}
HISTORY = "history"
EXAMPLE = "example"
TAKE_BACK = confirmation(ours.UNDO_TITLE, ours.UNDO, ours.UNDO_YES)
DELETE = confirmation(ours.DELETE_TITLE, ours.DELETE, ours.DELETE_YES)


def notice_blocks(notice: Notice, case: Case, policy: Policy, *, calls: str = "") -> list[Block]:
    """The notice, top to bottom as moderators read it; `calls` mentions those whom the settings want called."""
    shown = notice.points[:MOST_POINTS]
    room = ROOM // max(1, len(shown))
    blocks = [header(f"{SIGNS[notice.severity]} {notice.title}"), section(_head(notice, calls))]
    if notice.remarks:
        blocks.append(context("\n".join(f"• {_linked(remark)}" for remark in notice.remarks)))
    for point in shown:
        blocks += _point(point, min(room, 2400))
    if len(notice.points) > len(shown):
        blocks.append(context(ours.more_claims(len(notice.points) - len(shown))))
    return [*blocks, act_row(case, policy), context(footer(case.id))]


def footer(case_id: int) -> str:
    return ours.footer(case_id)


def summary(case: Case) -> str:
    """What a phone's notification says; no member's words."""
    return f"Case {case.id} · {SEVERITY_WORDS[case.severity]} · {case.probability:.0%}"


def act_row(case: Case, policy: Policy) -> Block:
    """The acts that the case and the policy allow now, and its history."""
    possible = allowed(case, policy)
    seen = f"{case.id}:{case.version}"
    row = [button(f"case:{a}", ACT_WORDS[a], seen, style=STYLES.get(a)) for a in BUTTONS if a in possible]
    if Act.DISMISS in possible:
        reasons = [option(words, f"{reason}:{seen}") for reason, words in REASON_WORDS.items()]
        row.append(choice(f"case:{Act.DISMISS}", ACT_WORDS[Act.DISMISS], reasons))
    if Act.UNDO in possible:
        asks = TAKE_BACK if case.correction else None
        row.append(button(f"case:{Act.UNDO}", ACT_WORDS[Act.UNDO], seen, confirm=asks))
    if Act.DELETE in possible:
        row.append(button(f"case:{Act.DELETE}", ACT_WORDS[Act.DELETE], seen, style="danger", confirm=DELETE))
    more = [option(ACT_WORDS[a], f"{a}:{seen}") for a in MENU if a in possible]
    more += [option(wording.USE_AS_EXAMPLE, f"{EXAMPLE}:{seen}")] if proposals.choices(case) else []
    row.append(overflow("case:more", [*more, option("History", f"{HISTORY}:{seen}")]))
    return actions(f"case-{case.id}", row)


def correction_blocks(text: str, case_id: int) -> list[Block]:
    """A correction as the channel sees it, with the button for its author."""
    row = actions(f"appeal-{case_id}", [button("appeal", ours.APPEAL, str(case_id))])
    return [section(with_links(text)), row]


def answer_pages(answer: Answer) -> list[list[Block]]:
    """The answer in pages of about a phone screen, each with the sources that it names."""
    pages: list[list[tuple[str, tuple[int, ...]]]] = [[]]
    for fact in answer.facts:
        if pages[-1] and sum(len(text) for text, _ in pages[-1]) + len(fact[0]) > PAGE:
            pages.append([])
        pages[-1].append(fact)
    return [_answer_page(answer, facts, number, len(pages)) for number, facts in enumerate(pages, start=1)]


def _head(notice: Notice, calls: str) -> str:
    lines = [calls] if calls else []
    link = ours.go_to(notice.link) if notice.link else ""
    lines += [
        f"*{quoted(notice.state)}*",
        f"{quoted(shorten(notice.who, 60))} in {quoted(shorten(notice.where, 60))}{link}",
    ]
    if notice.answers:
        lines.append(ours.answering(quoted(notice.answers)))
    return "\n".join(lines)


def _linked(remark: str) -> str:
    """A remark with its members' words made harmless; a platform's own link at its end stays one."""
    words, space, last = remark.rpartition(" ")
    own = last.startswith("https://") and (".slack.com/archives/" in last or "discord.com/channels/" in last)
    return f"{quoted(words)}{space}{ours.see_it(last)}" if own else quoted(remark)


def _point(point: Point, room: int) -> list[Block]:
    """Severity, quote, truth, sources and why; what is true is cut first, because the sources lead to the whole."""
    title = f"*{MARKS[point.outcome]}{SEVERITY_WORDS[point.severity]} · {point.chance} · {quoted(point.misconception)}*"
    why = ours.why(quoted(shorten(point.why, max(60, room // 6)))) if point.why else ""
    record = ours.record(point.record) if point.record else ""
    truth = ours.true(quoted(shorten(point.truth, max(60, room // 2))))
    lines = [line for line in (title, truth, _links(point.sources, room // 4), why, record) if line]
    words = shorten(point.quote.words, max(80, room // 3))
    around = max(0, (room // 3 - len(words)) // 2)
    before = point.quote.before[-around:] if around else ""
    after = point.quote.after[:around]
    gap = " " if after[:1].isalnum() else ""  # a full stop stands right after the words
    spoken = quote(f"{before} " if before else "", words, gap + after)
    return [spoken, section("\n".join(lines))] if words else [section("\n".join(lines))]


def _links(sources: Sequence[Source], room: int) -> str:
    shown: list[str] = []
    for number, source in enumerate(sources, start=1):
        link = f"<{source.url}|{number}>"
        if len(" ".join([*shown, link])) > room:
            break
        shown.append(link)
    return f"Sources: {' '.join(shown)}" if shown else ""


def _answer_page(answer: Answer, facts: list[tuple[str, tuple[int, ...]]], number: int, of: int) -> list[Block]:
    blocks = [header(answer.title)]
    if answer.urgent and number == 1:
        blocks.append(section(f"*{quoted(answer.urgent)}*"))
    if number == 1:
        blocks.append(section(f"*{quoted(answer.summary)}*"))
    lines = [f"• {quoted(text)}{''.join(f' [{n}]' for n in sources)}" for text, sources in facts]
    if lines:
        blocks.append(section("\n".join(lines)))
    used = sorted({n for _, sources in facts for n in sources})
    named = [f"{n}. <{s.url}|{quoted(shorten(s.title, 70))}>" for n in used for s in [answer.sources[n - 1]]]
    blocks += [context(cut("\n".join(named[at : at + SOURCES]), 1900)) for at in range(0, len(named), SOURCES)]
    page = f"Page {number} of {of}. " if of > 1 else ""
    return [*blocks, context(quoted(page + answer.footer))]
