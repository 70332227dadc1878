"""Log lines, for people or as JSON: ids only; never a token, a message's text or a member's name."""

import logging
import sys
import traceback
from collections.abc import Iterable
from enum import StrEnum
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"


class Form(StrEnum):
    """How a log line looks."""

    READABLE = "readable"
    JSON = "json"


def set_up(form: Form = Form.READABLE, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log line, other libraries' too, to `stream` (default: standard error) in that form.

    Values of `secrets` are hidden wherever they stand, in case a library writes one.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _failure,
        _hider(tuple(s for s in secrets if s)),
    ]
    last: list[Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False)] if form is Form.JSON else [_readable]
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


def _failure(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """What went wrong and where, without the exceptions' own words: those may quote a message."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple) and found[1] is not None:
        event["failure"] = type(found[1]).__name__
        event["where"] = _places(found[2])
    return event


def _places(trace: TracebackType | None) -> list[str]:
    """file:line function, from the outside in."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _hider(secrets: tuple[str, ...]) -> Processor:
    def hide(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {name: _hidden(value, secrets) for name, value in event.items()}

    return hide


def _hidden(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
    return value


def _readable(logger: WrappedLogger, method: str, event: EventDict) -> str:
    line = f"{event['timestamp'][:19]} {event['level'].upper()} {event['event']}"
    if "failure" in event:
        line += "".join(f"\n    {place}" for place in event["where"]) + f"\n    {event['failure']}"
    return line
