"""The bot on Slack: its parts put together, its connection, and what it listens to."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.asking import Answering as Asking
from bot.moderation import Moderation
from bot.ports import Clock, Store, Undeliverable
from bot.privacy import Privacy as Keeping
from bot.proposing import Proposing
from bot.settings import Settings, Slack
from bot.slack_ import doors, setup
from bot.slack_.acts import Acts
from bot.slack_.answering import Answering
from bot.slack_.api import SlackApi
from bot.slack_.console import Console
from bot.slack_.convert import Visit
from bot.slack_.directory import Directory
from bot.slack_.errors import COPY_AGAIN, WRONG_TOKEN, SlackRefused, SlackUnusable
from bot.slack_.examples import Examples
from bot.slack_.home import Home
from bot.slack_.inbox import Work
from bot.slack_.listeners import Body, Listeners, Outcome
from bot.slack_.notifier import SlackNotifier
from bot.slack_.outdated import Renewals
from bot.slack_.privacy import Privacy
from bot.slack_.reply import Replies
from bot.slack_.reports import Reports
from bot.slack_.watch import Watcher

log = logging.getLogger(__name__)
FLUSH = 1.0  # seconds between saves of how far each channel was read
PING = 5.0  # seconds between signs of life on the socket
NOT_CONNECTED = "Slack is not connected"
CLOSED = "Slack's socket is closed, and is being opened again"
REMOVED = "The app was removed from the Slack workspace, or its token was revoked. Install it again."


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
        answering: Asking | None = None,
        proposing: Proposing | None = None,
        ping: float = PING,
    ) -> None:
        self.settings = settings
        self.moderation = moderation
        self.work = Work()
        self.connected = asyncio.Event()
        self.port = 0  # where it listens, in HTTP mode
        self._clock = clock
        self._app_token, self._ping = app_token, ping
        self._trouble: str | None = NOT_CONNECTED
        self._is_open: doors.IsOpen = lambda: True
        client = AsyncWebClient(bot_token, base_url=settings.api_base, retry_handlers=[])
        self.api = SlackApi(client, clock)
        self.app = AsyncApp(
            client=AsyncWebClient(base_url=settings.api_base, retry_handlers=[]),
            authorize=_identity_of(self.api),
            signing_secret=signing_secret,
            logger=_bolts_own_log(),
            ignoring_self_events_enabled=False,  # it would also hide that somebody deleted a notice of ours
        )
        directory, replies = Directory(self.api, settings, clock), Replies(self.api)
        self._directory = directory
        self.notifier = SlackNotifier(
            self.api,
            pack=lambda: moderation.pack,
            policy=moderation.policy,
            settings=settings,
        )
        asking = answering or Asking(moderation=moderation, store=store, clock=clock)
        self._answering = Answering(moderation, asking, self.api, replies)
        keeping = Keeping(store=store, clock=clock, keep_text=moderation.policy.keep_text)
        self._privacy = Privacy(keeping, replies)
        self.watcher = Watcher(
            self.api,
            directory,
            settings,
            moderation=moderation,
            store=store,
            clock=clock,
            work=self.work,
            offer=self._answering.offer,
        )
        self._examples = Examples(proposing or Proposing(store=store, clock=clock), directory, replies)
        self._acts = Acts(moderation, directory, replies, self._examples, clock)
        self._renewals = Renewals(moderation, directory, replies, clock)
        self._console = Console(
            moderation, asking, directory, replies, self._acts, self._renewals, self._examples, self.api, clock
        )
        self._home = Home(moderation, directory, self._console, self.api)
        self._reports = Reports(moderation, directory, replies, self.watcher, settings)
        self._listen(Listeners(self.app, self.work, replies, clock))

    async def run_until_closed(self) -> None:
        """Connect and stay connected. Raises SlackUnusable when the set-up is wrong."""
        async with aiohttp.ClientSession() as session:
            self.api.client.session = session
            await self._check()
            saving = asyncio.create_task(self._save_for_ever())
            try:
                async with self._door() as self._is_open:
                    await asyncio.Event().wait()
            finally:
                saving.cancel()
                self._trouble = NOT_CONNECTED
                await self.watcher.close()

    def why_not_ready(self) -> str | None:
        """For the health check: None when connected."""
        return self._trouble or self.api.trouble or (None if self._is_open() else CLOSED)

    def _door(self) -> AbstractAsyncContextManager[doors.IsOpen]:
        if self.settings.mode == "http":
            return doors.server(self.app, self.settings.host, self.settings.port, self._opened)
        return doors.socket(self.app, self.api, self._app_token, self._ping, self._opened)

    def _opened(self, port: int) -> None:
        """Whatever was said while nothing reached us is read before what comes from now on."""
        log.info("Slack is connected")
        self._trouble, self.port = None, port
        self.watcher.catch_up()
        self.connected.set()

    async def _check(self) -> None:
        try:
            await self.api.identity()
        except SlackRefused as error:
            if error.code in WRONG_TOKEN:
                raise SlackUnusable(f"Slack refused SLACK_BOT_TOKEN ({error.code}). {COPY_AGAIN}") from None
            raise SlackUnusable(f"Slack can't be used: {error}.") from None
        except Undeliverable as error:
            raise SlackUnusable(f"{error}. Check the network, and slack.api_base in config/bot.yaml.") from None
        async for problem in setup.problems(self.api, self.settings):
            log.warning("%s", problem)

    def _listen(self, on: Listeners) -> None:
        on.on_event("message", self._said)
        on.on_event("member_joined_channel", self._joined)
        on.on_event(re.compile("^(channel|group)_deleted$"), self._lost)
        on.on_event(re.compile("^(channel|group)_(archive|left)$"), self._closed)
        on.on_event(re.compile("^(channel|group)_unarchive$"), self._reopened)
        on.on_event("app_home_opened", self._looked)
        on.on_event(re.compile("tokens_revoked|app_uninstalled"), self._removed)
        on.on_command("moderation", self._console.asked)
        on.on_command("privacy", self._privacy.asked)
        on.on_other_commands(self._answering.asked)  # whatever the content calls it, now or after an edit
        on.on_shortcut("answer_with", self._answering.answer_with)
        on.on_shortcut("report", self._reports.begun)
        on.on_search("topic", self._answering.suggested)
        on.on_action(r"^case:", self._then_home(self._acts.clicked))
        on.on_action(r"^uphold:flags$", self._acts.chose_flags)
        on.on_action(r"^uphold:(post|edit|private|record)$", self._then_home(self._acts.upheld))
        on.on_action(r"^renew:(amend|reissue)$", self._renewals.pressed)
        on.on_action(r"^appeal$", self._acts.appealed)
        on.on_action(r"^answer:show(:\d)?$", self._answering.shown)
        on.on_action(r"^answer:share$", self._answering.shared)
        on.on_action(r"^answer:vote:(yes|no)$", self._answering.voted)
        on.on_action(r"^privacy:export$", self._privacy.exported)
        on.on_action(r"^privacy:erase$", self._privacy.erased)
        on.on_action(r"^queue:(before|next)$", self._console.turned)
        on.on_action(r"^queue:open$", self._console.opened)
        on.on_action(r"^home:ask$", self._answering.ask_at_home)
        on.on_action(r"^example:approve$", self._examples.approved)
        on.on_action(r"^example:reject$", self._examples.rejected)
        on.on_form("example", self._then_home(self._examples.sent))
        on.on_form("correction", self._then_home(self._acts.corrected))
        on.on_form("renew", self._renewals.sent)
        on.on_form("note", self._then_home(self._acts.noted))
        on.on_form("answer", self._answering.picked)
        on.on_form("report", self._reports.sent)

    async def _said(self, event: Body) -> None:
        self.watcher.heard(event)

    async def _joined(self, event: Body) -> None:
        """The bot was invited to a channel: what it missed there is read."""
        if event.get("user") == (await self.api.identity()).user:
            self.watcher.catch_up(str(event["channel"]))

    async def _lost(self, event: Body) -> None:
        self.watcher.lost(str(event["channel"]))

    async def _closed(self, event: Body) -> None:
        """A channel was archived, or the bot removed from it: nothing is heard from there, so admins must know."""
        channel, what = str(event["channel"]), str(event["type"]).partition("_")[2]
        if channel not in (*self.settings.watch, self.settings.moderators_channel):
            return
        words = setup.closed(await self._directory.place(channel), channel, what, self.settings)
        log.warning("%s", words)
        try:
            await self.notifier.alert_admin(words)
        except Undeliverable as error:
            log.warning("no admin could be told: %s", error)

    async def _reopened(self, event: Body) -> None:
        """What was missed there is read, as after an invitation."""
        self.watcher.catch_up(str(event["channel"]))

    async def _looked(self, event: Body) -> None:
        if event.get("tab") == "home":
            await self._home.show(str(event["user"]))

    async def _removed(self, event: Body) -> None:
        self._trouble = REMOVED
        log.error("%s", REMOVED)

    def _then_home(self, step: Callable[..., Awaitable[Outcome]]) -> Callable[..., Awaitable[Outcome]]:
        """After the step, the home page of whoever acted is made true again."""

        async def done(visit: Visit, *given: Any) -> Outcome:
            outcome = await step(visit, *given)
            await self._home.refresh(visit.user)
            return outcome

        return done

    async def _save_for_ever(self) -> None:
        while True:
            await self._clock.sleep(FLUSH)
            await self.watcher.save()


def _identity_of(api: SlackApi) -> Callable[..., Awaitable[AuthorizeResult]]:
    """There is one workspace, and who we are in it is known; bolt would ask again."""

    async def authorize(team_id: str) -> AuthorizeResult:
        me = await api.identity()
        return AuthorizeResult(
            enterprise_id=None, team_id=me.team, bot_id=me.bot, bot_user_id=me.user, bot_token=api.client.token
        )

    return authorize


def _bolts_own_log() -> logging.Logger:
    """Its errors only: its warnings quote payloads, and tell of tokens in the environment that we read ourselves."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger


def slack_bot_of(settings: Settings, **parts: Any) -> SlackBot:
    """The bot with the secrets of the settings."""

    def secret(value: SecretStr | None) -> str:
        return value.get_secret_value() if value else ""

    return SlackBot(
        settings.slack,
        bot_token=secret(settings.slack_bot_token),
        app_token=secret(settings.slack_app_token),
        signing_secret=secret(settings.slack_signing_secret),
        **parts,
    )
