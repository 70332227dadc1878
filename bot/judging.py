"""Which misconceptions fail their own examples at present; what was judged once is not read again."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.core.pack import Misconception, Pack, Vocabulary
from bot.core.reader import Screener
from bot.core.screening_checks import Failing, examples_of_live, held_back
from bot.readers import read_ahead


class Judge:
    """Judges one state of the content after the other, each in a second or less; not to be shared by threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Misconception, Failing | None]] = {}
        self._words = Vocabulary()

    def held_back(self, pack: Pack, screener: Screener) -> Mapping[str, Failing]:
        """The live misconceptions that nobody should be told of, and why."""
        if pack.vocabulary != self._words:
            self._known, self._words = {}, pack.vocabulary
        fresh = {m.id: m for m in self._changed(pack)}
        changed = replace(pack, misconceptions=fresh)
        found = held_back(changed, read_ahead(screener, list(examples_of_live(changed)))) if fresh else {}
        self._known |= {name: (wrong, found.get(name)) for name, wrong in fresh.items()}
        failing = {name: self._known[name][1] for name in pack.misconceptions}
        return {name: why for name, why in failing.items() if why is not None}

    def _changed(self, pack: Pack) -> Iterator[Misconception]:
        for wrong in pack.misconceptions.values():
            if wrong.id not in self._known or self._known[wrong.id][0] != wrong:
                yield wrong
