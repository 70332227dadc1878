"""Which arguments and scopes the methods of Slack's Web API take; anything else is an error, as it should be."""

from dataclasses import dataclass, field

MESSAGE = frozenset({"channel", "text", "blocks", "metadata"})
PAGED = frozenset({"cursor", "limit"})
SPAN = PAGED | {"channel", "oldest", "latest", "inclusive", "include_all_metadata"}


@dataclass(frozen=True)
class Method:
    needed: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()  # any one of them is enough
    app_level: bool = False  # takes the app token
    writes: bool = False


def method(
    needed: str = "", allowed: frozenset[str] | str = "", scopes: str = "", *, app: bool = False, writes: bool = False
) -> Method:
    must = frozenset(needed.split())
    may = frozenset(allowed.split()) if isinstance(allowed, str) else allowed
    return Method(must, must | may, tuple(scopes.split()), app, writes)


HISTORY = "channels:history groups:history im:history"
METHODS = {
    "auth.test": method("", "team_id"),
    "apps.connections.open": method(app=True),
    "chat.postMessage": method(
        "channel text", MESSAGE | {"thread_ts", "unfurl_links", "unfurl_media"}, "chat:write", writes=True
    ),
    "chat.postEphemeral": method("channel user text", "blocks thread_ts", "chat:write", writes=True),
    "chat.update": method("channel ts text", MESSAGE | {"ts"}, "chat:write", writes=True),
    "chat.delete": method("channel ts", "", "chat:write", writes=True),
    "conversations.history": method("channel", SPAN, HISTORY),
    "conversations.replies": method("channel ts", SPAN | {"ts"}, HISTORY),
    "conversations.info": method("channel", "", "channels:read groups:read"),
    "conversations.join": method("channel", "", "channels:join", writes=True),
    "conversations.open": method("users", "", "im:write", writes=True),
    "users.info": method("user", "", "users:read"),
    "usergroups.users.list": method("usergroup", "", "usergroups:read"),
    "views.open": method("trigger_id view", writes=True),
    "views.push": method("trigger_id view", writes=True),
    "views.update": method("view_id view", "hash", writes=True),
    "views.publish": method("user_id view", "hash", writes=True),
    "files.getUploadURLExternal": method("filename length", "alt_txt snippet_type", "files:write", writes=True),
    "files.completeUploadExternal": method(
        "files channel_id", "initial_comment thread_ts channels", "files:write", writes=True
    ),
}


@dataclass
class Fault:
    """Something that goes wrong when a method is called."""

    error: str = ""  # Slack's name for it
    retry_after: int = 0  # seconds; with it the answer is 429
    status: int = 0  # an HTTP status without Slack's word
    times: int = 1
    afterwards: bool = False  # the method does its work, and only the answer is lost
    where: dict[str, str] = field(default_factory=dict)  # only for calls with these arguments
