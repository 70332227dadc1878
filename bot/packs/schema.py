"""The shape of content files: strict pydantic models, derived from the classes of bot.core.pack."""

import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from types import NoneType
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
    create_model,
)

from bot.core.pack import ClaimRule, Fact, Misconception, Pack, Safety, Source, ThreadPost, Topic, Vocabulary

Text = Annotated[str, StringConstraints(strict=True, min_length=1, pattern=r"\S")]
Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Keys = Annotated[tuple[Id, ...], Field(min_length=1)]


def _answer(value: object) -> object:
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


# Editors read YAML 1.2, in which `yes` is a text.
YesNo = Annotated[StrictBool, BeforeValidator(_answer), WithJsonSchema({"enum": ["yes", "no", True, False]})]
_STRICT = {str: Text, int: Annotated[StrictInt, Field(ge=1)], bool: YesNo}


def _whole_day(value: object) -> object:
    """A day, in quotes or not."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            return datetime.strptime(value, "%Y-%m-%d").date()
    raise ValueError("should be a date such as 2026-01-31")


Day = Annotated[date, BeforeValidator(_whole_day)]


class Strict(BaseModel):
    """A part of a content file; `core` names the class it becomes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    core: ClassVar[type[Any]]
    editors_only: ClassVar[frozenset[str]] = frozenset()  # keys that the bot never reads

    def build(self, **more: object) -> Any:
        """The core value that the file describes."""
        read = {name: _built(value) for name, value in self if name not in self.editors_only}
        return self.core(**read, **more)


def _built(value: object) -> object:
    if isinstance(value, Strict):
        return value.build()
    if isinstance(value, tuple):
        return tuple(map(_built, value))
    if isinstance(value, date):
        return value.isoformat()
    return value


def _model_of(core: type[Any], base: type[Strict] = Strict, without: tuple[str, ...] = (), **instead: Any) -> Any:
    """A model with the fields of a core class, read strictly, except where `instead` says otherwise."""
    hints = get_type_hints(core)
    parts: dict[str, Any] = {
        f.name: (instead.get(f.name) or _strictly(hints[f.name]), _default(f))
        for f in dataclasses.fields(core)
        if f.name not in without
    }
    model = create_model(core.__name__, __base__=base, __doc__=core.__doc__, **parts)
    model.core = core
    return model


def _strictly(kind: Any) -> Any:
    """The same type, but text is not empty, `yes` is no number, and a core class is its model."""
    arguments = get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _MODELS.get(kind) or _model_of(kind)  # type: ignore[arg-type]
    if get_origin(kind) is tuple:
        return _any_of(_strictly(arguments[0]))
    if get_origin(kind) is Mapping:
        return _by_name(_strictly(arguments[1]))
    if NoneType in arguments:
        return _strictly(arguments[0]) | None
    return _STRICT.get(kind, kind)


def _any_of(kind: Any) -> Any:
    return tuple[kind, ...]


def _by_name(kind: Any) -> Any:
    return dict[Text, kind]


def _some(kind: Any) -> Any:
    """A list of one or more."""
    return Annotated[tuple[kind, ...], Field(min_length=1)]


def _default(known: "dataclasses.Field[Any]") -> Any:
    if known.default_factory is not dataclasses.MISSING:
        return Field(default_factory=known.default_factory)
    return ... if known.default is dataclasses.MISSING else known.default


def _spelled_out(value: object) -> object:
    """A bare list of concepts is short for `say:` and that list."""
    return {"say": value} if isinstance(value, tuple) else value


class _SourceNotes(Strict):
    editors_only: ClassVar[frozenset[str]] = frozenset({"doi", "pmid", "pmcid", "nbk", "note"})

    doi: Text | None = None
    pmid: Text | None = None
    pmcid: Text | None = None
    nbk: Text | None = None
    note: Text | None = None


class Guidance(Strict):
    """How the bot and its moderators behave, for people to read."""

    urgent: Text | None = None
    never_do: tuple[Text, ...] = ()
    moderator_note: Text | None = None
    severity: dict[Text, Text] = {}


class _SafetyNotes(Strict):
    editors_only: ClassVar[frozenset[str]] = frozenset({"guidance"})

    guidance: Guidance | None = None


_FactEntry = _model_of(Fact, sources=Keys)
_RuleEntry = _model_of(ClaimRule, say=_some(Text))
_MODELS: Mapping[type[Any], Any] = {
    ClaimRule: Annotated[_RuleEntry, BeforeValidator(_spelled_out, json_schema_input_type=_some(Text) | _RuleEntry)],
    Fact: _FactEntry,
}


class PackFile(Strict):
    """pack.yaml: what the pack is."""

    core: ClassVar[type[Any]] = Pack

    name: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_-]{1,32}$")]
    title: Text
    order: tuple[Id, ...] = ()


TopicFile = _model_of(Topic, id=Id, facts=_some(_FactEntry), reviewed_on=Day)
MisconceptionFile = _model_of(Misconception, id=Id, sources=Keys, reviewed_on=Day | None)
SafetyFile = _model_of(Safety, base=_SafetyNotes)
SourceEntry = _model_of(
    Source, base=_SourceNotes, without=("key",), url=Annotated[str, Field(strict=True)], expires_on=Day | None
)
VocabularyFile = _model_of(Vocabulary)


_ThreadEntry: Any = _model_of(ThreadPost)


class ThreadFile(Strict):
    """thread.yaml: a short conversation with which the sandbox shows what the bot does."""

    core: ClassVar[type[Any]] = tuple

    posts: Annotated[tuple[_ThreadEntry, ...], Field(min_length=1)]

    def build(self, **more: object) -> tuple[ThreadPost, ...]:
        return tuple(post.build() for post in self.posts)
