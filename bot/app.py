"""The composition root: settings -> content -> store -> service -> platforms, in one TaskGroup."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from bot.admins import Admins
from bot.asking import Answering
from bot.care import Care
from bot.clock import SystemClock
from bot.content import Broken, Content, Loaded, files_of, revisions, warn_of
from bot.core import answers
from bot.core.trials import Shown
from bot.core.urgent import UrgentReader
from bot.digest import Digest
from bot.health import Health, serve
from bot.judging import Judge
from bot.metrics import Metrics
from bot.moderation import Moderation, Outbox
from bot.packs.files import Files, collect, glance
from bot.packs.problems import PackErrors
from bot.packs.read import examine_files, usable
from bot.ports import Clock, Notifier, Store
from bot.privacy import Privacy
from bot.readers import screener_for
from bot.reading import ReadingRoom
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import open_workspace
from bot.settings import Settings
from bot.stores.open import open_store
from bot.workers import Worker

log = logging.getLogger(__name__)


@asynccontextmanager
async def service(
    settings: Settings, clock: Clock, metrics: Metrics | None = None, judge: Judge | None = None
) -> AsyncIterator[tuple[Moderation, Store, ReadingRoom]]:
    """The moderation service over its content and store."""
    metrics = metrics or Metrics()
    async with open_store(settings.data, settings.store_url, settings.text_key) as store:
        loaded = await _first_content(settings, store, judge or Judge())
        async with ReadingRoom(loaded.screener) as room:
            metrics.watch(room)
            metrics.content(loaded.pack.revision)
            moderation = Moderation(
                pack=loaded.pack, screener=room, store=store, clock=clock, policy=settings.policy, meter=metrics
            )
            moderation.use(loaded.pack, loaded.urgent, held_back=loaded.held_back, shown=loaded.shown)
            warn_of(loaded.held_back)
            yield moderation, store, room


def load_content(settings: Settings, judge: Judge | None = None) -> Loaded:
    """The content on disk. Raises Broken with everything that keeps it from being used."""
    files = collect(settings.content)
    try:
        return _loaded(files, settings, judge or Judge())
    except PackErrors as error:
        raise Broken(str(error)) from None


async def _first_content(settings: Settings, store: Store, judge: Judge) -> Loaded:
    """The content on disk or, where that is broken, what was last in force. Raises PackErrors if there is neither."""
    files = collect(settings.content)
    try:
        return _loaded(files, settings, judge)
    except PackErrors as error:
        known = await revisions(store)
        kept = await files_of(store, known[0].revision) if known else None
        if kept is None:
            raise
        log.warning("the content can't be used; revision %s stays in force:\n%s", known[0].revision, error)
        return _loaded(replace(files, contents=kept, problems=()), settings, judge)


def _loaded(files: Files, settings: Settings, judge: Judge) -> Loaded:
    pack = usable(examine_files(files))
    screener = screener_for(pack, notice=settings.screening.notice, shadow=settings.screening.shadow)
    shown = Shown.of(pack)
    for each in {id(p): p for p in (shown.live, shown.trying)}.values():
        answers.index_of(each)  # here, where nobody waits for it, rather than under the first question
    held_back = judge.held_back(pack, screener)
    return Loaded(pack, screener, UrgentReader(pack.safety.red_flags), files.contents, held_back, shown)


async def run(settings: Settings, clock: Clock | None = None) -> None:
    """Run every platform that the settings ask for, until SIGINT or SIGTERM."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        metrics, judge = Metrics(), Judge()
        moderation, store, room = await stack.enter_async_context(service(settings, clock, metrics, judge))
        log.info("content revision %s is loaded", moderation.pack.revision)
        answering = Answering(
            moderation=moderation,
            store=store,
            clock=clock,
            pace=settings.pace,
            quiet=timedelta(minutes=settings.answers.offer_quiet_minutes),
        )
        health = Health(clock)
        health.watch(store.trouble)
        worker = await stack.enter_async_context(Worker(store, clock).working())
        notifiers: dict[str, Notifier] = {}
        platforms = []
        if settings.runs_sandbox:
            workspace = await stack.enter_async_context(open_workspace(settings.data))
            notifiers["sandbox"] = workspace
            platforms.append(Sandbox(workspace, moderation, host=settings.sandbox.host, port=settings.sandbox.port).run)
        if settings.discord_token is not None:
            from bot.discord_.client import DiscordBot  # costs 0.3 s to import, so only where it is used

            token = settings.discord_token.get_secret_value()

            async def discord() -> None:
                """While this process has the lease: Discord tells each connection everything, so one is enough."""
                bot = DiscordBot(settings.discord, moderation=moderation, store=store, clock=clock, answering=answering)
                notifiers["discord"] = bot.notifier
                health.watch(bot.why_not_ready)
                try:
                    await bot.run_until_closed(token)
                finally:
                    health.forget(bot.why_not_ready)
                    del notifiers["discord"]

            platforms.append(lambda: worker.hold("discord", discord))
        if settings.slack_bot_token is not None:
            from bot.slack_.client import slack_bot_of

            slack_bot = slack_bot_of(settings, moderation=moderation, store=store, clock=clock, answering=answering)
            notifiers["slack"] = slack_bot.notifier
            health.watch(slack_bot.why_not_ready)
            platforms.append(slack_bot.run_until_closed)
        outbox = Outbox(store=store, moderation=moderation, notifiers=notifiers, clock=clock, worker=worker.id)
        if settings.runs_health:
            runner = await serve(health, settings.health.host, settings.health.port, metrics.page)
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
                load=lambda: load_content(settings, judge),
                moderation=moderation,
                room=room,
                store=store,
                clock=clock,
                notifiers=notifiers,
                taken_over=metrics.content,
            )
            tasks.append(group.create_task(content.run(alive=lambda: health.beat("the watch over the content"))))
            admins = Admins(store=store, clock=clock, notifiers=notifiers)
            care = Care(moderation=moderation, admins=admins, clock=clock)
            tasks.append(group.create_task(care.run()))
            privacy = Privacy(store=store, clock=clock, keep_text=settings.policy.keep_text)
            tasks.append(group.create_task(privacy.run(alive=lambda: health.beat("the purging of old words"))))
            tasks.append(group.create_task(worker.run()))
            tasks.append(group.create_task(outbox.run(alive=lambda: health.beat("the outbox"))))
            _stop_on_signals(tasks)


def _stop_on_signals(tasks: list[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: [t.cancel() for t in tasks])
