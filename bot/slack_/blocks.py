"""Block Kit's pieces, each cut to what Slack takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.cards import shorten

Block = dict[str, Any]
SECTION = 3000  # characters of a section
LABEL = 75  # of a button or an option
MOST_BLOCKS = 50  # in a message; 100 in views
MOST_OPTIONS = 100


def text(words: str) -> Block:
    """Text in Slack's markup; nothing in it becomes a link or a mention by itself."""
    return {"type": "mrkdwn", "text": cut(words, SECTION), "verbatim": True}


def plain(words: str, limit: int = LABEL) -> Block:
    return {"type": "plain_text", "text": shorten(words, limit), "emoji": False}


def header(words: str) -> Block:
    return {"type": "header", "text": plain(words, 150)}


def section(words: str, accessory: Block | None = None) -> Block:
    return {"type": "section", "text": text(words)} | ({"accessory": accessory} if accessory else {})


def context(words: str) -> Block:
    return {"type": "context", "elements": [text(cut(words, 2000))]}


def actions(name: str, elements: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": name, "elements": list(elements)}


def quote(before: str, words: str, after: str) -> Block:
    """Somebody's words as they are: in rich text nothing is read as markup. The middle part is bold."""
    parts: list[Block] = [{"type": "text", "text": t} for t in (before, words, after)]
    parts[1] = {"type": "text", "text": words, "style": {"bold": True}}
    shown = [p for p in parts if p["text"]] or [{"type": "text", "text": "…"}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": shown}]}


def button(action: str, label: str, value: str, *, style: str | None = None, confirm: Block | None = None) -> Block:
    made: Block = {"type": "button", "action_id": action, "text": plain(label), "value": value}
    return made | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def confirmation(title: str, words: str, yes: str) -> Block:
    """A dialog that asks once more."""
    return {
        "title": plain(title, 100),
        "text": {"type": "plain_text", "text": cut(words, 300)},
        "confirm": plain(yes, 30),
        "deny": plain("No", 30),
        "style": "danger",
    }


def option(label: str, value: str) -> Block:
    return {"text": plain(label), "value": value}


def choice(action: str, label: str, options: Sequence[Block]) -> Block:
    return {"type": "static_select", "action_id": action, "placeholder": plain(label, 150), "options": list(options)}


def several(action: str, label: str, options: Sequence[Block], chosen: Sequence[Block]) -> Block:
    made = choice(action, label, options[:MOST_OPTIONS]) | {"type": "multi_static_select"}
    return made | ({"initial_options": list(chosen)} if chosen else {})


def overflow(action: str, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action, "options": list(options)[:5]}


def writing(name: str, label: str, *, most: int, initial: str = "", optional: bool = False, hint: str = "") -> Block:
    """A field for several lines."""
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": True, "max_length": most}
    element |= {"initial_value": initial[:most]} if initial else {}
    made: Block = {"type": "input", "block_id": name, "label": plain(label, 200), "element": element}
    return made | ({"optional": True} if optional else {}) | ({"hint": plain(hint, 200)} if hint else {})


def choosing(name: str, label: str, options: Sequence[Block], chosen: Block) -> Block:
    """A field with a menu, in which something is chosen already."""
    element = choice(name, label, options[:MOST_OPTIONS]) | {"initial_option": chosen}
    return {"type": "input", "block_id": name, "label": plain(label, 200), "element": element}


def searching(name: str, label: str, hint: str) -> Block:
    """A field that finds what is typed; we are asked for what it offers."""
    element = {"type": "external_select", "action_id": name, "min_query_length": 0, "placeholder": plain(hint, 150)}
    return {"type": "input", "block_id": name, "label": plain(label, 200), "element": element}


def form(
    title: str,
    parts: Sequence[Block],
    *,
    name: str = "words",
    submit: str | None = None,
    notes: Mapping[str, Any] | None = None,
    last: bool = False,
) -> Block:
    """A modal; `notes` come back with whatever is done in it, and closing the last one closes those beneath."""
    made: Block = {"type": "modal", "callback_id": name, "title": plain(title, 24), "blocks": list(parts)[:100]}
    made |= {"close": plain("Close" if submit is None else "Cancel", 24)}
    made |= {"submit": plain(submit, 24)} if submit else {}
    made |= {"private_metadata": json.dumps(notes)} if notes else {}
    return made | ({"clear_on_close": True} if last else {})


def words_form(title: str, words: str) -> Block:
    """A modal that only says something."""
    return form(title, [section(words)], last=True)


def cut(words: str, limit: int) -> str:
    """At most so many characters, lines kept; a code of Slack's that the cut would break is left out."""
    if len(words) <= limit:
        return words
    short = words[: limit - 1]
    opened = max(short.rfind("<"), short.rfind("&"))
    if opened > max(short.rfind(">"), short.rfind(";"), len(short) - 600):
        short = short[:opened]
    return short + "…"
