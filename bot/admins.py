"""What admins are told about the content: each thing once, on every platform, also across restarts."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Clock, Notifier, Store, Undeliverable

log = logging.getLogger(__name__)
TOLD = "admins.told"  # in the store, with the platform and the kind of news: what was said last, by its subject
AGAIN = timedelta(minutes=10)  # between two tries to reach somebody
MOST = 15  # lines in one message


@dataclass(frozen=True, slots=True)
class News:
    """One kind of things to tell admins. `lines` are what is to be said now, by subject.

    A subject is told again when its mark changes; without a mark, when its line does.
    """

    kind: str
    heading: str
    lines: Mapping[str, str]
    marks: Mapping[str, str]
    over: str = ""  # the heading for subjects that are over; empty: nobody is told of that

    def mark(self, subject: str) -> str:
        return self.marks.get(subject, self.lines[subject])


class Admins:
    """Tells the admins of every platform; whoever can't be reached now is told later."""

    def __init__(self, *, store: Store, clock: Clock, notifiers: Mapping[str, Notifier]) -> None:
        self._store, self._clock, self._notifiers = store, clock, notifiers
        self._not_before: dict[tuple[str, str], datetime] = {}

    async def tell(self, news: News) -> None:
        """Tell what is new of it, in one message."""
        for platform, notifier in list(self._notifiers.items()):
            waits = self._not_before.get((platform, news.kind))
            if waits is None or waits <= self._clock.now():
                await self._tell(platform, notifier, news)

    async def _tell(self, platform: str, notifier: Notifier, news: News) -> None:
        key = f"{TOLD}.{platform}.{news.kind}"
        known = _read(await self._store.recall(key))
        now = {subject: news.mark(subject) for subject in news.lines}
        if known == now:
            return
        fresh = [news.lines[s] for s, mark in now.items() if known.get(s) != mark]
        words = _words(news, fresh, [s for s in known if s not in now])
        try:
            if words:
                await notifier.alert_admin(words)
        except Undeliverable as error:
            self._not_before[platform, news.kind] = self._clock.now() + AGAIN
            log.warning("no admin could be told on %s: %s", platform, error)
        else:
            await self._store.remember(key, json.dumps(now))


def _words(news: News, fresh: Sequence[str], gone: Sequence[str]) -> str:
    lines = [news.heading, *_some(fresh)] if fresh else []
    lines += [news.over, *_some(gone)] if gone and news.over else []
    return "\n".join(lines)


def _some(lines: Sequence[str]) -> list[str]:
    rest = [f"… and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return [f"• {line}" for line in lines[:MOST]] + rest


def _read(stored: str | None) -> dict[str, str]:
    try:
        return {str(k): str(v) for k, v in json.loads(stored or "{}").items()}
    except (ValueError, AttributeError):
        return {}
