"""Approved examples, written into their content files while the bot runs; the hot reload takes them over."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.core.pack import Pack
from bot.core.proposals import Label, Proposal
from bot.core.review import Refused
from bot.core.screening_checks import Screens, held_back
from bot.packs.problems import PackErrors
from bot.packs.read import read_pack
from bot.packs.write import Examples, NotWritten, add_example

BROKEN = "The content on disk has errors, so nothing is written into it now. `python -m bot check` lists them."
SILENCES = (
    "It was not written: with it, {name} would fail its own examples ({why}), and then nobody is told of such messages."
    " First mend its rules; `python -m bot try {name}` shows what happens. The example goes on waiting."
)
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
            pack = read_pack(self._folder)
        except PackErrors:
            raise Refused(BROKEN) from None
        after = _with(pack, proposal)
        screens = self._screens_of(after)
        why = _fails(after, proposal, screens)
        if why and not _fails(pack, proposal, self._screens_of(pack)):
            raise Refused(SILENCES.format(name=proposal.misconception, why=why))
        try:
            add_example(self._folder, proposal.misconception, proposal.text, to=Examples(proposal.label.value))
        except NotWritten as error:
            raise Refused(f"It was not written. {error}") from None
        return _remark(proposal, screens)


def _with(pack: Pack, proposal: Proposal) -> Pack:
    """The content as it would be."""
    wrong = pack.misconceptions.get(proposal.misconception)
    if wrong is None:
        return pack
    texts = {Label.FLAGS: wrong.flags, Label.PASSES: wrong.passes}[proposal.label]
    more = replace(wrong, **{proposal.label.value: (*texts, proposal.text)})  # type: ignore[arg-type]
    return replace(pack, misconceptions={**pack.misconceptions, wrong.id: more})


def _fails(pack: Pack, proposal: Proposal, screens: Screens) -> str:
    """Why the bot would stop telling moderators of the claim, because its examples come out wrong; empty if not."""
    names = [proposal.misconception] if proposal.misconception in pack.misconceptions else []
    alone = replace(pack, misconceptions={name: pack.misconceptions[name] for name in names})
    return "; ".join(str(failing) for failing in held_back(alone, screens).values())


def _remark(proposal: Proposal, screens: Screens) -> str:
    """Whether the bot, with the example in its content, reads such words as it should."""
    chance = screens.probabilities(proposal.text).get(proposal.misconception, 0.0)
    if (chance >= screens.notice) is (proposal.label is Label.FLAGS):
        return ""
    does = "would still not flag" if proposal.label is Label.FLAGS else "would still flag"
    return f"The bot {does} these words ({chance:.0%}); `python -m bot try {proposal.misconception}` shows why."
