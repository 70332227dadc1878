"""Settings: config/bot.yaml, then the environment, as one frozen value; every problem is listed at once."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.core.pace import Pace
from bot.core.pack import Severity
from bot.core.review import Policy
from bot.logs import Form

PREFIX = "BOT_"
SECRET_FILES = ("BOT_STORE_FILE",)  # these point to a file with the value
DEFAULT_FILE = Path("config/bot.yaml")


class SettingsError(ValueError):
    """Settings that can't be used; one line for each problem, with where and what to do."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _off(value: Any) -> Any:
    """YAML reads a bare `off` as false."""
    return "off" if value is False else value


def _postgres(url: SecretStr | None) -> SecretStr | None:
    """A PostgreSQL URL; what it holds is never repeated, because a password may be in it."""
    if url is None or url.get_secret_value().startswith(("postgresql://", "postgres://")):
        return url
    raise ValueError("should be null or begin with postgresql://, such as postgresql://bot@db.example/bot")


def _passwords(url: str) -> list[str]:
    """What must not be shown of a URL, as it is written there and as it is meant."""
    parts = urlsplit(url)
    found = [parts.password or "", *parse_qs(parts.query).get("password", [])]
    return [p for word in found for p in {word, unquote(word)} if p]


def _yes_or_no(value: Any) -> Any:
    """YAML reads a bare `yes` as true and a bare `no` as false."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


class Switch(StrEnum):
    AUTO = "auto"
    YES = "yes"
    NO = "no"


class Screening(_Frozen):
    notice: float = Field(0.75, ge=0, le=1)
    shadow: float = Field(0.4, ge=0, le=1)
    second_reader: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> "Screening":
        if self.shadow > self.notice:
            raise ValueError("shadow must not be above notice")
        return self


class Sandbox(_Frozen):
    enabled: Annotated[Switch, BeforeValidator(_yes_or_no)] = Switch.AUTO
    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)


class Health(_Frozen):
    enabled: Annotated[Switch, BeforeValidator(_yes_or_no)] = Switch.AUTO
    host: str = "127.0.0.1"
    port: int = Field(8766, ge=0, le=65535)


class Review(_Frozen):
    two_people: tuple[Severity, ...] = ()
    may_delete: bool = False
    lease_minutes: int = Field(15, ge=1, le=1440)
    same_text_hours: int = Field(72, ge=0, le=720)
    quiet_hours: int = Field(12, ge=0, le=720)
    private_first_minutes: int = Field(0, ge=0, le=1440)
    remind_hours: int = Field(12, ge=0, le=720)
    cases_a_minute: int = Field(10, ge=1, le=1000)
    reports_an_hour: int = Field(5, ge=0, le=100)
    urgent_in_pauses: bool = True
    deleted_notice: Literal["repost", "close"] = "repost"
    digest: Annotated[Literal["off", "daily", "weekly"], BeforeValidator(_off)] = "off"


class Privacy(_Frozen):
    keep_text_hours: int = Field(72, ge=0, le=8760)


class Answers(_Frozen):
    person_a_minute: int = Field(3, ge=1, le=60)
    channel_a_minute: int = Field(6, ge=1, le=600)
    offer_quiet_minutes: int = Field(30, ge=0, le=10080)


class Ping(_Frozen):
    """Roles that a new notice calls: where somebody may need help now, or by severity."""

    urgent: int | None = None
    harmful: int | None = None
    misleading: int | None = None
    minor: int | None = None


class Shards(_Frozen):
    """Which parts of Discord's servers a process serves; without a number, all of them."""

    ids: tuple[int, ...] = ()
    of: int | None = Field(None, ge=1)

    @property
    def leases(self) -> tuple[str, ...]:
        """What a process must have before it connects, so that nothing is heard by two."""
        return tuple(f"discord shard {n} of {self.of}" for n in sorted(self.ids)) if self.ids else ("discord",)


_SHARDS = re.compile(r"\[?(?P<ids>\d+(?:\s*[-,]\s*\d+)*)\]?\s+of\s+(?P<of>\d+)")


def _shards(value: Any) -> Any:
    """`auto`, or ids and their number: `0, 1 of 4`, `[0, 1] of 4`, `0-3 of 16`."""
    if isinstance(value, Shards | dict):
        return value
    if value == "auto":
        return Shards()
    match = _SHARDS.fullmatch(str(value).strip())
    ids = [_span(part) for part in match["ids"].split(",")] if match else []
    flat = tuple(n for span in ids for n in span)
    if match is None or not flat or max(flat) >= int(match["of"]) or len(set(flat)) < len(flat):
        raise ValueError("should be auto, or ids and the number of all shards, such as 0, 1 of 4 (ids begin with 0)")
    return Shards(ids=flat, of=int(match["of"]))


