"""How Slack reaches the app: through a socket that we open, or over HTTP with signatures that are checked."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.ports import Undeliverable
from bot.slack_.api import SlackApi
from bot.slack_.errors import SlackUnusable

log = logging.getLogger(__name__)
PATH = "/slack/events"
LARGEST = 1_000_000  # bytes of a request
IsOpen = Callable[[], bool]
Opened = Callable[[int], None]  # told the port of a server, 0 for a socket


@asynccontextmanager
async def socket(app: AsyncApp, api: SlackApi, app_token: str, ping: float, opened: Opened) -> AsyncIterator[IsOpen]:
    """A connection that is opened again whenever it breaks; `opened` is called each time. Raises SlackUnusable.

    What comes of it tells whether it is open now.
    """
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=ping)
    handler.client.wss_uri = await _address(api, app_token)

    async def hello(client: Any, message: dict[str, Any], raw: str | None) -> None:
        if message.get("type") == "hello":  # nothing comes through a socket before it
            opened(0)

    handler.client.message_listeners.append(hello)
    try:
        await handler.client.connect()  # type: ignore[no-untyped-call]
        yield lambda: handler.client.current_session is not None and not handler.client.current_session.closed
    finally:
        await handler.client.close()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def server(app: AsyncApp, host: str, port: int, opened: Opened) -> AsyncIterator[IsOpen]:
    """A web server for Slack's requests. Bolt checks their signatures. Raises OSError."""

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    site = web.Application(client_max_size=LARGEST)
    site.router.add_post(PATH, take)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        found: int = runner.addresses[0][1]
        log.info("listening for Slack on %s, port %s, path %s", host, found, PATH)
        opened(found)
        yield lambda: True
    finally:
        await runner.cleanup()


async def _address(api: SlackApi, app_token: str) -> str:
    try:
        answer = await api.call(api.client.apps_connections_open, app_token=app_token)
    except Undeliverable as error:
        raise SlackUnusable(
            f"Slack opened no socket ({error}). SLACK_APP_TOKEN should be an app-level token (xapp-…) with the"
            " scope connections:write, and Socket Mode should be switched on."
        ) from None
    return str(answer["url"])
