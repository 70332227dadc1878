"""A stand-in for Discord over real sockets: enough REST and gateway for a client to log in, or to be refused."""

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "a-good-token"
ME = {"id": "100", "username": "helper", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION: dict[str, Any] = {"id": "100", "name": "Helper", "description": "", "icon": None, "owner": ME}
APPLICATION |= {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "flags": 0}
DISALLOWED_INTENTS = 4014  # the close code for a privileged intent that was not switched on


def answer(body: object, status: int = 200) -> web.Response:
    """As JSON; discord.py reads it as such only when the header names no character set."""
    return web.Response(body=json.dumps(body).encode(), content_type="application/json", status=status)


@dataclass
class Wire:
    """What the stand-in was asked, and how it should behave."""

    refuse_intents: bool = False
    commands: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def gateway(self) -> str:
        return self.url.replace("http", "ws") + "/gateway/"

    async def rest(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return answer({"code": 0, "message": "401: Unauthorized"}, status=401)
        match request.method, request.match_info["path"]:
            case "GET", "users/@me":
                return answer(ME)
            case "GET", "oauth2/applications/@me":
                return answer(APPLICATION)
            case "GET", "applications/100/commands":
                return answer(self.commands)
            case "PUT", "applications/100/commands":
                given = await request.json()
                self.commands = [
                    {"description": ""} | c | {"id": str(n), "application_id": "100", "version": "1"}
                    for n, c in enumerate(given)
                ]
                return answer(self.commands)
        return answer({"code": 0, "message": "404: Not Found"}, status=404)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        packer = zlib.compressobj()

        async def send(op: int, data: object, event: str | None = None) -> None:
            text = json.dumps({"op": op, "d": data, "t": event, "s": 1 if event else None}).encode()
            await socket.send_bytes(packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))

        await send(10, {"heartbeat_interval": 45_000})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            match json.loads(message.data)["op"]:
                case 1:
                    await send(11, None)
                case 2 if self.refuse_intents:
                    await socket.close(code=DISALLOWED_INTENTS)
                case 2:
                    ready = {
                        "v": 10,
                        "user": ME,
                        "guilds": [],
                        "session_id": "s",
                        "application": {"id": "100", "flags": 0},
                    }
                    await send(0, ready | {"resume_gateway_url": self.gateway}, "READY")
        return socket


@asynccontextmanager
async def discord_on_a_wire(**behaviour: Any) -> AsyncIterator[Wire]:
    """The stand-in, listening on a free port."""
    wire = Wire(**behaviour)
    app = web.Application()
    app.router.add_get("/gateway/", wire.socket)
    app.router.add_route("*", "/api/{path:.*}", wire.rest)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        wire.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield wire
    finally:
        await runner.cleanup()
