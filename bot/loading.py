"""Reads content from disk and puts its screener together; what takes long or much memory is done once."""

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.content import Broken, Loaded, files_of, revisions
from bot.core import answers
from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.trials import Shown
from bot.core.urgent import UrgentReader
from bot.judging import Judge
from bot.memory import give_back
from bot.packs.files import Files, collect
from bot.packs.problems import PackErrors
from bot.packs.read import examine_files, usable
from bot.ports import Store
from bot.readers import MODEL, screeners
from bot.settings import Settings

log = logging.getLogger(__name__)


class Loader:
    """The content on disk, whenever it is asked for. The model is kept between edits of the content."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._screener_of: Callable[[Pack], Screener] | None = None
        self._last: Loaded | None = None
        self._judge = Judge()

    def load(self) -> Loaded:
        """The content on disk. Raises Broken with everything that keeps it from being used."""
        files = collect(self._settings.content)
        try:
            return self._loaded(files)
        except PackErrors as error:
            raise Broken(str(error)) from None

    async def first(self, store: Store) -> Loaded:
        """The content on disk or, where that is broken, what was last in force. Raises PackErrors without either."""
        files = collect(self._settings.content)
        try:
            return self._loaded(files)
        except PackErrors as error:
            known = await revisions(store)
            kept = await files_of(store, known[0].revision) if known else None
            if kept is None:
                raise
            log.warning("the content can't be used; revision %s stays in force:\n%s", known[0].revision, error)
            return self._loaded(replace(files, contents=kept, problems=()))

    def screener(self, pack: Pack) -> Screener:
        """What reads messages with that content, as the settings want it."""
        if self._screener_of is None:
            wanted = self._settings.screening
            model = MODEL if wanted.second_reader else None
            self._screener_of = screeners(notice=wanted.notice, shadow=wanted.shadow, model=model)
        return self._screener_of(pack)

    def _loaded(self, files: Files) -> Loaded:
        if self._last is not None and not files.problems and files.revision == self._last.pack.revision:
            return self._last
        pack = usable(examine_files(files))
        screener, shown = self.screener(pack), Shown.of(pack)
        for each in {id(p): p for p in (shown.live, shown.trying)}.values():
            answers.index_of(each)  # here, where nobody waits for it, rather than under the first question
        held_back = self._judge.held_back(pack, screener)
        urgent = UrgentReader(pack.safety.red_flags)
        self._last = Loaded(pack, screener, urgent, files.contents, held_back, shown)
        give_back()
        return self._last
