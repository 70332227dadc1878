"""Puts the screener together: the rules of a pack, and the second reader where there is one."""

import logging
from pathlib import Path

from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.second_reader import manifest
from bot.second_reader.manifest import ModelUnusable
from bot.second_reader.reader import SecondReader, load

log = logging.getLogger(__name__)
MODEL = Path(__file__).parent / "second_reader" / "model"


def screener_for(pack: Pack, *, notice: float, shadow: float, model: Path | None = MODEL) -> Screener:
    """A screener for the pack. Without a usable model it reads by the rules alone, and the log says why."""
    reader = second_reader_for(pack, model) if model else None
    if reader is None:
        return Screener(pack, notice=notice, shadow=shadow)
    return Screener(pack, scorer=reader, weights=reader.manifest.weights, notice=notice, shadow=shadow)


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
    for new in sorted(pack.misconceptions.keys() - set(reader.manifest.labels)):
        misconception = pack.misconceptions[new]
        reader = reader.learn(new, misconception.flags, misconception.passes)
    return reader
