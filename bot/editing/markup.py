"""What the platforms make of our texts, in plain text for a terminal and in HTML for the eye. All of it is escaped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from markupsafe import Markup, escape

Blocks = Sequence[Mapping[str, Any]]
Json = Mapping[str, Any]

_DISCORD = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|\[(?P<label>[^\[\]]+)\]\((?P<url>https://[^\s)]+)\)|<(?P<bare>https://[^\s>]+)>|\\(?P<sign>[^\w\s])"
    r"|(?P<zero>\u200b)",
    re.DOTALL,
)
_SLACK = re.compile(r"\*(?P<bold>[^*\n]+)\*|`(?P<code>[^`\n]+)`|<(?P<url>https://[^\s|>]+)(?:\|(?P<label>[^>]*))?>")
_SIGNS = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def discord_html(text: str) -> str:
    """Discord's markup: bold, links, quotes and lines."""
    lines = []
    for line in text.split("\n"):
        quoted = line.startswith("> ")
        inner = _spans(_DISCORD, line[2:] if quoted else line, _discord_span, _same)
        lines.append(f"<blockquote>{inner}</blockquote>" if quoted else f"{inner}<br>")
    return "".join(lines).removesuffix("<br>")


def slack_html(text: str) -> str:
    """Slack's markup: bold, links and lines."""
    return _spans(_SLACK, text, _slack_span, _unescaped).replace("\n", "<br>")


def embed_html(embed: discord.Embed) -> str:
    """An embed, top to bottom."""
    colour = f"#{embed.colour.value:06x}" if embed.colour else "#888888"
    fields = "".join(
        f"<div class='field'><b>{escape(f.name or '')}</b><div>{discord_html(f.value or '')}</div></div>"
        for f in embed.fields
    )
    return (
        f"<div class='embed' style='border-color:{colour}'><h3>{escape(embed.title or '')}</h3>"
        f"<div>{discord_html(embed.description or '')}</div>{fields}"
        f"<footer>{escape(embed.footer.text or '')}</footer></div>"
    )


def embed_text(embed: discord.Embed) -> str:
    fields = [part for f in embed.fields for part in (f"[{f.name}]", f.value or "")]
    parts = (embed.title or "", embed.description or "", *fields, embed.footer.text or "")
    return "\n".join(part.strip() for part in parts if part).replace("\u200b", "")


def blocks_html(blocks: Blocks) -> str:
    return f"<div class='blocks'>{''.join(map(_block_html, blocks))}</div>"


def blocks_text(blocks: Blocks) -> str:
    return "\n".join(line for block in blocks if (line := _block_text(block)))


def answer_text(answer: Json) -> str:
    facts = [f"- {f['text']} {''.join(f'[{n}]' for n in f['sources'])}".rstrip() for f in answer["facts"]]
    sources = [f"{n}. {s['label']} {s['url']}" for n, s in enumerate(answer["sources"], start=1)]
    return "\n".join([answer["title"], answer["summary"], *facts, *sources, answer["footer"]])


def answer_html(answer: Json) -> str:
    facts = "".join(
        f"<li>{escape(f['text'])}<sup>{', '.join(map(str, f['sources']))}</sup></li>" for f in answer["facts"]
    )
    return (
        f"<div class='answer'><h3>{escape(answer['title'])}</h3><p class='summary'>{escape(answer['summary'])}</p>"
        f"<ul>{facts}</ul>{_sources_html(answer['sources'])}<footer>{escape(answer['footer'])}</footer></div>"
    )


def case_text(case: Json) -> str:
    lines = [case["title"], case["state"], f"{case['who']} in {case['where']}"]
    for point in case["points"]:
        lines += [
            f"{point['severity_words']} · {point['chance']} · {point['claim']}",
            f"> {_quote(point)}",
            f"What is true: {point['truth']}",
            f"Why flagged: {point['why']}",
            *(f"- {s['label']} {s['url']}" for s in point["sources"]),
        ]
    return "\n".join([*lines, " ".join(f"[{act['label']}]" for act in case["acts"])])


