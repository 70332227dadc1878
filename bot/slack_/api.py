"""Calls to Slack's Web API: its errors in our words, and its wishes to wait respected."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Clock
from bot.slack_.errors import WRONG_TOKEN, OutOfReach, SlackRefused, Throttled

Method = Callable[..., Awaitable[AsyncSlackResponse]]
LONGEST_PATIENCE = 6  # times that a patient call waits as Slack asks
PAGE = 200  # things on one page of a list; Slack recommends no more


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on Slack."""

    team: str
    url: str  # of the workspace, with a slash at its end
    user: str
    bot: str
    scopes: frozenset[str]


class SlackApi:
    """The bot's calls. What fails is raised as SlackRefused, Throttled or OutOfReach, all of them Undeliverable."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.client = client
        self._clock = clock
        self._closed_until: dict[str, datetime] = {}  # by method: when Slack takes it again
        self._identity: Identity | None = None
        self.trouble: str | None = None  # why no call can succeed, until one does

    async def call(self, method: Method, *, patient: bool = False, **arguments: Any) -> dict[str, Any]:
        """Slack's answer. A patient call waits as long as Slack asks; others raise Throttled at once."""
        for _ in range(LONGEST_PATIENCE):
            try:
                return await self._once(method, arguments)
            except Throttled as throttled:
                if not patient:
                    raise
                await self._clock.sleep(throttled.wait)
        return await self._once(method, arguments)

    async def pages(self, method: Method, key: str, *, most: int, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        """The things under `key` of at most so many pages, in Slack's order, each page patiently asked for."""
        cursor: str | None = None
        for _ in range(most):
            answer = await self.call(method, patient=True, cursor=cursor, limit=PAGE, **arguments)
            for thing in answer.get(key, ()):
                yield thing
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    async def identity(self) -> Identity:
        """Asked once; raises as `call` does."""
        if self._identity is None:
            answer = await self._answer(self.client.auth_test, {})
            scopes = answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes") or ""
            self._identity = Identity(
                team=answer["team_id"],
                url=answer["url"],
                user=answer["user_id"],
                bot=answer.get("bot_id", ""),
                scopes=frozenset(s.strip() for s in scopes.split(",") if s.strip()),
            )
        return self._identity

    async def _once(self, method: Method, arguments: dict[str, Any]) -> dict[str, Any]:
        return dict((await self._answer(method, arguments)).data)

    async def _answer(self, method: Method, arguments: dict[str, Any]) -> Any:
        name = getattr(method, "__name__", "call").replace("_", ".", 1)
        closed = self._closed_until.get(name)
        if closed is not None and closed > self._clock.now():
            raise Throttled(name, (closed - self._clock.now()).total_seconds())
        try:
            answer = await method(**arguments)
        except SlackApiError as error:
            raise self._refusal(name, error) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise OutOfReach(f"Slack can't be reached: {type(error).__name__}") from None
        self.trouble = None
        return answer

    def _refusal(self, name: str, error: SlackApiError) -> SlackRefused | Throttled:
        response: Any = error.response
        if response.status_code == 429:
            wait = float(response.headers.get("Retry-After") or response.headers.get("retry-after") or 30)
            self._closed_until[name] = self._clock.now() + timedelta(seconds=wait)
            return Throttled(name, wait)
        data = response.data if isinstance(response.data, dict) else {}
        refused = SlackRefused(name, str(data.get("error", response.status_code)), needed=str(data.get("needed", "")))
        if refused.code in WRONG_TOKEN:
            self.trouble = str(refused)
        return refused
