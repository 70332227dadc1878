"""A client of discord.py that does nothing, in a process of its own: what any bot costs. `bench.whole` starts it."""

import os

import discord

from bench.on_discord import Bare
from bot.discord_ import permissions
from bot.discord_.client import use_servers
from bot.settings import Discord


def main() -> None:
    use_servers(Discord(api_base=os.environ["DISCORD_API_BASE"], gateway=os.environ["DISCORD_GATEWAY"]))
    client: discord.Client = Bare(intents=permissions.intents(direct_messages=False), max_messages=1000)
    client.run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
