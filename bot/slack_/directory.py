"""Who is who on Slack: names of people and channels, and who may moderate."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import wording
from bot.core.message import Person
from bot.core.review import Refused
from bot.ports import Clock, Undeliverable
from bot.settings import Slack
from bot.slack_ import wording as ours
from bot.slack_.api import SlackApi

NAMES_LAST = timedelta(hours=1)
RIGHTS_LAST = timedelta(minutes=1)  # how old our knowledge of who may moderate can be
MOST_KNOWN = 5000
USER = re.compile(r"[UW][A-Z0-9]+")
SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class _User:
    name: str
    runs_workspace: bool  # an owner or admin of the workspace
    active: bool
    known_at: datetime


class Directory:
    """Asks Slack, and remembers for a while."""

    def __init__(self, api: SlackApi, settings: Slack, clock: Clock) -> None:
        self._api = api
        self._settings = settings
        self._clock = clock
        self._users: OrderedDict[str, _User] = OrderedDict()
        self._groups: dict[str, tuple[frozenset[str], datetime]] = {}
        self._channels: dict[str, tuple[str, datetime]] = {}

    async def person(self, user: str) -> Person:
        """Their id and the name that others see; a plain word where Slack can't be asked."""
        try:
            return Person(user, (await self._user(user, NAMES_LAST)).name)
        except Undeliverable:
            return Person(user, SOMEBODY)

    async def names(self, users: Iterable[str]) -> Mapping[str, str]:
        return {user: (await self.person(user)).name for user in users}

    async def place(self, channel: str) -> str:
        """The channel's name with its sign."""
        known = self._channels.get(channel)
        if known is None or self._clock.now() - known[1] > NAMES_LAST:
            try:
                answer = await self._api.call(self._api.client.conversations_info, channel=channel)
            except Undeliverable:
                return known[0] if known else "a channel"
            known = self._channels[channel] = (f"#{answer['channel'].get('name', '?')}", self._clock.now())
        return known[0]

    async def is_moderator(self, user: str) -> bool:
        """Named in the settings, or an owner or admin of the workspace. Raises Undeliverable."""
        return await self._is_one_of(user, self._settings.moderators)

    async def is_lead(self, user: str) -> bool:
        """May see what single moderators did. Raises Undeliverable."""
        return await self._is_one_of(user, self._settings.leads)

    async def require_admin(self, user: str) -> Person:
        """Who it is. Raises Refused unless they are named under `admins`, or run the workspace."""
        try:
            allowed = await self._is_one_of(user, self._settings.admins)
        except Undeliverable:
            raise Refused(ours.UNSURE_WHETHER_ADMIN) from None
        if not allowed:
            raise Refused(wording.EXAMPLES_FOR_ADMINS)
        return await self.person(user)

    async def require_moderator(self, user: str) -> Person:
        """Who it is. Raises Refused unless they may decide; every act asks again."""
        try:
            allowed = await self.is_moderator(user)
        except Undeliverable:
            raise Refused(ours.UNSURE_WHETHER_MODERATOR) from None
        if not allowed:
            raise Refused(wording.MODERATORS_ONLY)
        return await self.person(user)

    async def _is_one_of(self, user: str, named: Iterable[str]) -> bool:
        known = await self._user(user, RIGHTS_LAST)
        if not known.active:
            return False
        if known.runs_workspace or user in named:
            return True
        groups = [g for g in named if not USER.fullmatch(g)]
        return any([user in await self._members(group) for group in groups])

    async def _user(self, user: str, age: timedelta) -> _User:
        known = self._users.get(user)
        if known is None or self._clock.now() - known.known_at > age:
            answer = await self._api.call(self._api.client.users_info, user=user)
            known = self._users[user] = _read(answer["user"], self._clock.now())
            self._users.move_to_end(user)
            if len(self._users) > MOST_KNOWN:
                self._users.popitem(last=False)
        return known

    async def _members(self, group: str) -> frozenset[str]:
        known = self._groups.get(group)
        if known is None or self._clock.now() - known[1] > RIGHTS_LAST:
            answer = await self._api.call(self._api.client.usergroups_users_list, usergroup=group)
            known = self._groups[group] = (frozenset(answer["users"]), self._clock.now())
        return known[0]


def _read(user: Mapping[str, object], now: datetime) -> _User:
    profile = user.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    name = profile.get("display_name") or user.get("real_name") or profile.get("real_name") or user.get("name")
    return _User(
        name=str(name or SOMEBODY),
        runs_workspace=bool(user.get("is_admin") or user.get("is_owner")),
        active=not (user.get("deleted") or user.get("is_bot")),
        known_at=now,
    )
