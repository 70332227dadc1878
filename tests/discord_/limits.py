"""What Discord documents about the size and shape of request bodies, as a list of what is wrong with one.

Sources: the pages "Message", "Components reference", "Application commands", "Receiving and responding" and
"Channel" of Discord's developer documentation. A body on a route that is not known here is a problem too, so that
nothing the bot sends goes unread.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Body = Mapping[str, Any]
Check = Callable[[Any], Iterator[str]]

ACTION_ROW, BUTTON, TEXT_INPUT = 1, 2, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
TEXT_DISPLAY = 10
V2 = 1 << 15
LINK_BUTTON = 5
SUBCOMMAND, GROUP, STRING = 1, 2, 3
EMBED_PARTS = {"title": 256, "description": 4096, "footer.text": 2048, "author.name": 256}
HARMLESS_ADDRESS = re.compile(r"(?:https?|attachment)://\S+")


@dataclass
class Bodies:
    """Every request body of a test, and what is wrong with them."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def read(self, method: str, path: str, body: Any) -> None:
        if body is None:
            return
        self.seen.append((method, path))
        self.problems += [f"{method} {path}: {problem}" for problem in problems(method, path, body)]


def problems(method: str, path: str, body: Any) -> list[str]:
    """What Discord would refuse in that request; empty when nothing."""
    for pattern, check in ROUTES:
        if re.fullmatch(pattern, f"{method} {path}"):
            return list(check(body))
    return ["no limits are known for this route; add it to ROUTES"]


def message(body: Body) -> Iterator[str]:
    """A new message."""
    if not any(body.get(part) for part in ("content", "embeds", "components", "attachments", "poll", "sticker_ids")):
        yield "an empty message"
    yield from edit(body)


def edit(body: Body) -> Iterator[str]:
    """A changed message; what is not named stays."""
    yield from _long(body, "content", 2000)
    yield from _long(body, "nonce", 25)
    yield from _many(body, "embeds", 10)
    yield from _many(body, "attachments", 10)
    embeds = body.get("embeds") or ()
    for embed in embeds:
        yield from _embed(embed)
    if (total := sum(map(_length, embeds))) > 6000:
        yield f"{total} characters in all embeds together, 6000 at most"
    yield from _mentions(body.get("allowed_mentions") or {})
    yield from _components(body)


def callback(body: Body) -> Iterator[str]:
    """An answer to an interaction."""
    data = body.get("data") or {}
    match body.get("type"):
        case 4:
            yield from message(data)
        case 7:
            yield from edit(data)
        case 8:
            yield from _choices(data.get("choices") or ())
        case 9:
            yield from _modal(data)
        case 5 | 6:
            pass
        case other:
            yield f"an answer of unknown type {other}"


def commands(body: Sequence[Body]) -> Iterator[str]:
    """All commands of the application."""
    kinds = Counter(c.get("type", 1) for c in body)
    for kind, most in ((1, 100), (2, 5), (3, 5)):
        if kinds[kind] > most:
            yield f"{kinds[kind]} commands of type {kind}, {most} at most"
    for (name, _), count in Counter((c["name"], c.get("type", 1)) for c in body).items():
        if count > 1:
            yield f"{count} commands are called {name}"
    for command in body:
        yield from _command(command)


def nothing(body: Any) -> Iterator[str]:
    """Bodies without a limit of their own."""
    yield from ()


def many_deleted(body: Body) -> Iterator[str]:
    if not 2 <= len(body.get("messages") or ()) <= 100:
        yield "2 to 100 messages are deleted at once"


def named_thread(body: Body) -> Iterator[str]:
    if not 1 <= len(body.get("name", "")) <= 100:
        yield "a thread's name has 1 to 100 characters"


ROUTES: tuple[tuple[str, Check], ...] = (
    (r"POST /channels/\d+/messages", message),
    (r"PATCH /channels/\d+/messages/\d+", edit),
    (r"POST /interactions/\d+/[^/]+/callback", callback),
    (r"POST /webhooks/\d+/[^/]+", message),
    (r"PATCH /webhooks/\d+/[^/]+/messages/[^/]+", edit),
    (r"PUT /applications/\d+(?:/guilds/\d+)?/commands", commands),
    (r"POST /channels/\d+(?:/messages/\d+)?/threads", named_thread),
    (r"POST /users/@me/channels", nothing),
    (r"PUT /channels/\d+/permissions/\d+", nothing),
    (r"PATCH /guilds/\d+/roles/\d+", nothing),
    (r"POST /channels/\d+/messages/bulk-delete", many_deleted),
)


