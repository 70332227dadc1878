"""A database that can't be used for a while: said once when it begins, once when it is over."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.ports import StoreAway

log = logging.getLogger(__name__)


class Outage:
    """Turns a database's temporary failures into StoreAway; all others pass."""

    def __init__(self, name: str, explain: Callable[[Exception], str | None]) -> None:
        self._name = name
        self._explain = explain  # why it can't be used now, and what to do; None: no matter of time
        self._began = 0.0
        self.trouble: str | None = None

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """Around every statement."""
        try:
            yield
        except Exception as error:
            words = self._explain(error)
            if words is None:
                raise
            self._begins(words)
            raise StoreAway(f"The database {self._name} can't be used now: {words}") from error
        if self.trouble is not None:
            self._ends()

    def _begins(self, words: str) -> None:
        if self.trouble is None:
            self._began = time.monotonic()
            log.error("the database %s can't be used now, and is tried until it can: %s", self._name, words)
        self.trouble = f"the database can't be used now: {words}"

    def _ends(self) -> None:
        self.trouble = None
        log.warning("the database %s can be used again, after %.0f s", self._name, time.monotonic() - self._began)
