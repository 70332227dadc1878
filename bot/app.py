"""The composition root: settings -> content -> store -> service -> platforms, in one TaskGroup."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from bot.admins import Admins
from bot.asking import Answering
from bot.care import Care
from bot.clock import SystemClock
from bot.content import Content, warn_of
from bot.digest import Digest
from bot.health import Health, serve
from bot.loading import Loader
from bot.memory import hold_little, settle
from bot.metrics import Metrics
from bot.moderation import Moderation, Outbox
from bot.packs.examples import ExampleFiles
from bot.packs.files import glance
from bot.ports import Clock, Notifier, Store
from bot.privacy import Privacy
from bot.proposing import Proposing
from bot.reading import ReadingRoom
from bot.settings import Settings
from bot.stores.open import open_store
from bot.workers import Worker

log = logging.getLogger(__name__)
SETTLED = 5.0  # seconds after which the start is over


@asynccontextmanager
async def service(
    settings: Settings, clock: Clock, metrics: Metrics | None = None, loader: Loader | None = None
) -> AsyncIterator[tuple[Moderation, Store, ReadingRoom]]:
    """The moderation service over its content and store."""
    metrics = metrics or Metrics()
    async with open_store(settings.data, settings.store_url, settings.text_key) as store:
        loaded = await (loader or Loader(settings)).first(store)
        async with ReadingRoom(loaded.screener) as room:
            metrics.watch(room)
            metrics.content(loaded.pack.revision)
            moderation = Moderation(
                pack=loaded.pack, screener=room, store=store, clock=clock, policy=settings.policy, meter=metrics
            )
            moderation.use(loaded.pack, loaded.urgent, held_back=loaded.held_back, shown=loaded.shown)
            warn_of(loaded.held_back)
            yield moderation, store, room


async def run(settings: Settings, clock: Clock | None = None) -> None:
    """Run every platform that the settings ask for, until SIGINT or SIGTERM."""
    clock = clock or SystemClock()
    hold_little()
    async with AsyncExitStack() as stack:
        metrics, loader = Metrics(), Loader(settings)
        moderation, store, room = await stack.enter_async_context(service(settings, clock, metrics, loader))
        log.info("content revision %s is loaded", moderation.pack.revision)
        answering = Answering(
            moderation=moderation,
            store=store,
            clock=clock,
            pace=settings.pace,
            quiet=timedelta(minutes=settings.answers.offer_quiet_minutes),
        )
        files = ExampleFiles(settings.content, loader.screener)
        proposing = Proposing(store=store, clock=clock, write=files.write)
        health = Health(clock)
        health.watch(store.trouble)
        worker = await stack.enter_async_context(Worker(store, clock).working())
        notifiers: dict[str, Notifier] = {}
        platforms = []
        if settings.runs_sandbox:
            from bot.sandbox.server import Sandbox  # as with each platform: it takes time and memory
            from bot.sandbox.workspace import open_workspace

            workspace = await stack.enter_async_context(open_workspace(settings.data))
            notifiers["sandbox"] = workspace
            address = settings.sandbox
            page = Sandbox(workspace, moderation, host=address.host, port=address.port, proposing=proposing)
            platforms.append(page.run)
        if settings.discord_token is not None:
            from bot.discord_.client import DiscordBot  # costs 0.3 s to import, so only where it is used

            token = settings.discord_token.get_secret_value()

            async def discord() -> None:
                """While this process has the leases: a shard tells all its connections everything, so one is enough."""
                bot = DiscordBot(
                    settings.discord,
                    moderation=moderation,
                    store=store,
                    clock=clock,
                    answering=answering,
                    proposing=proposing,
                )
                notifiers["discord"] = bot.notifier
                health.watch(bot.why_not_ready)
                try:
                    await bot.run_until_closed(token)
                finally:
                    health.forget(bot.why_not_ready)
                    del notifiers["discord"]

            platforms.append(lambda: worker.hold_all(settings.discord.shards.leases, discord))
        if settings.slack_bot_token is not None:
            from bot.slack_.client import slack_bot_of

            slack_bot = slack_bot_of(
                settings,
                moderation=moderation,
                store=store,
                clock=clock,
                answering=answering,
                proposing=proposing,
            )
            notifiers["slack"] = slack_bot.notifier
            health.watch(slack_bot.why_not_ready)
            platforms.append(slack_bot.run_until_closed)
        outbox = Outbox(store=store, moderation=moderation, notifiers=notifiers, clock=clock, worker=worker.id)
        if settings.runs_health:
            runner = await serve(
                health, settings.health.host, settings.health.port, lambda: metrics.page_with(store.backlog)
            )
            stack.push_async_callback(runner.cleanup)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(p()) for p in platforms]
            if settings.digest_period is not None:
                digest = Digest(
                    moderation=moderation,
                    store=store,
                    notifiers=notifiers,
                    clock=clock,
                    period=settings.digest_period,
                )
                tasks.append(group.create_task(digest.run()))
            content = Content(
                glance=lambda: glance(settings.content),
                load=loader.load,
                moderation=moderation,
                room=room,
                store=store,
                clock=clock,
                notifiers=notifiers,
                taken_over=metrics.content,
            )
            tasks.append(group.create_task(content.run(alive=lambda: health.beat("the watch over the content"))))
            admins = Admins(store=store, clock=clock, notifiers=notifiers)
            care = Care(moderation=moderation, admins=admins, clock=clock, also=(proposing.news,))
            tasks.append(group.create_task(care.run()))
            privacy = Privacy(store=store, clock=clock, keep_text=settings.policy.keep_text)
            tasks.append(group.create_task(privacy.run(alive=lambda: health.beat("the purging of old words"))))
            tasks.append(group.create_task(settle(SETTLED)))
            tasks.append(group.create_task(worker.run()))
            tasks.append(group.create_task(outbox.run(alive=lambda: health.beat("the outbox"))))
            _stop_on_signals(tasks)


def _stop_on_signals(tasks: list[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: [t.cancel() for t in tasks])
