"""Who may talk to the sandbox's server, and in which words it refuses.

The page is local, but any site that the same browser visits could try to reach it: so the Host header is checked
(against DNS rebinding), changes need a token that other sites can't read, and the page runs no foreign code.
"""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.core.review import Refused
from bot.sandbox import wording
from bot.sandbox.feed import TooManyWatchers
from bot.sandbox.payload import BadPayload
from bot.sandbox.people import Signer, Visitor
from bot.sandbox.room import Forbidden, NotHere

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # compared with, never listened on  # nosec
TOKEN_HEADER = "X-Sandbox-Token"  # a header's name  # nosec B105
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STATUS = {BadPayload: 400, Forbidden: 403, NotHere: 404, Refused: 409, TooManyWatchers: 503}


class Gate:
    """The checks that every request passes."""

    def __init__(self, signer: Signer, *, host: str, cookie: str) -> None:
        self._signer = signer
        self._hosts = LOOPBACK | ({host} - EVERYWHERE)
        self._cookie = cookie

    def visitor(self, request: web.Request) -> Visitor | None:
        """Who asks; None for a browser that hasn't been here since the process started."""
        return self._signer.visitor(request.cookies.get(self._cookie, ""))

    def greet(self, response: web.StreamResponse, visitor: Visitor) -> None:
        """Make the browser remember who it is."""
        cookie = self._signer.cookie(visitor)
        response.set_cookie(self._cookie, cookie, httponly=True, samesite="Strict", path="/")

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let only the page itself through."""
        if _hostname(request.host) not in self._hosts:
            raise Forbidden(wording.STRANGE_ADDRESS)
        if request.method not in ("GET", "HEAD"):
            self._check_change(request)
        return await handler(request)

    def _check_change(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise Forbidden(wording.STRANGE_PAGE)
        visitor = self.visitor(request)
        if visitor is None or not self._signer.accepts(visitor, request.headers.get(TOKEN_HEADER, "")):
            raise Forbidden(wording.OLD_PAGE)
        if request.content_type != "application/json":
            raise BadPayload(wording.NO_JSON)


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a JSON object with plain words."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _refusal(error.status, _http_words(error))
    except tuple(STATUS) as error:
        return _refusal(STATUS[type(error)], str(error) or wording.TOO_MANY_PAGES)
    except (ConnectionError, TimeoutError):
        raise
    except Exception as error:  # the outermost shell of the page
        log.exception("%s %s failed: %s", request.method, request.path, type(error).__name__)
        return _refusal(500, wording.TROUBLE)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the safety headers on every response."""
    response.headers.update(HEADERS)


def _refusal(status: int, words: str) -> web.Response:
    return web.json_response({"error": words}, status=status)


def _http_words(error: web.HTTPException) -> str:
    return wording.HTTP.get(error.status, error.reason)


def _hostname(host: str) -> str:
    """The name in a Host header, without port and brackets; "" for nonsense."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
