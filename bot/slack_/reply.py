"""Answers to somebody's act, where they acted: in the channel for them alone, in a form, or on their home page."""

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.ports import Undeliverable
from bot.slack_ import wording as ours
from bot.slack_.api import SlackApi
from bot.slack_.blocks import Block, form, section, words_form
from bot.slack_.convert import Visit
from bot.slack_.markup import escape

log = logging.getLogger(__name__)
WORKING = form(ours.TITLE, [section(ours.ONE_MOMENT)])


class Replies:
    """What the bot says back; a failure is logged, because nobody is there who could be told."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def tell(self, visit: Visit, words: str) -> None:
        """Say something that only this person sees."""
        if visit.in_form:
            await self.turn(visit, words_form(ours.TITLE, escape(words)))
        elif visit.response_url:
            await self.show(visit, [section(escape(words))], words)
        else:
            await self.open(visit, words_form(ours.TITLE, escape(words)))

    async def show(self, visit: Visit, blocks: Sequence[Block], words: str, *, shared: bool = False) -> None:
        """Below the message or command, for this person or, shared, for the channel."""
        kind = "in_channel" if shared else "ephemeral"
        await self._respond(visit, response_type=kind, replace_original=False, blocks=blocks, text=words)

    async def replace(self, visit: Visit, blocks: Sequence[Block], words: str) -> None:
        """In place of the message that only this person sees."""
        await self._respond(visit, replace_original=True, blocks=blocks, text=words)

    async def open(self, visit: Visit, view: Block) -> None:
        """Show a form; on top of the one in which they acted."""
        method = self._api.client.views_push if visit.in_form else self._api.client.views_open
        await self._try(method, trigger_id=visit.trigger, view=view)

    async def turn(self, visit: Visit, view: Block) -> None:
        """Change the form in which they acted."""
        await self._try(self._api.client.views_update, view_id=visit.view, view=view)

    async def send_file(self, visit: Visit, name: str, content: str) -> None:
        """Slack shows files to whole conversations only, so it goes into the one that this person has with us."""
        opened = await self._api.call(self._api.client.conversations_open, users=visit.user)
        await self._api.call(
            self._api.client.files_upload_v2,
            channel=opened["channel"]["id"],
            content=content,
            filename=name,
            title=name,
        )
        await self.show(visit, [section(ours.FILE_SENT)], ours.FILE_SENT)

    async def _respond(self, visit: Visit, **arguments: Any) -> None:
        url = visit.response_url or str((visit.notes or {}).get("url", ""))  # forms keep that of their command
        webhook = AsyncWebhookClient(url, session=self._api.client.session, retry_handlers=[])
        try:
            answer = await webhook.send(**arguments)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("an answer was not delivered: %s", type(error).__name__)
        else:
            if answer.status_code != 200:
                log.warning("an answer was not delivered: Slack answered %s", answer.status_code)

    async def _try(self, method: Any, **arguments: Any) -> None:
        try:
            await self._api.call(method, **arguments)
        except Undeliverable as error:
            log.warning("a form was not shown: %s", error)
