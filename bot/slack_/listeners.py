"""What Slack's app listens to: each payload is acknowledged at once, converted, and handed on."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.core.review import Refused
from bot.ports import Clock, Undeliverable
from bot.slack_ import wording as ours
from bot.slack_.blocks import Block, words_form
from bot.slack_.convert import Visit, visit_of
from bot.slack_.inbox import Seen, Work
from bot.slack_.markup import escape
from bot.slack_.reply import WORKING, Replies

log = logging.getLogger(__name__)
QUICK = 1.0  # seconds within which a form is mostly done with; then the acknowledgement carries the outcome
GRACE = 0.5  # seconds by which a later outcome follows the acknowledgement, lest it be overtaken
Body = dict[str, Any]
Outcome = str | Block | None  # words, a form, or nothing more to say
Step = Callable[[Visit], Awaitable[Outcome]]
TextStep = Callable[[Visit, str], Awaitable[Outcome]]
BodyStep = Callable[[Visit, Body], Awaitable[Outcome]]
EventStep = Callable[[Body], Awaitable[None]]


class Listeners:
    """Registers what is to happen; a refusal, or that something failed, is told to whoever acted."""

    def __init__(self, app: AsyncApp, work: Work, replies: Replies, clock: Clock) -> None:
        self._app = app
        self._work = work
        self._replies = replies
        self._clock = clock
        self._seen = Seen()
        self._known: list[str] = []  # commands
        app.use(self._once)

    def on_event(self, name: str | re.Pattern[str], step: EventStep) -> None:
        async def told(event: Body) -> None:
            async with self._work.busy():
                await step(event)

        self._app.event(name)(told)

    def on_action(self, pattern: str, step: Step) -> None:
        async def acted(ack: Any, body: Body) -> None:
            async with self._work.busy():
                await ack()
                visit = visit_of(body)
                await self._tell(visit, await _outcome(visit, step(visit)))

        self._app.action(re.compile(pattern))(acted)

    def on_command(self, name: str, step: TextStep) -> None:
        self._known.append(name)
        self._on_commands(f"/{name}", step)

    def on_other_commands(self, step: TextStep) -> None:
        """Every command but those that were registered before."""
        self._on_commands(re.compile(rf"^/(?!({'|'.join(self._known)})$)"), step)

    def _on_commands(self, name: str | re.Pattern[str], step: TextStep) -> None:
        async def given(ack: Any, body: Body) -> None:
            async with self._work.busy():
                await ack()
                visit = visit_of(body)
                await self._tell(visit, await _outcome(visit, step(visit, str(body.get("text") or ""))))

        self._app.command(name)(given)

    def on_shortcut(self, name: str, step: BodyStep) -> None:
        async def chosen(ack: Any, body: Body) -> None:
            async with self._work.busy():
                await ack()
                visit = visit_of(body)
                await self._tell(visit, await _outcome(visit, step(visit, body)))

        self._app.message_shortcut(name)(chosen)

    def on_search(self, name: str, options: Callable[[str], list[Block]]) -> None:
        async def typed(ack: Any, body: Body) -> None:
            await ack(options=options(str(body.get("value") or "")))

        self._app.options(name)(typed)

    def on_form(self, name: str, step: BodyStep) -> None:
        """The outcome comes with the acknowledgement where it can; Slack would show a later one before it else."""

        async def sent(ack: Any, body: Body) -> None:
            async with self._work.busy():
                visit = visit_of(body)
                doing = asyncio.create_task(_outcome(visit, step(visit, body)))
                done, _ = await asyncio.wait({doing}, timeout=QUICK)
                await ack(response_action="update", view=_view(doing.result()) if done else WORKING)
                if not done:
                    outcome = await doing
                    await self._clock.sleep(GRACE)
                    await self._replies.turn(visit, _view(outcome))

        self._app.view(name)(sent)

    async def _tell(self, visit: Visit, outcome: Outcome) -> None:
        if isinstance(outcome, str):
            await self._replies.tell(visit, outcome)
        elif outcome is not None:
            await self._replies.turn(visit, outcome)

    async def _once(self, body: Body, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        """Slack may deliver the same thing again when our acknowledgement was lost."""
        name = body.get("event_id") or body.get("trigger_id")
        if name and not self._seen.is_new(name):
            return BoltResponse(status=200, body="")
        return await next()


async def _outcome(visit: Visit, step: Awaitable[Outcome]) -> Outcome:
    """Do it; what is to be shown to whoever acted: what the step says, a refusal, or that it failed."""
    try:
        return await step
    except Refused as refusal:
        log.warning("refused: user %s tried %s in channel %s", visit.user, visit.action or "a form", visit.channel)
        return str(refusal)
    except Undeliverable as error:
        log.warning("an act failed: %s", error)
    except Exception as error:
        log.exception("an act failed: %s", type(error).__name__)
    return ours.TROUBLE


def _view(outcome: Outcome) -> Block:
    return outcome if isinstance(outcome, dict) else words_form(ours.TITLE, escape(outcome or ""))