def _embed(embed: Body) -> Iterator[str]:
    if not any(embed.get(part) for part in ("title", "description", "fields", "image", "footer", "author")):
        yield "an empty embed"
    for part, most in EMBED_PARTS.items():
        yield from _long({part: _part(embed, part)}, part, most)
    yield from _many(embed, "fields", 25)
    for item in embed.get("fields") or ():
        for part, most in (("name", 256), ("value", 1024)):
            yield from _long(item, part, most)
            if not str(item.get(part) or "").strip():
                yield f"a field with an empty {part}"
    addresses = (embed.get("url"), *(_part(embed, f"{part}.url") for part in ("image", "thumbnail", "author")))
    yield from (f"no address: {a}" for a in addresses if a and not HARMLESS_ADDRESS.fullmatch(a))


def _length(embed: Body) -> int:
    parts = sum(len(_part(embed, part) or "") for part in EMBED_PARTS)
    return parts + sum(len(f.get("name") or "") + len(f.get("value") or "") for f in embed.get("fields") or ())


def _part(embed: Body, path: str) -> Any:
    value: Any = embed
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def _mentions(allowed: Body) -> Iterator[str]:
    for kind in ("users", "roles"):
        yield from _many(allowed, kind, 100)
        if allowed.get(kind) and kind in (allowed.get("parse") or ()):
            yield f"allowed_mentions names {kind} and allows all of them"


def _components(body: Body) -> Iterator[str]:
    top = body.get("components") or ()
    every = list(_walk(top))
    ids = Counter(c["custom_id"] for c in every if c.get("custom_id"))
    yield from (f"custom_id {name} stands {count} times" for name, count in ids.items() if count > 1)
    if (body.get("flags") or 0) & V2:
        yield from _v2(body, every)
    elif len(top) > 5 or any(c.get("type") != ACTION_ROW for c in top):
        yield "five action rows at most, and nothing else"
    for component in every:
        yield from _component(component)


def _v2(body: Body, every: Sequence[Body]) -> Iterator[str]:
    if len(every) > 40:
        yield f"{len(every)} components, 40 at most"
    if body.get("content") or body.get("embeds"):
        yield "content or embeds beside components of the second version"
    if sum(len(c.get("content") or "") for c in every if c.get("type") == TEXT_DISPLAY) > 4000:
        yield "more than 4000 characters of text"


def _walk(components: Any) -> Iterator[Body]:
    for component in components:
        yield component
        yield from _walk(component.get("components") or ())
        yield from _walk(c for c in (component.get("accessory"), component.get("component")) if c)


def _component(component: Body) -> Iterator[str]:
    kind = component.get("type")
    if kind == ACTION_ROW:
        yield from _row(component.get("components") or ())
    elif kind == BUTTON:
        yield from _button(component)
    elif kind in SELECTS:
        yield from _select(component)
    elif kind == TEXT_INPUT:
        yield from _text_input(component)


def _row(children: Sequence[Body]) -> Iterator[str]:
    if not 1 <= len(children) <= 5:
        yield f"{len(children)} components in one row, 1 to 5"
    if len(children) > 1 and any(c.get("type") in SELECTS | {TEXT_INPUT} for c in children):
        yield "a select shares its row"


def _button(button: Body) -> Iterator[str]:
    yield from _long(button, "label", 80)
    if not button.get("label") and not button.get("emoji"):
        yield "a button without label"
    if button.get("style") == LINK_BUTTON:
        yield from _long(button, "url", 512)
    else:
        yield from _custom_id(button)


def _custom_id(component: Body) -> Iterator[str]:
    if not 1 <= len(component.get("custom_id") or "") <= 100:
        yield f"custom_id {component.get('custom_id')!r} should have 1 to 100 characters"


def _select(select: Body) -> Iterator[str]:
    yield from _custom_id(select)
    yield from _long(select, "placeholder", 150)
    options = select.get("options") or ()
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if select["type"] == 3:
        if not 1 <= len(options) <= 25:
            yield f"{len(options)} options, 1 to 25"
        if most > len(options):
            yield f"{most} of {len(options)} options may be chosen"
        yield from (f"option {v} stands {n} times" for v, n in Counter(o["value"] for o in options).items() if n > 1)
    if not (0 <= least <= 25 and 1 <= most <= 25 and least <= most):
        yield f"{least} to {most} values"
    if len(select.get("default_values") or ()) > most:
        yield f"more than {most} default values"
    if sum(bool(o.get("default")) for o in options) > most:
        yield f"more than {most} options are chosen already"
    for option in options:
        yield from (f"an empty {part}" for part in ("label", "value") if not option.get(part))
        for part in ("label", "value", "description"):
            yield from _long(option, part, 100)


