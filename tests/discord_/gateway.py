"""The gateway of the stand-in: sessions that number what they tell, and replay it to whoever comes back in time."""

import asyncio
import itertools
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

DISALLOWED_INTENTS = 4014  # the close code for a privileged intent that was not switched on
AUTHENTICATION_FAILED = 4004  # the close code for a token that was revoked
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass(eq=False)
class Session:
    """What one shard was told, so that it can be told again."""

    id: str
    shard: list[int]
    told: list[dict[str, Any]] = field(default_factory=list)
    line: "Line | None" = None

    async def tell(self, event: str, data: object) -> None:
        self.told.append({"op": DISPATCH, "t": event, "d": data, "s": len(self.told) + 1})
        if self.line is not None:
            await self.line.send(self.told[-1])


class Line:
    """One connection: a web socket with the compression that discord.py asks for."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        self._packer = zlib.compressobj()

    async def send(self, payload: dict[str, Any]) -> None:
        if not self.socket.closed:
            data = self._packer.compress(json.dumps(payload).encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
            try:
                await self.socket.send_bytes(data)
            except ConnectionError:
                pass  # it hangs up at this moment; what it missed is in the session

    def cut(self) -> None:
        """As if somebody had pulled the plug: no goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()


@dataclass
class Gateway:
    """See the module's first line. `ready` makes what a new session is told first, for its [shard, of]."""

    token: str
    me: dict[str, Any]
    url: Callable[[], str]
    guilds: Callable[[list[int]], list[dict[str, Any]]]
    close_with: int | None = None  # whoever identifies is turned away with this code
    forgetful: bool = False  # nobody can resume
    sessions: dict[str, Session] = field(default_factory=dict)
    identified: int = 0
    resumed: int = 0
    refusals: int = 0  # how many connections are turned away
    open: asyncio.Event = field(default_factory=asyncio.Event)  # while not set, whoever comes waits at the door
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.open.set()

    async def connection(self, request: web.Request) -> web.StreamResponse:
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        await self.open.wait()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, request)
        await line.send({"op": HELLO, "d": {"heartbeat_interval": 45_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(line, json.loads(message.data))
        for session in self.sessions.values():
            if session.line is line:
                session.line = None
        await self._notify()
        return socket

    async def tell(self, event: str, data: dict[str, Any]) -> None:
        """Tell whoever is responsible for the server, now or when they come back."""
        for session in list(self.sessions.values()):
            shard, of = session.shard
            if (int(data.get("guild_id", 0)) >> 22) % of == shard:
                await session.tell(event, data)

    async def ask_to_reconnect(self) -> None:
        """Op 7."""
        for line in self._lines():
            await line.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Op 9."""
        for session in list(self.sessions.values()):
            if not resumable:
                self.sessions.pop(session.id)
            if session.line is not None:
                await session.line.send({"op": INVALID, "d": resumable})

    async def hang_up(self, code: int) -> None:
        for line in self._lines():
            await line.socket.close(code=code)

    def cut(self) -> None:
        """Every connection is lost."""
        for line in self._lines():
            line.cut()

    async def until(self, is_so: Callable[["Gateway"], bool]) -> None:
        """Wait for sessions to come."""
        async with self.news:
            await self.news.wait_for(lambda: is_so(self))

    def _lines(self) -> list[Line]:
        return [s.line for s in self.sessions.values() if s.line is not None]

    async def _hear(self, line: Line, payload: dict[str, Any]) -> None:
        match payload["op"]:
            case 1:
                await line.send({"op": ACK, "d": None})
            case 2 if payload["d"]["token"] != self.token:
                await line.socket.close(code=AUTHENTICATION_FAILED)
            case 2 if self.close_with is not None:
                await line.socket.close(code=self.close_with)
            case 2:
                await self._identify(line, payload["d"])
            case 6:
                await self._resume(line, payload["d"])
        await self._notify()

    async def _notify(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def _identify(self, line: Line, data: dict[str, Any]) -> None:
        self.identified += 1
        shard = data.get("shard", [0, 1])
        session = Session(f"session-{next(self._numbers)}", shard, line=line)
        self.sessions = {i: s for i, s in self.sessions.items() if s.shard != shard} | {session.id: session}
        guilds = self.guilds(shard)
        await session.tell(
            "READY",
            {
                "v": 10,
                "user": self.me,
                "guilds": [{"id": g["id"], "unavailable": True} for g in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url(),
                "shard": shard,
                "application": {"id": self.me["id"], "flags": 0},
            },
        )
        for guild in guilds:
            await session.tell("GUILD_CREATE", guild)

    async def _resume(self, line: Line, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or self.forgetful or data["token"] != self.token:
            await line.send({"op": INVALID, "d": False})
            return
        self.resumed += 1
        place = data["seq"] or 0
        while place < len(session.told):  # what is told meanwhile is told in order
            await line.send(session.told[place])
            place += 1
        session.line = line
        await session.tell("RESUMED", {})
