"""Looks after the content in force: admins hear of what fails its examples, of reviews that are due, and the like."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from bot.admins import Admins, News
from bot.core.reviews import due
from bot.moderation import Moderation
from bot.outdated import outdated_corrections
from bot.ports import Clock, StoreAway

LOOK = 30.0  # seconds between two looks


class Care:
    """Tells admins once what the content needs."""

    def __init__(
        self,
        *,
        moderation: Moderation,
        admins: Admins,
        clock: Clock,
        also: Sequence[Callable[[], Awaitable[News]]] = (),
    ) -> None:
        self._moderation, self._admins, self._clock = moderation, admins, clock
        self._also = also  # what else admins should hear of
        self._stale: News | None = None  # on posted corrections, since the content changed last

    async def run(self, alive: Callable[[], None] = lambda: None) -> None:
        """Look for ever."""
        while True:
            alive()
            with suppress(StoreAway):
                await self.look()
            await self._clock.sleep(LOOK)

    async def look(self) -> None:
        """Tell what is new."""
        revision = self._moderation.whole.revision
        if self._stale is None or revision not in self._stale.marks:  # they go out of date with a new revision only
            self._stale = await self._outdated(revision)
        for news in (self._failing(), self._reviews(), self._stale):
            await self._admins.tell(news)
        for ask in self._also:
            await self._admins.tell(await ask())

    def _failing(self) -> News:
        failing = {name: f"{name}: {why}" for name, why in self._moderation.held_back.items()}
        return News(
            "held-back",
            "These misconceptions fail their own examples. Nobody is told of them until that is mended, as if they"
            " were in shadow. `python -m bot check` shows more.",
            failing,
            dict.fromkeys(failing, "failing"),
            over="Mended, and live again:",
        )

    async def _outdated(self, revision: str) -> News:
        """A number only: several communities may hear it."""
        count = len(await outdated_corrections(self._moderation))
        words = "1 posted correction" if count == 1 else f"{count} posted corrections"
        return News(
            "outdated",
            "What some posted corrections rest on has changed. /moderation content shows which, and brings them up to"
            " date; so does `python -m bot content amend`.",
            {revision: f"{words} would read differently today"} if count else {},
            {revision: revision},
        )

    def _reviews(self) -> News:
        today = self._clock.now().date()
        late = {f"{d.kind} {d.id}": d for d in due(self._moderation.whole, today) if d.late(today)}
        return News(
            "reviews",
            "Please have these looked at again. `python -m bot content due` lists them.",
            {subject: d.line(today) for subject, d in late.items()},
            {subject: d.period(today) for subject, d in late.items()},
        )
