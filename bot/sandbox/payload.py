"""What the page may send: each part is read and checked here, and a bad one is answered in plain words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from bot.sandbox import wording

LONGEST_TEXT = 4000  # characters, as on Discord
LONGEST_CORRECTION = 8000  # characters; one correction may answer ten claims
HIGHEST_ID = 2**53  # what JavaScript counts exactly; SQLite counts further
MOST_WORDS = 100

Choice = TypeVar("Choice", bound=StrEnum)


class BadPayload(ValueError):
    """The request makes no sense; the message tells the sender why."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The JSON object that came with a request."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, body: bytes) -> "Payload":
        try:
            values = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadPayload(wording.BROKEN_JSON) from error
        if not isinstance(values, dict):
            raise BadPayload(wording.NO_OBJECT)
        return cls(values)

    def text(self, name: str, *, longest: int = LONGEST_TEXT) -> str:
        """Some text that isn't empty."""
        given = self.optional_text(name, longest=longest)
        if not given.strip():
            raise BadPayload(wording.should(name, wording.SOME_TEXT))
        return given

    def optional_text(self, name: str, *, longest: int = LONGEST_TEXT) -> str:
        """Some text, or "" where there is none."""
        given = self.values.get(name) or ""
        if not isinstance(given, str):
            raise BadPayload(wording.should(name, wording.TEXT))
        if len(given) > longest:
            raise BadPayload(wording.too_long(len(given), longest))
        return storable(given)

    def number(self, name: str) -> int:
        """A positive whole number."""
        given = self.optional_number(name)
        if given is None:
            raise BadPayload(wording.missing(name))
        return given

    def optional_number(self, name: str) -> int | None:
        given = self.values.get(name)
        if given is None:
            return None
        if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < HIGHEST_ID:
            raise BadPayload(wording.should(name, wording.A_NUMBER))
        return given

    def flag(self, name: str) -> bool:
        """Yes or no; no where nothing is said."""
        given = self.values.get(name, False)
        if not isinstance(given, bool):
            raise BadPayload(wording.should(name, wording.YES_OR_NO))
        return given

    def choice(self, name: str, of: type[Choice]) -> Choice:
        """One of the words of an enumeration."""
        chosen = self.optional_choice(name, of)
        if chosen is None:
            raise BadPayload(wording.missing(name))
        return chosen

    def optional_choice(self, name: str, of: type[Choice]) -> Choice | None:
        given = self.values.get(name)
        if given is None:
            return None
        if not isinstance(given, str) or given not in list(of):
            raise BadPayload(wording.one_of(name, of))
        return of(given)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of short texts; empty where there is none."""
        given = self.values.get(name) or []
        if not isinstance(given, list) or not all(isinstance(w, str) for w in given):
            raise BadPayload(wording.should(name, wording.TEXTS))
        if len(given) > MOST_WORDS:
            raise BadPayload(wording.too_many(name))
        return tuple(storable(w) for w in given)


def storable(text: str) -> str:
    """The text itself. Raises BadPayload for half characters and NUL, which no database takes."""
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise BadPayload(wording.STRANGE_CHARACTERS)
    return text