def _text_input(text: Body) -> Iterator[str]:
    yield from _custom_id(text)
    for part, most in (("label", 45), ("placeholder", 100), ("value", 4000)):
        yield from _long(text, part, most)
    least, most = text.get("min_length") or 0, text.get("max_length") or 4000
    if not 0 <= least <= most <= 4000:
        yield f"{least} to {most} characters"
    if len(text.get("value") or "") > most:
        yield f"is filled with more than {most} characters"


def _modal(modal: Body) -> Iterator[str]:
    yield from _custom_id(modal)
    if not 1 <= len(modal.get("title") or "") <= 45:
        yield f"a modal's title has 1 to 45 characters: {modal.get('title')!r}"
    if not 1 <= len(modal.get("components") or ()) <= 5:
        yield "a modal has 1 to 5 components"
    for component in _walk(modal.get("components") or ()):
        yield from _component(component)


def _choices(choices: Sequence[Body]) -> Iterator[str]:
    if len(choices) > 25:
        yield f"{len(choices)} choices, 25 at most"
    for choice in choices:
        yield from _long(choice, "name", 100)
        if not choice.get("name"):
            yield "a choice without name"
        if isinstance(choice.get("value"), str):
            yield from _long(choice, "value", 100)


def _command(command: Body) -> Iterator[str]:
    name, kind = command.get("name") or "", command.get("type", 1)
    if kind == 1 and not _is_name(name):
        yield f"a command can't be called {name!r}"
    if kind != 1 and not 1 <= len(name) <= 32:
        yield f"the name {name!r} should have 1 to 32 characters"
    if kind == 1 and not 1 <= len(command.get("description") or "") <= 100:
        yield f"/{name}: a description has 1 to 100 characters"
    if kind != 1 and command.get("description"):
        yield f"{name}: a context menu has no description"
    if (size := _size(command)) > 8000:
        yield f"/{name} has {size} characters, 8000 at most"
    yield from _options(command, depth=0)


def _options(command: Body, *, depth: int) -> Iterator[str]:
    options = command.get("options") or ()
    yield from _many(command, "options", 25)
    if depth > 2:
        yield f"{command['name']} is nested too deeply"
    required = [bool(o.get("required")) for o in options if o.get("type") not in (SUBCOMMAND, GROUP)]
    if required != sorted(required, reverse=True):
        yield f"{command['name']}: required options come first"
    for option in options:
        if not _is_name(option.get("name") or ""):
            yield f"an option can't be called {option.get('name')!r}"
        if not 1 <= len(option.get("description") or "") <= 100:
            yield f"{command['name']} {option.get('name')}: a description has 1 to 100 characters"
        if option.get("autocomplete") and option.get("choices"):
            yield f"{option['name']}: choices and completion exclude each other"
        yield from _choices(option.get("choices") or ())
        yield from _options(option, depth=depth + 1)


def _is_name(name: str) -> bool:
    r"""Discord's pattern: ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$, in lower case where there is one."""
    kinds = (unicodedata.category(c)[0] in "LN" or c in "-_'" or _is_script(c) for c in name)
    return 1 <= len(name) <= 32 and all(kinds) and name == name.lower()


def _is_script(char: str) -> bool:
    return unicodedata.name(char, "").split(" ")[0] in ("DEVANAGARI", "THAI")


def _size(command: Body) -> int:
    """Characters of names, descriptions and values, as Discord counts them."""
    own = len(command.get("name") or "") + len(command.get("description") or "")
    chosen = sum(len(c["name"]) + len(str(c["value"])) for c in command.get("choices") or ())
    return own + chosen + sum(map(_size, command.get("options") or ()))


def _long(body: Body, part: str, most: int) -> Iterator[str]:
    if len(str(body.get(part) or "")) > most:
        yield f"{part} has {len(str(body[part]))} characters, {most} at most"


def _many(body: Body, part: str, most: int) -> Iterator[str]:
    if len(body.get(part) or ()) > most:
        yield f"{len(body[part])} {part}, {most} at most"