def _span(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


Questions = Annotated[Literal["off", "offer", "thread"], BeforeValidator(_off)]


class Server(_Frozen):
    """What may differ from one Discord server to the next."""

    watch: tuple[int, ...] = ()
    watch_tags: tuple[str, ...] = ()
    exempt_roles: tuple[int, ...] = ()
    moderators_channel: int | None = None
    moderator_roles: tuple[int, ...] = ()
    lead_roles: tuple[int, ...] = ()
    ping: Ping = Ping()
    escalation_channel: int | None = None
    escalation_role: int | None = None
    questions: Questions = "offer"
    questions_in: dict[int, Questions] = {}
    notice: float | None = Field(None, ge=0, le=1)


class Discord(Server):
    direct_messages: bool = False
    catch_up_hours: int = Field(24, ge=0, le=336)
    catch_up_messages: int = Field(500, ge=1, le=10_000)
    shards: Annotated[Shards, BeforeValidator(_shards)] = Shards()
    servers: dict[int, Server] = {}
    api_base: str = "https://discord.com/api/v10"
    gateway: str | None = None


def _slack_id(kinds: str, what: str) -> AfterValidator:
    """An id as Slack writes it: a capital letter that tells the kind, then capitals and digits."""

    def check(value: str) -> str:
        if not re.fullmatch(f"[{kinds}][A-Z0-9]{{2,}}", value):
            raise ValueError(f"should be the id of {what}, such as {kinds[0]}0123ABCD, not {value!r}")
        return value

    return AfterValidator(check)


SlackChannel = Annotated[str, _slack_id("CG", "a channel")]
SlackPerson = Annotated[str, _slack_id("UW", "a person")]
SlackPeople = Annotated[str, _slack_id("USW", "a person or a user group")]


class SlackPing(_Frozen):
    """People or user groups that a new notice calls: where somebody may need help now, or by severity."""

    urgent: SlackPeople | None = None
    harmful: SlackPeople | None = None
    misleading: SlackPeople | None = None
    minor: SlackPeople | None = None


class Slack(_Frozen):
    mode: Literal["socket", "http"] = "socket"
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=0, le=65535)
    watch: tuple[SlackChannel, ...] = ()
    moderators_channel: SlackChannel | None = None
    moderators: tuple[SlackPeople, ...] = ()
    leads: tuple[SlackPeople, ...] = ()
    admins: tuple[SlackPerson, ...] = ()
    ping: SlackPing = SlackPing()
    escalation_channel: SlackChannel | None = None
    escalation_call: SlackPeople | None = None
    questions: Annotated[Literal["off", "offer"], BeforeValidator(_off)] = "offer"
    api_base: str = "https://slack.com/api/"


SLACK_SECRETS = {"socket": "SLACK_APP_TOKEN", "http": "SLACK_SIGNING_SECRET"}


def _only_pack() -> Path:
    """The pack in content/, if there is only one; otherwise the settings must name one."""
    packs = [file.parent for file in Path("content").glob("*/pack.yaml")]
    return packs[0] if len(packs) == 1 else Path("content")


class Settings(_Frozen):
    content: Path = Field(default_factory=_only_pack)
    data: Path = Path("data")
    store: Annotated[SecretStr | None, AfterValidator(_postgres)] = None
    log: Form = Form.READABLE
    screening: Screening = Screening()
    sandbox: Sandbox = Sandbox()
    health: Health = Health()
    review: Review = Review()
    privacy: Privacy = Privacy()
    answers: Answers = Answers()
    discord: Discord = Discord()
    discord_token: SecretStr | None = None
    store_key: SecretStr | None = None
    slack: Slack = Slack()
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None

    @model_validator(mode="after")
    def _slack_secrets(self) -> "Settings":
        needed = SLACK_SECRETS[self.slack.mode]
        if self.slack_bot_token is not None and getattr(self, needed.lower()) is None:
            raise ValueError(f"SLACK_BOT_TOKEN is set, and slack.mode {self.slack.mode} needs {needed} too")
        return self

    @property
    def has_token(self) -> bool:
        """Whether a real platform is to be run."""
        return self.discord_token is not None or self.slack_bot_token is not None

    @property
    def secrets(self) -> list[str]:
        """The values that must never be shown."""
        shown = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        return [*shown, *(_passwords(self.store_url) if self.store_url else ())]

    @property
    def store_url(self) -> str | None:
        """Where the shared store is; None: a SQLite file in `data`."""
        return self.store.get_secret_value() if self.store else None

    @property
    def text_key(self) -> str | None:
        """With what texts are sealed at rest; None: they are not."""
        return self.store_key.get_secret_value() if self.store_key else None

    @property
    def runs_sandbox(self) -> bool:
        wanted = self.sandbox.enabled
        return wanted is Switch.YES or (wanted is Switch.AUTO and not self.has_token)

    @property
    def policy(self) -> Policy:
        """What moderators may do."""
        review = self.review
        return Policy(
            two_people=frozenset(review.two_people),
            may_delete=review.may_delete,
            lease=timedelta(minutes=review.lease_minutes),
            fold=timedelta(hours=review.same_text_hours),
            quiet=timedelta(hours=review.quiet_hours),
            self_edit=timedelta(minutes=review.private_first_minutes) or None,
            remind=timedelta(hours=review.remind_hours) or None,
            repost=review.deleted_notice == "repost",
            flood=review.cases_a_minute,
            reports_an_hour=review.reports_an_hour,
            urgent_in_pauses=review.urgent_in_pauses,
            keep_text=timedelta(hours=self.privacy.keep_text_hours),
        )

    @property
    def pace(self) -> Pace:
        """How many answers everybody may see in a minute."""
        return Pace(by_person=self.answers.person_a_minute, in_channel=self.answers.channel_a_minute)

    @property
    def digest_period(self) -> timedelta | None:
        """How often moderators get a summary."""
        return {"daily": timedelta(days=1), "weekly": timedelta(days=7)}.get(self.review.digest)

    @property
    def runs_health(self) -> bool:
        wanted = self.health.enabled
        return wanted is Switch.YES or (wanted is Switch.AUTO and self.has_token)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a setting came from, for messages."""

    file: Path
    lines: Mapping[tuple[str, ...], int]

    def of(self, location: tuple[str, ...]) -> str:
        variable = PREFIX + "__".join(location).upper()
        if variable in os.environ:
            return variable
        found = next((self.lines[location[:n]] for n in range(len(location), 0, -1) if location[:n] in self.lines), 1)
        return f"{self.file}:{found}"


def load(file: Path = DEFAULT_FILE, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Raises SettingsError."""
    env = os.environ if environment is None else environment
    node = _compose(file)
    values = _plain(node, file)
    for path, value in _overrides(env):
        _put(values, path, value)
    for name in ("DISCORD_API_BASE", "DISCORD_GATEWAY"):
        if env.get(name):
            _put(values, ("discord", name.removeprefix("DISCORD_").lower()), env[name])
    if env.get("BOT_STORE_FILE"):
        values["store"] = secret("BOT_STORE", env)
    if env.get("SLACK_API_BASE"):
        _put(values, ("slack", "api_base"), env["SLACK_API_BASE"])
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "STORE_KEY"):
        values[name.lower()] = secret(name, env)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        origin = _Origin(file, _lines(node))
        raise SettingsError("\n".join(_problem(e, origin) for e in error.errors())) from None


