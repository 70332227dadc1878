"""Slack's payloads in our words; the only place that reads their fields."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.core.message import Message, MessageKey, Person

PLATFORM = "slack"
Payload = Mapping[str, Any]
TALK = frozenset({None, "file_share", "thread_broadcast", "me_message"})  # subtypes of what people say
DELETED = float("inf")  # no version of a message is newer than its deletion


@dataclass(frozen=True, slots=True)
class Post:
    """A message as Slack tells it; `version` grows with each edit."""

    channel: str
    ts: str  # names the message in its channel; also its time in seconds
    user: str
    raw: str
    thread: str = ""  # ts of the message that a reply stands under
    version: float = 0.0


@dataclass(frozen=True, slots=True)
class Removal:
    """A message that is gone. What it said is never read."""

    channel: str
    ts: str
    version: float = DELETED


News = Post | Removal


def news_of(event: Payload) -> News | None:
    """What a message event tells; None for what no person said."""
    channel = str(event.get("channel", ""))
    match event.get("subtype"):
        case "message_deleted":
            return Removal(channel, str(event.get("deleted_ts", "")))
        case "message_changed":
            return _changed(channel, event.get("message") or {})
        case _:
            return post_of(channel, event)


def post_of(channel: str, message: Payload) -> Post | None:
    """A message of an event or of a channel's history; None where no person wrote it."""
    by_app = message.get("bot_id") or message.get("app_id") or message.get("hidden")
    if by_app or message.get("subtype") not in TALK or not message.get("user"):
        return None
    ts, thread = str(message["ts"]), str(message.get("thread_ts") or "")
    return Post(
        channel=channel,
        ts=ts,
        user=str(message["user"]),
        raw=str(message.get("text") or ""),
        thread=thread if thread != ts else "",
        version=float((message.get("edited") or {}).get("ts") or 0),
    )


def _changed(channel: str, message: Payload) -> News | None:
    """An edit; a deleted message with replies comes as a change into a tombstone, a link's preview as one too."""
    if message.get("subtype") == "tombstone":
        return Removal(channel, str(message.get("ts", "")))
    return post_of(channel, message) if message.get("edited") else None


def message_of(post: Post, *, team: str, url: str, author: Person, place: str, text: str, reply_to: str) -> Message:
    """The message for the service."""
    return Message(
        key=MessageKey(PLATFORM, team, post.channel, post.ts),
        author=author,
        text=text,
        posted_at=datetime.fromtimestamp(float(post.ts), UTC),
        link=permalink(url, post.channel, post.ts, post.thread),
        place=place,
        reply_to=reply_to,
        answers=MessageKey(PLATFORM, team, post.channel, post.thread) if post.thread else None,
    )


def permalink(url: str, channel: str, ts: str, thread: str = "") -> str:
    """Where a message can be seen."""
    reply = f"?thread_ts={thread}&cid={channel}" if thread else ""
    return f"{url}archives/{channel}/p{ts.replace('.', '')}{reply}"


def thread_of(link: str, ts: str) -> str:
    """Under which message an answer stands: that of the link's thread, else the message itself."""
    return parse_qs(urlsplit(link).query).get("thread_ts", [ts])[0]


def ref(channel: str, ts: str) -> str:
    """How we name a message of ours: a ts alone names it in its channel only."""
    return f"{channel}:{ts}"


def place_of(reference: str) -> tuple[str, str]:
    """Channel and ts of a message of ours."""
    channel, _, ts = reference.partition(":")
    return channel, ts


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody clicked, chose, typed a command or sent a form."""

    user: str
    channel: str  # empty where it happened outside a channel
    trigger: str  # opens a view, within three seconds
    response_url: str  # answers where it happened; empty in views
    action: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    view: str = ""  # id of the form in which it happened
    at_home: bool = False
    alone: bool = False  # it stands in a message that only this person sees
    notes: Mapping[str, Any] | None = None  # what we wrote into the form

    @property
    def in_form(self) -> bool:
        return bool(self.view) and not self.at_home


def visit_of(body: Payload) -> Visit:
    """What Slack says about somebody's act."""
    action = (body.get("actions") or [{}])[0]
    view = body.get("view") or {}
    values = _values(action)
    channel = body.get("channel") or {}
    return Visit(
        user=str((body.get("user") or {}).get("id") or body.get("user_id") or ""),
        channel=str(channel.get("id", "") if isinstance(channel, Mapping) else "") or str(body.get("channel_id") or ""),
        trigger=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        action=str(action.get("action_id") or ""),
        value=values[0] if values else "",
        values=values,
        view=str(view.get("id") or ""),
        at_home=view.get("type") == "home",
        alone=bool((body.get("container") or {}).get("is_ephemeral")),
        notes=json.loads(view["private_metadata"]) if view.get("private_metadata") else None,
    )


def _values(action: Payload) -> tuple[str, ...]:
    if action.get("selected_options") is not None:
        return tuple(str(o["value"]) for o in action["selected_options"])
    if action.get("selected_option"):
        return (str(action["selected_option"]["value"]),)
    return (str(action["value"]),) if action.get("value") is not None else ()


def typed(body: Payload, block: str) -> str:
    """What was typed or chosen in one field of a form."""
    field: Payload = next(
        iter(((body.get("view") or {}).get("state") or {}).get("values", {}).get(block, {}).values()), {}
    )
    return str(field.get("value") or "") or next(iter(_values(field)), "")
