"""Lines of JSON that a command reads: one object with an id and a text each."""

import json
from typing import Any


class BadLine(ValueError):
    """A line that is no usable object; the message says which one and why."""


def object_of(line: str, number: int) -> dict[str, Any]:
    """The object on that line, which has an `id` and a `text`. Raises BadLine."""
    try:
        given = json.loads(line)
    except ValueError as error:
        raise BadLine(f"line {number} is not JSON: {error}") from None
    except RecursionError:
        raise BadLine(f"line {number} is nested too deeply") from None
    if not isinstance(given, dict) or "id" not in given or not isinstance(given.get("text"), str):
        raise BadLine(f'line {number} should be an object like {{"id": 1, "text": "…"}}')
    return given