def case_html(case: Json) -> str:
    points = "".join(
        f"<div class='point {escape(p['severity'])}'><p><b>{escape(p['severity_words'])}</b> {escape(p['chance'])}"
        f" {escape(p['claim'])}</p>"
        f"<blockquote>{escape(p['quote']['before'])} <mark>{escape(p['quote']['words'])}</mark>"
        f" {escape(p['quote']['after'])}</blockquote>"
        f"<p><b>What is true</b> {escape(p['truth'])}</p>"
        f"{_sources_html(p['sources'])}<p><b>Why flagged</b> {escape(p['why'])}</p></div>"
        for p in case["points"]
    )
    acts = "".join(f"<span class='button'>{escape(act['label'])}</span>" for act in case["acts"])
    return (
        f"<div class='case {escape(case['severity'])}'><h3>{escape(case['title'])}</h3><p>{escape(case['state'])}</p>"
        f"<p>{escape(case['who'])} in {escape(case['where'])}</p>{points}<p class='buttons'>{acts}</p></div>"
    )


def _quote(point: Json) -> str:
    return " ".join(filter(None, (point["quote"]["before"], point["quote"]["words"], point["quote"]["after"])))


def _sources_html(sources: Sequence[Json]) -> str:
    items = "".join(f"<li>{_link(s['url'], s['label'])}</li>" for s in sources)
    return f"<ol class='sources'>{items}</ol>" if items else ""


def _spans(pattern: re.Pattern[str], text: str, span: Any, plain: Any) -> str:
    """The text with each match as `span` writes it, and all between escaped."""
    made, at = [], 0
    for found in pattern.finditer(text):
        made += [str(escape(plain(text[at : found.start()]))), span(found)]
        at = found.end()
    return "".join([*made, str(escape(plain(text[at:])))])


def _discord_span(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"<b>{_spans(_DISCORD, found['bold'], _discord_span, _same)}</b>"
    if found["url"]:
        return _link(found["url"], found["label"])
    if found["bare"]:
        return _link(found["bare"], found["bare"])
    return str(escape(found["sign"] or ""))


def _slack_span(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"<b>{_spans(_SLACK, found['bold'], _slack_span, _unescaped)}</b>"
    if found["code"]:
        return f"<code>{escape(_unescaped(found['code']))}</code>"
    return _link(found["url"], _unescaped(found["label"] or found["url"]))


def _link(url: str, label: str) -> str:
    return str(Markup("<a href='{}' rel='noopener noreferrer'>{}</a>").format(url, label))


def _same(text: str) -> str:
    return text


def _unescaped(text: str) -> str:
    for written, sign in _SIGNS.items():
        text = text.replace(written, sign)
    return text


def _block_html(block: Mapping[str, Any]) -> str:
    kind = block["type"]
    if kind == "header":
        return f"<h3>{escape(block['text']['text'])}</h3>"
    if kind == "section":
        beside = f"<span class='beside'>{_pressable(block['accessory'])}</span>" if "accessory" in block else ""
        return f"<p>{beside}{slack_html(block['text']['text'])}</p>"
    if kind == "context":
        return "".join(f"<p class='context'>{slack_html(e['text'])}</p>" for e in block["elements"])
    if kind == "rich_text":
        inner = "".join(_rich_html(part) for part in _rich_parts(block))
        return f"<blockquote>{inner}</blockquote>"
    return f"<p class='buttons'>{''.join(map(_pressable, block['elements']))}</p>"


def _pressable(element: Mapping[str, Any]) -> str:
    """A button, or a menu, which opens where its arrow points."""
    opens = " ▾" if "options" in element and "placeholder" in element else ""
    return f"<span class='button {element.get('style', '')}'>{escape(_label(element))}{opens}</span>"


def _rich_html(part: Mapping[str, Any]) -> str:
    words = str(escape(part["text"]))
    return f"<b>{words}</b>" if part.get("style", {}).get("bold") else words


def _block_text(block: Mapping[str, Any]) -> str:
    kind = block["type"]
    if kind in ("header", "section"):
        beside = f" [{_label(block['accessory'])}]" if "accessory" in block else ""
        return f"{block['text']['text']}{beside}"
    if kind == "context":
        return "\n".join(str(e["text"]) for e in block["elements"])
    if kind == "rich_text":
        return "> " + "".join(str(part["text"]) for part in _rich_parts(block))
    return " ".join(f"[{_label(element)}]" for element in block["elements"])


def _rich_parts(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for inner in block["elements"]:
        yield from inner["elements"]


def _label(element: Mapping[str, Any]) -> str:
    """What stands on a button or a menu."""
    words = element.get("text") or element.get("placeholder")
    return str(words["text"]) if words else "…"
