"""Approved examples, written into their content files while the bot runs; the hot reload takes them over."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.core.pack import Pack
from bot.core.proposals import Label, Proposal
from bot.core.review import Refused
from bot.core.screening_checks import Screens
from bot.packs.problems import PackErrors
from bot.packs.read import read_pack
from bot.packs.write import Examples, NotWritten, add_example

ScreensOf = Callable[[Pack], Screens]


class ExampleFiles:
    """Writes examples into the pack of a folder, off the event loop."""

    def __init__(self, folder: Path, screens_of: ScreensOf) -> None:
        self._folder = folder
        self._screens_of = screens_of

    async def write(self, proposal: Proposal) -> str:
        """Write it; what an editor should know about it then. Raises Refused where the content would break."""
        return await asyncio.to_thread(self._write, proposal)

    def _write(self, proposal: Proposal) -> str:
        try:
            add_example(self._folder, proposal.misconception, proposal.text, to=Examples(proposal.label.value))
            pack = read_pack(self._folder)
        except NotWritten as error:
            raise Refused(f"It was not written. {error}") from None
        except PackErrors:
            return ""  # the content had errors before; whoever edits it is told of them elsewhere
        return _remark(proposal, self._screens_of(pack))


def _remark(proposal: Proposal, screens: Screens) -> str:
    """Whether the bot, with the example in its content, reads such words as it should."""
    chance = screens.probabilities(proposal.text).get(proposal.misconception, 0.0)
    if (chance >= screens.notice) is (proposal.label is Label.FLAGS):
        return ""
    does = "would still not flag" if proposal.label is Label.FLAGS else "would still flag"
    return f"The bot {does} these words ({chance:.0%}); `python -m bot try {proposal.misconception}` shows why."
