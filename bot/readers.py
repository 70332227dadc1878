"""Puts the screener together: the rules of a pack, and the second reader where there is one."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.screening_checks import texts_to_screen
from bot.second_reader import manifest
from bot.second_reader.manifest import ModelUnusable
from bot.second_reader.reader import SecondReader, load

log = logging.getLogger(__name__)
MODEL = Path(__file__).parent / "second_reader" / "model"


def screener_for(pack: Pack, *, notice: float, shadow: float, model: Path | None = MODEL) -> Screener:
    """A screener for the pack. Without a usable model it reads by the rules alone, and the log says why."""
    pack = pack.looked_for()
    reader = second_reader_for(pack, model) if model else None
    if reader is None:
        return Screener(pack, notice=notice, shadow=shadow)
    return Screener(pack, scorer=reader, **_fitted(reader), notice=notice, shadow=shadow)


def checker_for(pack: Pack, *, notice: float, shadow: float, model: Path | None = MODEL) -> Screener:
    """As `screener_for`, with everything that checking the pack will ask of the second reader read beforehand."""
    reader = second_reader_for(pack, model) if model else None
    if reader is None:
        return Screener(pack, notice=notice, shadow=shadow)
    screener = Screener(pack, scorer=reader, **_fitted(reader), notice=notice, shadow=shadow)
    return read_ahead(screener, texts_to_screen(pack))


def read_ahead(screener: Screener, texts: Iterable[str]) -> Screener:
    """The same screener, whose second reader has read these texts already: many at once are read much faster."""
    reader = screener.scorer
    if not isinstance(reader, SecondReader):
        return screener
    return screener.with_scorer(_Ahead(reader, reader.score_all([t for t in texts if screener.concerns(t)])))


def _fitted(reader: SecondReader) -> dict[str, Any]:
    """What a screener has to know of how its second reader was made."""
    return {"weights": reader.manifest.weights, "trained": reader.manifest.labels}


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A second reader that has read some messages already."""

    reader: SecondReader
    known: Mapping[str, Mapping[str, float]]

    def score(self, text: str, *, reply_to: str = "") -> Mapping[str, float]:
        if not reply_to and text in self.known:
            return self.known[text]
        return self.reader.score(text, reply_to=reply_to)

    def locate(self, text: str, misconception: str) -> tuple[int, int]:
        return self.reader.locate(text, misconception)

    def nearest(self, text: str, examples: Sequence[str]) -> int:
        return self.reader.nearest(text, examples)


def model_state(folder: Path = MODEL) -> str:
    """One line on whether the second reader can be used."""
    try:
        about = manifest.read(folder)
    except ModelUnusable as problem:
        return f"The second reader is off, messages are read by the rules alone: {problem}"
    return f"The second reader is version {about.version} and knows {len(about.labels)} misconceptions."


def second_reader_for(pack: Pack, folder: Path) -> SecondReader | None:
    """The second reader, taught the pack's new misconceptions; None, with a line in the log, if it can't be used."""
    try:
        reader = load(folder, known=pack.misconceptions)
    except ModelUnusable as problem:
        log.warning("The second reader is off, messages are read by the rules alone: %s", problem)
        return None
    return taught(reader, pack)


def screeners(*, notice: float, shadow: float, model: Path | None = MODEL) -> Callable[[Pack], Screener]:
    """Makes screeners for one state of a pack after the other; the second reader is loaded only once."""
    reader = _loaded(model) if model else None

    def screener(pack: Pack) -> Screener:
        if reader is None:
            return Screener(pack, notice=notice, shadow=shadow)
        known = frozenset(reader.manifest.labels) & pack.misconceptions.keys()
        scorer = taught(replace(reader, shown=known, heads={}), pack)
        return Screener(pack, scorer=scorer, **_fitted(reader), notice=notice, shadow=shadow)

    return screener


def _loaded(folder: Path) -> SecondReader | None:
    try:
        return load(folder)
    except ModelUnusable as problem:
        log.warning("The second reader is off, messages are read by the rules alone: %s", problem)
        return None


def taught(reader: SecondReader, pack: Pack) -> SecondReader:
    """The reader with the misconceptions that it was not trained on, learned from their examples."""
    for new in sorted(pack.misconceptions.keys() - set(reader.manifest.labels)):
        known = pack.misconceptions[new]
        flags = (known.claim, *known.flags) if known.flags else ()
        reader = reader.learn(new, flags, (known.correction, *known.passes))
    return reader
