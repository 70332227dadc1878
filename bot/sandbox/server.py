"""The sandbox's web server: a page, its state, live news, and what people can do there."""

import asyncio
import logging
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from aiohttp import web

from bot.core.answers import complete
from bot.core.console import Show
from bot.moderation import LONGEST_NOTE, Moderation
from bot.proposing import Proposing
from bot.sandbox import wording
from bot.sandbox.console import Console
from bot.sandbox.console_pages import ConsolePages, number_in
from bot.sandbox.desk import Desk
from bot.sandbox.example_pages import ExamplePages
from bot.sandbox.feed import Watcher
from bot.sandbox.gate import Gate, add_headers, answer_errors
from bot.sandbox.payload import Payload, storable
from bot.sandbox.people import Role, Signer, Visitor
from bot.sandbox.posts import CHANNEL
from bot.sandbox.room import DidYouMean, Forbidden, Room
from bot.sandbox.view import (
    Json,
    call_json,
    choices_json,
    pack_json,
    posts_json,
    reasons_json,
    shows_json,
    visitor_json,
)
from bot.sandbox.workspace import Workspace

log = logging.getLogger(__name__)
LARGEST_REQUEST = 64 * 1024  # bytes; the longest text takes 16 KiB, or 48 as JSON escapes
HEARTBEAT = 5  # seconds between signs of life on the event stream, by which closed pages are noticed
PAGE_TYPES: Mapping[str, str] = MappingProxyType(
    {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
)


class AddressUnusable(OSError):
    """The server can't listen there; the message tells the operator what to change."""


class Sandbox:
    """Serves the workspace in the browser until cancelled."""

    def __init__(
        self, workspace: Workspace, moderation: Moderation, *, host: str, port: int, proposing: Proposing
    ) -> None:
        self._workspace = workspace
        self._moderation = moderation
        self._host = host
        self._port = port
        self._signer = Signer()
        self._gate = Gate(self._signer, host=host, cookie=f"sandbox_{port}")
        self._room = Room(workspace, moderation)
        self._desk = Desk(workspace, moderation)
        self._console = Console(workspace, moderation)
        self._proposing = proposing
        self._files = _page_files()
        self.url = ""  # known once it is served
        self.ready = asyncio.Event()  # the page can be opened
        self.caught_up = asyncio.Event()  # and what an earlier process left is screened

    async def run(self) -> None:
        """Serve the page, and screen what was posted before the last end of the process. Raises AddressUnusable."""
        runner = web.AppRunner(self.build_app(), access_log=None, shutdown_timeout=2)
        await runner.setup()
        try:
            await self._listen(runner)
            await self._room.catch_up()
            self.caught_up.set()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    def build_app(self) -> web.Application:
        """The application alone, for tests and other servers."""
        app = web.Application(middlewares=[answer_errors, self._gate.check], client_max_size=LARGEST_REQUEST)
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._send_pages_away)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/page/{name}", self._page),
                web.get("/state", self._state),
                web.get("/events", self._events),
                web.get("/who", self._who),
                web.get("/complete", self._complete),
                web.post("/who", self._become),
                web.post("/post", self._post),
                web.post("/edit", self._edit),
                web.post("/delete", self._delete),
                web.post("/command", self._command),
                web.post("/report", self._report),
                web.post("/appeal", self._appeal),
                web.post("/replay", self._replay),
                web.post("/clear", self._clear),
                web.post("/preview", self._preview),
                web.post("/act", self._act),
                *ConsolePages(self._console, self._workspace, self._need).routes(),
                *ExamplePages(self._proposing, self._workspace, self._need).routes(),
            ]
        )
        return app

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            raise AddressUnusable(
                f"The sandbox can't listen on {self._host}, port {self._port}: {error.strerror or error}."
                " Is it running already? Otherwise choose another port under `sandbox` in the settings."
            ) from error
        self._port = runner.addresses[0][1]
        self.url = f"http://{self._host}:{self._port}/"
        self.ready.set()
        log.info("the sandbox is ready: open %s in your browser", self.url)

    async def _send_pages_away(self, app: web.Application) -> None:
        self._workspace.feed.close()

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        if name not in self._files:
            raise web.HTTPNotFound
        body, kind = self._files[name]
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def _state(self, request: web.Request) -> web.Response:
        """All that the visitor may see; a newcomer gets a cookie along with it."""
        visitor = self._gate.visitor(request)
        if visitor is None:
            return self._greeting(newcomer := self._signer.newcomer(), await self._seen_by(newcomer, request))
        return web.json_response(await self._seen_by(visitor, request))

    async def _seen_by(self, visitor: Visitor, request: web.Request) -> Json:
        pack = self._moderation.pack
        posts, moderates = await self._workspace.posts(), visitor.role.reaches(Role.MODERATOR)
        queue = await self._queue(request) if moderates else None
        cases = await self._desk.numbers(posts) if moderates else {}
        return {
            "who": visitor_json(visitor, self._signer.token(visitor)),
            "pack": pack_json(pack),
            "reasons": reasons_json(),
            "channels": [{"id": CHANNEL, "name": f"#{CHANNEL}"}],
            "posts": posts_json(posts, visitor, pack, cases, self._moderation.urgent_words),
            "queue": queue,
        }

    async def _queue(self, request: web.Request) -> Json:
        """The part of the queue that was asked for."""
        asked = Payload(request.query)
        show = asked.optional_choice("show", Show) or Show.WAITING
        found = await self._desk.queue(show, number_in(request, "page") or 1, number_in(request, "number"))
        return {
            "waiting": await self._desk.cards(found.cases),
            "closed": await self._desk.cards(found.closed),
            "show": show,
            "shows": shows_json(),
            "page": found.page,
            "pages": found.pages,
            "waits": found.waits,
            "calls": [call_json(c) for c in await self._workspace.calls()],
            "paused": await self._console.paused(),
        }

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one word whenever something changed; the page then asks for the state."""
        with self._workspace.feed.watch() as watcher:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            try:
                await _send_news(response, watcher)
            except ConnectionError:
                pass  # the page was closed
        return response

    async def _who(self, request: web.Request) -> web.Response:
        visitor = self._gate.visitor(request) or self._signer.newcomer()
        return self._greeting(visitor, visitor_json(visitor, self._signer.token(visitor)))

    async def _become(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        visitor = self._known(request).playing(payload.choice("role", Role))
        return self._greeting(visitor, visitor_json(visitor, self._signer.token(visitor)))

    def _greeting(self, visitor: Visitor, values: Json) -> web.Response:
        """The values, with a cookie by which the browser is known from now on."""
        response = web.json_response(values)
        self._gate.greet(response, visitor)
        return response

    async def _complete(self, request: web.Request) -> web.Response:
        typed = storable(request.query.get("q", "")[:200])
        return web.json_response(choices_json(complete(self._moderation.pack, typed, limit=25)))

    async def _post(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        post = await self._room.say(
            self._known(request).person, payload.text("text"), reply_to=payload.optional_number("reply_to")
        )
        return web.json_response({"id": post.id})

    async def _edit(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        await self._room.edit(self._known(request), payload.number("id"), payload.text("text"))
        return _done()

    async def _delete(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        await self._room.delete(self._known(request), payload.number("id"))
        return _done()

    async def _command(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        found = await self._room.ask(
            self._known(request).person,
            payload.text("text", longest=200),
            reply_to=payload.optional_number("reply_to"),
        )
        if isinstance(found, DidYouMean):
            return web.json_response({"did_you_mean": choices_json(found.choices), "words": found.words})
        return web.json_response({"id": found.id})

    async def _report(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        seen = await self._room.report(
            self._known(request), payload.number("id"), payload.optional_text("text", longest=LONGEST_NOTE)
        )
        return web.json_response({"seen": seen})

    async def _appeal(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        await self._room.appeal(self._known(request), payload.number("id"))
        return _done()

    async def _replay(self, request: web.Request) -> web.Response:
        await self._room.replay()
        return _done()

    async def _clear(self, request: web.Request) -> web.Response:
        self._need(request, Role.ADMIN)
        await self._room.clear()
        return _done()

    async def _preview(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        return web.json_response({"text": await self._desk.preview(await _payload(request))})

    async def _act(self, request: web.Request) -> web.Response:
        visitor = self._need(request, Role.MODERATOR)
        case = await self._desk.act(visitor, await _payload(request))
        return web.json_response({"case": case.id, "version": case.version, "status": case.status})

    def _known(self, request: web.Request) -> Visitor:
        """Who asks. Raises Forbidden for somebody new; the gate lets no change of theirs through anyway."""
        visitor = self._gate.visitor(request)
        if visitor is None:
            raise Forbidden(wording.OLD_PAGE)
        return visitor

    def _need(self, request: web.Request, role: Role) -> Visitor:
        visitor = self._known(request)
        if not visitor.role.reaches(role):
            log.warning("refused: a %s tried %s, which takes a %s", visitor.role, request.path, role)
            raise Forbidden(wording.takes_a(visitor.role, role))
        return visitor


async def _payload(request: web.Request) -> Payload:
    return Payload.of(await request.read())


def _done() -> web.Response:
    return web.json_response({"done": True})


async def _send_news(response: web.StreamResponse, watcher: Watcher) -> None:
    await response.write(b"retry: 1000\n\n")
    while not watcher.gone:
        try:
            async with asyncio.timeout(HEARTBEAT):
                await watcher.changed()
            await response.write(b"event: changed\ndata: {}\n\n")
        except TimeoutError:
            await response.write(b": still here\n\n")


def _page_files() -> Mapping[str, tuple[bytes, str]]:
    """The page's files by name, with their types; nothing else can be asked for."""
    folder = resources.files("bot.sandbox").joinpath("page")
    files = (f for f in folder.iterdir() if f.is_file())
    return {f.name: (f.read_bytes(), kind) for f in files if (kind := PAGE_TYPES.get("." + f.name.rpartition(".")[2]))}
