"""A bot on Slack in a process of its own, to be killed; it prints the last word of each message that it reads."""

import asyncio
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.core.review import Policy
from bot.moderation import Moderation, Outbox
from bot.ports import Store
from bot.settings import Slack
from bot.slack_.client import SlackBot
from bot.stores.sqlite import open_sqlite
from tests.samples import PACK, WordScreener
from tests.slack_.fake import APP_TOKEN, BOT_TOKEN

POLICY = Policy(flood=1_000_000, remind=None)
MODERATORS = ("U0ANN", "U0BEN")


class Telling(WordScreener):
    """Says which message it looks at."""

    def concerns(self, text: str, *, reply_to: str = "") -> bool:
        print(text.rsplit(" ", 1)[-1], flush=True)
        return super().concerns(text, reply_to=reply_to)


def bot_on(store: Store, url: str) -> tuple[SlackBot, Outbox]:
    """The bot and its outbox; what earlier processes left in the store is theirs to finish."""
    clock = SystemClock()
    settings = Slack(watch=("C0HEALTH",), moderators_channel="C0MODS", moderators=MODERATORS, api_base=f"{url}/api/")
    moderation = Moderation(pack=PACK, screener=Telling(), store=store, clock=clock, policy=POLICY)
    bot = SlackBot(
        settings, bot_token=BOT_TOKEN, app_token=APP_TOKEN, moderation=moderation, store=store, clock=clock, ping=0.2
    )
    return bot, Outbox(store=store, moderation=moderation, notifiers={"slack": bot.notifier}, clock=clock)


async def live(folder: Path, url: str) -> None:
    async with open_sqlite(folder) as store:
        bot, outbox = bot_on(store, url)
        async with asyncio.TaskGroup() as group:
            group.create_task(bot.run_until_closed())
            group.create_task(outbox.run(idle=0.1))


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2]))
