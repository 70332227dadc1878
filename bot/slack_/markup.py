"""Slack's markup: read as what the person typed, and written so that nobody's words can ping or format."""

import html
import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<([^<>\n]*)>")
_USERS = re.compile(r"<@([UW][A-Z0-9]+)")
_LINK = re.compile(r"<(https?://[^\s<>|]+)>|(https?://[^\s<>|]+[^\s<>|.,;:!?)\]])")
_MARKS = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})  # look the same, and format nothing
_SPECIAL = {"here": "@here", "channel": "@channel", "everyone": "@everyone"}


def mentioned(raw: str) -> frozenset[str]:
    """Ids of the people whom Slack's text names."""
    return frozenset(_USERS.findall(raw))


def read(raw: str, names: Mapping[str, str]) -> str:
    """Slack's text as its writer typed it: names, links and signs instead of Slack's codes for them."""
    return html.unescape(_TOKEN.sub(lambda m: _spoken(m.group(1), names), raw)) if raw else ""


def _spoken(token: str, names: Mapping[str, str]) -> str:
    """One code between angle brackets; only `&`, `<` and `>` are escaped in what comes back, as around it."""
    what, _, label = token.partition("|")
    match what[:1]:
        case "@":
            return "@" + (label or html.escape(names.get(what[1:], "somebody"), quote=False))
        case "#":
            return "#" + (label or "channel")
        case "!":
            return _called(what[1:], label)
        case _:
            return label or what.removeprefix("mailto:")


def _called(what: str, label: str) -> str:
    name = what.split("^")[0]
    if name in _SPECIAL:
        return _SPECIAL[name]
    return label or f"@{name}"  # a user group, or a date with the text for older programs


def escape(text: str) -> str:
    """The text so that Slack shows it and reads no code in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Words of a member, made harmless: no mention, no link, no formatting."""
    return escape(text).translate(_MARKS)


def with_links(text: str) -> str:
    """Our own or a moderator's text, in which nothing but web addresses means something to Slack."""
    parts: list[str] = []
    at = 0
    for link in _LINK.finditer(text):
        url = link.group(1) or link.group(2)
        parts += [escape(text[at : link.start()]), f"<{url.replace('&', '&amp;')}>"]
        at = link.end()
    return "".join([*parts, escape(text[at:])])
