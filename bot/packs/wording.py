"""What pydantic found, in words for people who edit content, at the place where they can mend it."""

import re
from collections.abc import Iterator
from datetime import date
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.content_checks import did_you_mean
from bot.packs.problems import How, Mend, Problem
from bot.packs.tree import Path, Tree


def problems_of(error: ValidationError, *, kind: Any, tree: Tree, file: str) -> Iterator[Problem]:
    """One problem for each thing pydantic found; a misspelt key is not reported as missing too."""
    found = error.errors(include_url=False)
    misspelt = {_meant(e, kind) for e in found if e["type"] == "extra_forbidden"}
    for detail in found:
        if detail["type"] == "missing" and detail["loc"] in misspelt:
            continue
        yield _problem(detail, kind, tree, file)


def _problem(detail: ErrorDetails, kind: Any, tree: Tree, file: str) -> Problem:
    path = detail["loc"]
    on_key = detail["type"] == "extra_forbidden" or path[-1:] == ("[key]",)
    line, column = tree.key_spot(_without_mark(path)) if on_key else tree.spot(path)
    message, hint = _say(detail, kind)
    return Problem(file, line, column, message, hint, _rule(detail), mend=_mend(detail, hint))


def _rule(detail: ErrorDetails) -> str:
    """The name of the rule that was broken; `rules.py` explains them."""
    kind, path = detail["type"], detail["loc"]
    if path[-1:] == ("sources",) and kind in ("missing", "too_short"):
        return "no-source"
    if path[-1:] == ("[key]",):
        return "name"
    if kind not in ("missing", "extra_forbidden") and _is_empty(detail["input"]):
        return "empty"
    return _RULES.get(kind, "wrong-type")


_RULES = {
    "missing": "missing-key",
    "extra_forbidden": "unknown-key",
    "enum": "choice",
    "value_error": "date",
    "string_pattern_mismatch": "name",
    "too_short": "empty",
    "greater_than_equal": "number",
}


def _mend(detail: ErrorDetails, hint: str) -> Mend | None:
    """What can be put right without asking."""
    given, kind = detail["input"], detail["type"]
    if kind in ("extra_forbidden", "enum") and hint.startswith("Did you mean"):
        old = str(detail["loc"][-1]) if kind == "extra_forbidden" else str(given)
        return Mend(How.SWAP, old, hint.split("`")[1])
    if kind == "string_type" and isinstance(given, bool | int | float | date):
        return Mend(How.QUOTE)
    if kind == "tuple_type" and isinstance(given, str) and not _is_empty(given):
        return Mend(How.BRACKET)
    if kind == "value_error" and (day := _as_day(given)):
        return Mend(How.SWAP, str(given), day)
    return None


_DAYS = (
    re.compile(r"(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),  # with dots, the day comes first
)


def _as_day(given: object) -> str:
    """The date as we write it, where only one can be meant; otherwise nothing."""
    found = next((m for pattern in _DAYS if (m := pattern.fullmatch(str(given)))), None)
    if found is None:
        return ""
    try:
        return date(*(int(found[part]) for part in "ymd")).isoformat()
    except ValueError:
        return ""


def _is_empty(given: object) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


def _say(detail: ErrorDetails, kind: Any) -> tuple[str, str]:
    path, name = detail["loc"], _name(detail["loc"])
    if path[-1:] == ("sources",) and detail["type"] in ("missing", "too_short"):
        return "no source is named here", "Add `sources: [key]` with a key of sources.yaml; facts don't stand alone."
    if detail["type"] == "missing":
        return f"`{path[-1]}` is missing", f"Add a line `{path[-1]}: …`."
    if detail["type"] == "extra_forbidden":
        return _unknown(path, kind)
    if path[-1:] == ("[key]",):
        return f"`{path[-2]}` can't be used as a key", _SLUG
    if detail["type"] == "enum":
        return _not_among(detail, name)
    if detail["type"] == "value_error":
        return f"{name} {detail['msg'].removeprefix('Value error, ')}", "Write the year, month and day, without quotes."
    if _is_empty(detail["input"]):
        return f"{name} is empty", "Fill it in, or remove the line if it is not needed."
    message, hint = _WORDS.get(detail["type"], (f"can't be used: {detail['msg']}", ""))
    return f"{name} {message}", hint


_SLUG = "Use small letters, digits and hyphens, such as vitamin-d."
_WORDS = {
    "string_type": ("should be text", "Put it in quotes."),
    "bool_type": ("should be yes or no", "Write it without quotes."),
    "int_type": ("should be a whole number", "Write it without quotes."),
    "greater_than_equal": ("is too small", "Use 1 or more."),
    "tuple_type": ("should be a list", "Write [a, b], or one item on each line after a hyphen."),
    "too_short": ("is an empty list", "Add at least one item."),
    "string_pattern_mismatch": ("has characters that can't be used here", _SLUG),
    "dict_type": ("should be keys and values", "Write `key: value` on lines of their own, indented below it."),
    "model_type": ("should be keys and values", "Write `key: value` on lines of their own, indented below it."),
}


def _name(path: Path) -> str:
    """What to call the value there."""
    if not path:
        return "the file"
    last = path[-1]
    return f"item {last + 1} of {_name(path[:-1])}" if isinstance(last, int) else f"`{last}`"


def _not_among(detail: ErrorDetails, name: str) -> tuple[str, str]:
    expected = detail["ctx"]["expected"].replace("'", "") if "ctx" in detail else ""
    words = expected.replace(" or ", ", ").split(", ")
    return f"{name} should be {expected}", did_you_mean(str(detail["input"]), words) or "Choose one of them."


def _unknown(path: Path, kind: Any) -> tuple[str, str]:
    known = _keys_at(kind, path[:-1])
    hint = did_you_mean(str(path[-1]), known) or f"Known here: {', '.join(known)}."
    return f"`{path[-1]}` is not a key that is known here", hint


def _meant(detail: ErrorDetails, kind: Any) -> Path:
    """Where the value would be if the unknown key were spelt right."""
    path = detail["loc"]
    guess = did_you_mean(str(path[-1]), _keys_at(kind, path[:-1]))
    return (*path[:-1], guess.split("`")[1]) if guess else path


def _keys_at(kind: Any, path: Path) -> tuple[str, ...]:
    """The keys that the mapping at `path` may have."""
    for step in path:
        kind = _inside(_plain(kind), step)
    model = _plain(kind)
    return tuple(model.model_fields) if _is_model(model) else ()


def _inside(kind: Any, step: str | int) -> Any:
    if _is_model(kind):
        return kind.model_fields[step].annotation
    return get_args(kind)[1 if isinstance(step, str) else 0]


def _plain(kind: Any) -> Any:
    """The type without annotations and without None."""
    if hasattr(kind, "__metadata__"):
        return _plain(get_args(kind)[0])
    if NoneType in get_args(kind):
        return _plain(next(k for k in get_args(kind) if k is not NoneType))
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _without_mark(path: Path) -> Path:
    return path[:-1] if path[-1:] == ("[key]",) else path
