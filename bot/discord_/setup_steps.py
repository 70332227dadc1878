"""The steps of /moderation setup: which settings they ask for, and how a select's values become settings. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args

from discord import ChannelType

from bot.discord_ import wording
from bot.settings import Discord, Questions

WRITTEN = (ChannelType.text, ChannelType.news)
LISTENED = (*WRITTEN, ChannelType.forum, ChannelType.media, ChannelType.voice, ChannelType.stage_voice)
MODES: tuple[str, ...] = get_args(get_args(Questions)[0])
CHANCES = (0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)


class Kind(StrEnum):
    CHANNELS = "channels"
    ROLES = "roles"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Field:
    """One select: a setting, or one entry of a setting that is a table ("ping.harmful")."""

    key: str
    kind: Kind
    most: int = 1
    types: tuple[ChannelType, ...] = ()

    @property
    def setting(self) -> str:
        return self.key.partition(".")[0]

    @property
    def entry(self) -> str:
        return self.key.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Step:
    """One page, with at most four selects, because the fifth row is for moving on."""

    name: str
    fields: tuple[Field, ...] = ()

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.setting for f in self.fields))


STEPS = (
    Step("moderators", (Field("moderators_channel", Kind.CHANNELS, types=WRITTEN),)),
    Step("watch", (Field("watch", Kind.CHANNELS, 25, (*LISTENED, ChannelType.category)),)),
    Step(
        "roles",
        (
            Field("moderator_roles", Kind.ROLES, 25),
            Field("lead_roles", Kind.ROLES, 25),
            Field("exempt_roles", Kind.ROLES, 25),
        ),
    ),
    Step(
        "calls",
        (
            Field("ping.urgent", Kind.ROLES),
            Field("ping.harmful", Kind.ROLES),
            Field("escalation_role", Kind.ROLES),
            Field("escalation_channel", Kind.CHANNELS, types=WRITTEN),
        ),
    ),
    Step(
        "questions",
        (
            Field("questions", Kind.WORDS),
            *(Field(f"questions_in.{mode}", Kind.CHANNELS, 25, LISTENED) for mode in MODES),
        ),
    ),
    Step("threshold", (Field("notice", Kind.WORDS),)),
    Step("ready"),
)
FIELDS = {field.key: field for step in STEPS for field in step.fields}


def step_named(name: str) -> Step:
    """The step; the first one for a name that no longer exists."""
    return next((step for step in STEPS if step.name == name), STEPS[0])


def beside(step: Step, by: int) -> Step | None:
    """The step before (-1) or after (1) it."""
    at = STEPS.index(step) + by
    return STEPS[at] if 0 <= at < len(STEPS) else None


def shown(settings: Discord, field: Field) -> tuple[str, ...]:
    """The values of the select as the settings stand: ids, or words."""
    value: Any = getattr(settings, field.setting)
    match field.setting:
        case "ping":
            value = getattr(value, field.entry)
        case "questions_in":
            value = [channel for channel, mode in value.items() if mode == field.entry]
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value),)


def change(settings: Discord, field: Field, values: Sequence[str]) -> dict[str, Any]:
    """The setting after the select was changed to these values."""
    first = values[0] if values else None
    match field.setting:
        case "ping":
            return {"ping": settings.ping.model_dump() | {field.entry: first}}
        case "questions_in":
            kept = {
                c: mode for c, mode in settings.questions_in.items() if mode != field.entry and str(c) not in values
            }
            return {"questions_in": kept | {int(channel): field.entry for channel in values}}
        case "questions" | "notice":
            return {field.setting: first}
    return {field.setting: list(values) if field.most > 1 else first}


def options(settings: Discord, field: Field) -> list[tuple[str, str]]:
    """Value and label of each choice of a select of words."""
    if field.setting == "questions":
        return [(mode, wording.MODES[mode]) for mode in MODES]
    known = shown(settings, field)
    chances = [str(c) for c in CHANCES]
    return [(chance, wording.chance_label(chance)) for chance in [*chances, *(k for k in known if k not in chances)]]
