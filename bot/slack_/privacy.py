"""`/privacy` on Slack: everybody sees, takes along and erases what is kept about them; only they see the answer."""

from bot.core import personal, wording
from bot.privacy import Privacy as Keeping
from bot.slack_.blocks import Block, actions, button, confirmation, section
from bot.slack_.convert import PLATFORM, Visit
from bot.slack_.markup import quoted
from bot.slack_.reply import Replies

SURELY = confirmation(wording.ERASE_TITLE, wording.ASK_ERASE, wording.ERASE_SURELY)


class Privacy:
    """Acts for whoever asks or clicks, and for nobody else: the person is Slack's word, not the button's."""

    def __init__(self, keeping: Keeping, replies: Replies) -> None:
        self._keeping = keeping
        self._replies = replies

    async def asked(self, visit: Visit, text: str) -> None:
        """The command: what is kept, and buttons where there is something."""
        kept = await self._keeping.kept(PLATFORM, visit.user)
        words = [personal.explanation(self._keeping.keep_text), *kept.lines]
        blocks: list[Block] = [section(quoted(line)) for line in words]
        if kept.cases or kept.acts:
            blocks.append(actions("privacy", _buttons()))
        await self._replies.show(visit, blocks, wording.PRIVACY)

    async def exported(self, visit: Visit) -> None:
        """A copy of everything, as a file."""
        copy = (await self._keeping.kept(PLATFORM, visit.user)).as_json
        await self._replies.send_file(visit, wording.COPY_NAME, copy)

    async def erased(self, visit: Visit) -> None:
        """They said so in the dialog."""
        await self._keeping.erase(PLATFORM, visit.user)
        await self._replies.replace(visit, [section(wording.ERASED)], wording.ERASED)


def _buttons() -> list[Block]:
    return [
        button("privacy:export", wording.COPY, "export"),
        button("privacy:erase", wording.ERASE, "erase", style="danger", confirm=SURELY),
    ]