def secret(name: str, env: Mapping[str, str]) -> str | None:
    """The secret in NAME or in the file that NAME_FILE points to; None when neither is set."""
    if env.get(name, "").strip():
        return env[name].strip()
    path = env.get(f"{name}_FILE", "")
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE points to {path}, which can't be read: {type(error).__name__}.") from None


def _compose(file: Path) -> yaml.Node | None:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None  # every key has a default
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: can't be read ({type(error).__name__}). Check its permissions.") from None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = getattr(error, "problem", None) or "not valid YAML"
        raise SettingsError(f"{file}:{line}: {what}. Check indentation, quotes and colons.") from None


def _plain(node: yaml.Node | None, file: Path) -> dict[str, Any]:
    if node is None:
        return {}
    loader = yaml.SafeLoader("")
    try:
        value = loader.construct_document(node)
    except yaml.YAMLError:
        raise SettingsError(f"{file}: uses YAML that settings do not allow. Keep to plain keys and values.") from None
    finally:
        loader.dispose()
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingsError(f"{file}:1: should be keys and values, such as `data: data`.")
    return value


def _lines(node: yaml.Node | None, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            found[here] = key.start_mark.line + 1
            found |= _lines(value, here)
    return found


def _overrides(env: Mapping[str, str]) -> list[tuple[tuple[str, ...], Any]]:
    return [
        (tuple(name.removeprefix(PREFIX).lower().split("__")), _value(value))
        for name, value in env.items()
        if name.startswith(PREFIX) and name not in SECRET_FILES
    ]


def _value(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        inner = values.get(part)
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[path[-1]] = value


_PLAIN = {
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "float_parsing": "should be a number, such as 0.5",
    "float_type": "should be a number, such as 0.5",
    "string_type": "should be text",
    "tuple_type": "should be a list, such as [123, 456]",
    "model_type": "should hold keys of its own, indented below it",
}


def _problem(error: Any, origin: _Origin) -> str:
    location = tuple(str(p) for p in error["loc"])
    name = ".".join(location) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{origin.of(location)}: there is no setting {name}.{_did_you_mean(location)}"
    words = _PLAIN.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return f"{origin.of(location)}: {name}: {words[0].lower() + words[1:]}."


def _did_you_mean(location: tuple[str, ...]) -> str:
    model: Any = Settings
    for part in location[:-1]:
        model = _inside(model, part)
    close = difflib.get_close_matches(location[-1], getattr(model, "model_fields", {}), n=1)
    return f" Did you mean {close[0]}?" if close else " See config/bot.yaml for all of them."


def _inside(model: Any, part: str) -> Any:
    """What stands under that key: the key's own model, or that of a table's values."""
    if hasattr(model, "model_fields"):
        return model.model_fields[part].annotation if part in model.model_fields else None
    values = get_args(model)
    return values[-1] if values else None
