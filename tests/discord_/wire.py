"""A stand-in for Discord over real sockets: enough REST and gateway for a client to live on, and to be let down."""

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.discord_.gateway import Gateway

TOKEN = "a-good-token"
ME = {"id": "100", "username": "helper", "discriminator": "0", "avatar": None, "bot": True}
MINA = {"id": "30", "username": "mina", "discriminator": "0", "avatar": None, "global_name": None}
APPLICATION: dict[str, Any] = {"id": "100", "name": "Helper", "description": "", "icon": None, "owner": ME}
APPLICATION |= {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "flags": 0}
EPOCH = 1_420_070_400_000  # milliseconds; where Discord's numbers begin
GUILD, HEALTH, MODS = 10, 20, 21
EVERYTHING = str(2**53 - 1)


def snowflake(number: int, at: float | None = None) -> int:
    """An id that says when it was made, `at` seconds of Unix time, or now."""
    return (int((time.time() if at is None else at) * 1000) - EPOCH) << 22 | number & 0x3FFFFF


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """As JSON; discord.py reads it as such only when the header names no character set."""
    data = json.dumps(body).encode()
    return web.Response(body=data, content_type="application/json", status=status, headers=headers)


def server(number: int = GUILD, channels: Mapping[int, str] | None = None) -> dict[str, Any]:
    """A server whose bot may do everything."""
    named = channels or {HEALTH: "health", MODS: "mods"}
    role = {"id": str(number), "name": "@everyone", "permissions": EVERYTHING, "position": 0, "color": 0}
    role |= {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    role |= {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
    me = {"user": ME, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    return {
        "id": str(number),
        "name": f"server {number}",
        "owner_id": "1",
        "roles": [role],
        "members": [me],
        "member_count": 2,
        "threads": [],
        "channels": [
            {"id": str(i), "type": 0, "name": name, "position": n, "permission_overwrites": [], "last_message_id": None}
            for n, (i, name) in enumerate(named.items())
        ],
    }


def archived_thread(number: int, parent: int = HEALTH, *, private: bool, last: int, at: datetime) -> dict[str, Any]:
    """A thread of that channel that was archived then, with `last` as its newest message."""
    archived = {"archived": True, "archive_timestamp": at.isoformat(), "auto_archive_duration": 60, "locked": False}
    return {
        "id": str(number), "type": 12 if private else 11, "name": "a thread", "parent_id": str(parent),
        "guild_id": str(GUILD), "last_message_id": str(last), "message_count": 1, "member_count": 2, "flags": 0,
        "rate_limit_per_user": 0, "owner_id": "30", "thread_metadata": archived,
    }  # fmt: skip


@dataclass
class Fault:
    """How the next requests of a kind are let down."""

    method: str
    path: str  # a pattern
    status: int
    times: int = 1
    body: object = field(default_factory=lambda: {"code": 0, "message": "no"})
    headers: dict[str, str] = field(default_factory=dict)
    text: bool = False  # as a page, as what stands before Discord answers

    def meets(self, request: web.Request) -> bool:
        return self.times > 0 and self.method == request.method and re.search(self.path, request.path) is not None

    def response(self) -> web.Response:
        self.times -= 1
        if self.text:
            return web.Response(text=str(self.body), status=self.status, headers=self.headers)
        return answer(self.body, self.status, self.headers)


@dataclass
class Wire:
    """What the stand-in was asked, what stands on it, and how it should behave."""

    close_with: int | None = None
    guilds: list[dict[str, Any]] = field(default_factory=lambda: [server()])
    shards: int = 1
    commands: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    messages: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)
    archived: list[dict[str, Any]] = field(default_factory=list)  # threads; of private ones those the bot was added to
    answered: dict[str, float] = field(default_factory=dict)  # interaction -> when, in monotonic seconds
    told: dict[str, dict[str, Any]] = field(default_factory=dict)  # interaction -> the answer
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""
    token: str = TOKEN

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.gate = Gateway(TOKEN, ME, lambda: self.gateway, self._guilds_of, close_with=self.close_with)

    @property
    def gateway(self) -> str:
        return self.url.replace("http", "ws") + "/gateway/"

    def fail(self, method: str, path: str, status: int, **more: Any) -> Fault:
        self.faults.append(Fault(method, path, status, **more))
        return self.faults[-1]

    def asked(self, request: str) -> int:
        """How often that was asked: a pattern of the method and the path below the API's."""
        return sum(re.fullmatch(request, r.replace(" /api/", " ")) is not None for r in self.requests)

    async def until(self, is_so: Any) -> None:
        """Wait until something holds that requests can change."""
        async with self.news:
            await self.news.wait_for(lambda: is_so(self))

    def keep(self, channel: int, text: str, author: Mapping[str, Any] = MINA, **more: Any) -> dict[str, Any]:
        """Put a message into a channel without telling anybody."""
        number = int(more.pop("id", 0)) or snowflake(next(self._numbers), more.pop("at", None))
        message = {
            "id": str(number), "channel_id": str(channel), "author": dict(author), "content": text, "embeds": [],
            "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "mentions": [],
            "mention_everyone": False, "mention_roles": [], "attachments": [], "pinned": False, "type": 0,
            "components": [],
        } | more  # fmt: skip
        self.messages.setdefault(channel, {})[number] = message
        for guild in self.guilds:
            for place in (*guild["channels"], *guild["threads"]):
                if place["id"] == str(channel):
                    place["last_message_id"] = str(number)
        return message

    async def post(self, channel: int, text: str, author: Mapping[str, Any] = MINA, **more: Any) -> dict[str, Any]:
        """A member's message, told on the gateway."""
        message = self.keep(channel, text, author, **more)
        await self.tell("MESSAGE_CREATE", message)
        return message

    async def tell(self, event: str, message: Mapping[str, Any]) -> None:
        await self.gate.tell(event, {**message, "guild_id": str(self._guild_of(message["channel_id"]))})

    async def click(self, custom_id: str) -> float:
        """A moderator's click on a button of a notice, once it is there; return the seconds until it was answered."""
        await self.until(lambda wire: wire.bearing(custom_id))
        data = {"custom_id": custom_id, "component_type": 2}
        started = time.monotonic()
        number = await self._interact(3, data, message=self.bearing(custom_id)[0])
        return self.answered[number] - started

    async def command(self, name: str) -> str:
        """Somebody's slash command, without options; return what they were told."""
        number = await self._interact(2, {"id": "1", "name": name, "type": 1})
        return str(self.told[number].get("data", {}).get("content", ""))

    async def _interact(self, kind: int, data: dict[str, Any], **more: Any) -> str:
        number = str(snowflake(next(self._numbers)))
        member: dict[str, Any] = {"user": MINA, "roles": [], "permissions": EVERYTHING, "flags": 0, "deaf": False}
        interaction = {
            "id": number, "application_id": ME["id"], "type": kind, "token": f"token-{number}", "version": 1,
            "guild_id": str(GUILD), "channel_id": str(MODS), "locale": "en-US", "guild_locale": "en-US", "context": 0,
            "member": member | {"mute": False, "joined_at": "2026-01-01T00:00:00+00:00"}, "data": data,
            "channel": {"id": str(MODS), "type": 0, "name": "mods"}, "attachment_size_limit": 10_000_000,
            "app_permissions": EVERYTHING, "entitlements": [], "authorizing_integration_owners": {"0": str(GUILD)},
        } | more  # fmt: skip
        await self.gate.tell("INTERACTION_CREATE", interaction)
        await self.until(lambda wire: number in wire.answered)
        return number

    def bearing(self, custom_id: str) -> list[dict[str, Any]]:
        """The notices with that button."""
        return [notice for notice in self.notices() if f'"{custom_id}"' in json.dumps(notice["components"])]

    def notices(self) -> list[dict[str, Any]]:
        """What the bot posted for moderators."""
        return [m for m in self.messages.get(MODS, {}).values() if m["author"]["id"] == ME["id"] and m["embeds"]]

    def _guild_of(self, channel: str) -> int:
        places = ((g, c) for g in self.guilds for c in (*g["channels"], *g["threads"]))
        return next((int(g["id"]) for g, c in places if c["id"] == str(channel)), GUILD)

    def _guilds_of(self, shard: list[int]) -> list[dict[str, Any]]:
        number, of = shard
        return [g for g in self.guilds if (int(g["id"]) >> 22) % of == number]

    async def rest(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        response = await self._respond(request)
        async with self.news:
            self.news.notify_all()
        return response

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        fault = next((f for f in self.faults if f.meets(request)), None)
        if fault is not None:
            return fault.response()
        path = request.match_info["path"]
        if path.startswith("interactions/"):
            number = path.split("/")[1]
            self.answered[number], self.told[number] = time.monotonic(), await request.json()
            return answer({"interaction": {"id": number, "type": 3}})
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return answer({"code": 0, "message": "401: Unauthorized"}, status=401)
        for method, pattern, act in _ROUTES:
            match = re.fullmatch(pattern, path)
            if method == request.method and match:
                return answer(await act(self, request, *map(int, match.groups())))
        return answer({"code": 0, "message": "404: Not Found"}, status=404)

    async def _gateway(self, request: web.Request) -> object:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        return {"url": self.gateway, "shards": self.shards, "session_start_limit": limits}

    async def _history(self, request: web.Request, channel: int) -> object:
        """Newest first, as Discord gives it."""
        query, there = request.query, sorted(self.messages.get(channel, {}).items(), reverse=True)
        after, before = int(query.get("after", 0)), int(query.get("before", 2**63))
        found = [m for i, m in there if after < i < before]
        limit = int(query.get("limit", 50))
        return found[-limit:] if "after" in query else found[:limit]

    async def _message(self, request: web.Request, channel: int, message: int) -> object:
        found = self.messages.get(channel, {}).get(message)
        if found is None:
            raise web.HTTPNotFound(
                body=b'{"code": 10008, "message": "Unknown Message"}', content_type="application/json"
            )
        return found

    async def _post(self, request: web.Request, channel: int) -> object:
        files = request.content_type.startswith("multipart/")
        given = json.loads(str((await request.post())["payload_json"])) if files else await request.json()
        told = {"components": given.get("components", []), "embeds": given.get("embeds", [])}
        message = self.keep(channel, given.get("content") or "", ME, nonce=given.get("nonce"), **told)
        await self.tell("MESSAGE_CREATE", message)
        return message

    async def _edit(self, request: web.Request, channel: int, message: int) -> object:
        self.messages[channel][message] |= await request.json()
        return self.messages[channel][message]

    async def _sync(self, request: web.Request) -> object:
        self.commands = [
            {"description": ""} | c | {"id": str(n), "application_id": "100", "version": "1"}
            for n, c in enumerate(await request.json())
        ]
        return self.commands

    async def _known(self, request: web.Request) -> object:
        return {"users/@me": ME, "oauth2/applications/@me": APPLICATION, "applications/100/commands": self.commands}[
            request.match_info["path"]
        ]

    async def _archived(self, request: web.Request, channel: int) -> object:
        kind = 12 if "private" in request.path else 11
        found = [t for t in self.archived if t["parent_id"] == str(channel) and t["type"] == kind]
        return {"threads": found, "members": [], "has_more": False}


_ROUTES = (
    ("GET", r"users/@me|oauth2/applications/@me|applications/100/commands", Wire._known),
    ("PUT", r"applications/100/commands", Wire._sync),
    ("GET", r"gateway/bot", Wire._gateway),
    ("GET", r"channels/(\d+)/messages", Wire._history),
    ("POST", r"channels/(\d+)/messages", Wire._post),
    ("GET", r"channels/(\d+)/messages/(\d+)", Wire._message),
    ("PATCH", r"channels/(\d+)/messages/(\d+)", Wire._edit),
    ("GET", r"channels/(\d+)/(?:threads/archived/public|users/@me/threads/archived/private)", Wire._archived),
)


@asynccontextmanager
async def discord_on_a_wire(**behaviour: Any) -> AsyncIterator[Wire]:
    """The stand-in, listening on a free port."""
    wire = Wire(**behaviour)
    app = web.Application()
    app.router.add_get("/gateway/", wire.gate.connection)
    app.router.add_route("*", "/api/{path:.*}", wire.rest)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        wire.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield wire
    finally:
        await runner.cleanup()
