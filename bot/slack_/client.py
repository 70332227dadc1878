"""The Slack app: a socket, events in, and the buttons and forms that people use."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.review import Refused
from bot.moderation import Moderation
from bot.ports import Clock, Store, Undeliverable
from bot.settings import Settings, Slack
from bot.slack_ import setup
from bot.slack_.acts import Acts
from bot.slack_.answering import Answering
from bot.slack_.api import SlackApi
from bot.slack_.blocks import words_form
from bot.slack_.convert import Visit, visit_of
from bot.slack_.directory import Directory
from bot.slack_.errors import NEW_TOKEN, WRONG_TOKEN, SlackRefused, SlackUnusable
from bot.slack_.inbox import Seen, Work
from bot.slack_.markup import escape
from bot.slack_.notifier import SlackNotifier
from bot.slack_.reply import TITLE, WORKING, Replies
from bot.slack_.watch import Watcher

log = logging.getLogger(__name__)
FLUSH = 5.0  # seconds between saves of how far each channel was read
PING = 5.0  # seconds between signs of life on the socket
QUICK = 1.0  # seconds within which a form is mostly done with; then the acknowledgement carries the outcome
GRACE = 1.0  # seconds by which a later outcome follows the acknowledgement, lest it be overtaken
TROUBLE = "Something went wrong on our side. Please try again in a moment."
NOT_CONNECTED = "Slack is not connected"
REMOVED = "The app was removed from the Slack workspace, or its token was revoked. Install it again."
Body = dict[str, Any]
Step = Callable[[Visit], Awaitable[None]]
FormStep = Callable[[Visit, Mapping[str, Any]], Awaitable[str]]


class SlackBot:
    """Watches channels, shows notices, answers commands; decides nothing itself."""

    def __init__(
        self,
        settings: Slack,
        *,
        bot_token: str,
        app_token: str = "",
        signing_secret: str = "",
        moderation: Moderation,
        store: Store,
        clock: Clock,
        ping: float = PING,
    ) -> None:
        self.settings = settings
        self.moderation = moderation
        self.clock = clock
        self.work = Work()
        self.connected = asyncio.Event()
        self._app_token, self._ping = app_token, ping
        client = AsyncWebClient(bot_token, base_url=settings.api_base, retry_handlers=[])
        self.api = SlackApi(client, clock)
        self.directory = Directory(self.api, settings, clock)
        self.replies = Replies(self.api)
        self.acts = Acts(moderation, self.directory, self.replies, clock)
        self.answering = Answering(moderation, self.api, self.replies)
        self.notifier = SlackNotifier(
            self.api, pack=moderation.pack, policy=moderation.policy, settings=settings, since=clock.now()
        )
        self.watcher = Watcher(
            self.api,
            self.directory,
            settings,
            moderation=moderation,
            store=store,
            clock=clock,
            work=self.work,
            offer=self.answering.offer,
        )
        self.app = AsyncApp(
            client=client,
            signing_secret=signing_secret,
            logger=logging.getLogger("slack_bolt"),
            ignoring_self_events_enabled=False,  # it would also hide that somebody deleted a notice of ours
        )
        self._seen = Seen()
        self._trouble: str | None = NOT_CONNECTED
        self._listen()

    async def run_until_closed(self) -> None:
        """Connect and stay connected. Raises SlackUnusable when the set-up is wrong."""
        async with aiohttp.ClientSession() as session:
            self.api.client.session = session
            await self._check()
            saving = asyncio.create_task(self._save_for_ever())
            try:
                async with self._socket():
                    await asyncio.Event().wait()
            finally:
                saving.cancel()
                self._trouble = NOT_CONNECTED
                await self.watcher.close()

    def why_not_ready(self) -> str | None:
        """For the health check: None when connected."""
        return self._trouble

    @staticmethod
    async def outcome(visit: Visit, step: Awaitable[str | None]) -> str | None:
        """Do it; what is to be told to whoever acted: the step's own words, a refusal, or that it failed."""
        try:
            return await step
        except Refused as refusal:
            log.warning("refused: user %s tried %s in channel %s", visit.user, visit.action or "a form", visit.channel)
            return str(refusal)
        except Undeliverable as error:
            log.warning("an act failed: %s", error)
        except Exception as error:
            log.exception("an act failed: %s", type(error).__name__)
        return TROUBLE

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[None]:
        door = await self._door()
        socket = AsyncSocketModeHandler(self.app, self._app_token, ping_interval=self._ping)
        socket.client.wss_uri = door
        socket.client.message_listeners.append(self._hello)
        try:
            await socket.client.connect()  # type: ignore[no-untyped-call]
            yield
        finally:
            await socket.client.close()  # type: ignore[no-untyped-call]

    async def _check(self) -> None:
        try:
            await self.api.identity()
        except SlackRefused as error:
            if error.code in WRONG_TOKEN:
                raise SlackUnusable(f"Slack refused SLACK_BOT_TOKEN ({error.code}). {NEW_TOKEN}") from None
            raise SlackUnusable(f"Slack can't be used: {error}.") from None
        except Undeliverable as error:
            raise SlackUnusable(f"{error}. Check the network, and slack.api_base in config/bot.yaml.") from None
        async for problem in setup.problems(self.api, self.settings):
            log.warning("%s", problem)

    async def _door(self) -> str:
        """Where the socket is. Raises SlackUnusable where the app token opens none."""
        try:
            answer = await self.api.call(self.api.client.apps_connections_open, app_token=self._app_token)
        except Undeliverable as error:
            raise SlackUnusable(
                f"Slack opened no socket ({error}). SLACK_APP_TOKEN should be an app-level token (xapp-…) with the"
                " scope connections:write, and Socket Mode should be switched on."
            ) from None
        return str(answer["url"])

    def _listen(self) -> None:
        self.app.use(self._once)
        self.app.event("message")(self._on_message)
        self.app.event("member_joined_channel")(self._on_joined)
        self.app.event(re.compile("tokens_revoked|app_uninstalled"))(self._on_removed)
        self._on_action(r"^case:", self.acts.clicked)
        self._on_action(r"^uphold:flags$", self.acts.chose_flags)
        self._on_action(r"^uphold:(post|edit|private|record)$", self.acts.upheld)
        self._on_action(r"^appeal$", self.acts.appealed)
        self._on_action(r"^answer:show$", self.answering.shown)
        self._on_action(r"^answer:share$", self.answering.shared)
        self._on_form("correction", self.acts.corrected)
        self._on_form("note", self.acts.noted)

    def _on_action(self, pattern: str, step: Step) -> None:
        async def act(ack: Any, body: Body) -> None:
            async with self.work.busy():
                await ack()
                visit = visit_of(body)
                words = await self.outcome(visit, step(visit))
                if words is not None:
                    await self.replies.tell(visit, words)

        self.app.action(re.compile(pattern))(act)

    def _on_form(self, name: str, step: FormStep) -> None:
        async def sent(ack: Any, body: Body) -> None:
            async with self.work.busy():
                visit = visit_of(body)
                doing = asyncio.create_task(self.outcome(visit, step(visit, body)))
                done, _ = await asyncio.wait({doing}, timeout=QUICK)
                if done:
                    await ack(response_action="update", view=words_form(TITLE, escape(doing.result() or "")))
                    return
                await ack(response_action="update", view=WORKING)
                words = await doing
                await self.clock.sleep(GRACE)
                await self.replies.tell(visit, words or "")

        self.app.view(name)(sent)

    async def _once(self, body: Body, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        """Slack may deliver the same thing again when our acknowledgement was lost."""
        name = body.get("event_id") or body.get("trigger_id")
        if name and not self._seen.is_new(name):
            return BoltResponse(status=200, body="")
        return await next()

    async def _on_message(self, event: Body) -> None:
        self.watcher.heard(event)

    async def _on_joined(self, event: Body) -> None:
        """The bot was invited to a channel: what it missed there is read."""
        async with self.work.busy():
            if event.get("user") == (await self.api.identity()).user:
                self.watcher.catch_up(str(event["channel"]))

    async def _on_removed(self, event: Body) -> None:
        self._trouble = REMOVED
        log.error("%s", REMOVED)

    async def _hello(self, client: Any, message: Body, raw: str | None) -> None:
        """A socket was opened: whatever was said while there was none is read before what comes through it."""
        if message.get("type") == "hello":
            self.watcher.catch_up()
            self._trouble = None
            self.connected.set()

    async def _save_for_ever(self) -> None:
        while True:
            await self.clock.sleep(FLUSH)
            await self.watcher.save()


def slack_bot_of(settings: Settings, *, moderation: Moderation, store: Store, clock: Clock) -> SlackBot:
    """The bot with the secrets of the settings."""

    def secret(value: SecretStr | None) -> str:
        return value.get_secret_value() if value else ""

    return SlackBot(
        settings.slack,
        bot_token=secret(settings.slack_bot_token),
        app_token=secret(settings.slack_app_token),
        signing_secret=secret(settings.slack_signing_secret),
        moderation=moderation,
        store=store,
        clock=clock,
    )
