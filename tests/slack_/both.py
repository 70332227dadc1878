"""One community on Discord and on Slack: both bots in one process, over one service, one store and one outbox."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from simcord.env import Env

from bot.discord_.client import DiscordBot
from bot.moderation import Moderation, Outbox
from bot.ports import Notifier
from bot.settings import Discord
from bot.stores.sqlite import open_sqlite
from tests.samples import PACK, WordScreener
from tests.slack_.conftest import StoppedClock, Workspace, open_workspace


@dataclass
class Community:
    """The workspace, the server, and the people on it."""

    workspace: Workspace
    env: Env
    health: Any
    mods: Any
    member: Any
    dora: Any  # a moderator on Discord
    bot: DiscordBot

    async def restart(self) -> None:
        """A new process on both platforms."""
        workspace = self.workspace
        await workspace.start()
        moderation, settings = workspace.bot.moderation, self.bot.settings
        self.bot = DiscordBot(settings, moderation=moderation, store=workspace.store, clock=workspace.clock)
        notifiers: dict[str, Notifier] = {"slack": workspace.bot.notifier, "discord": self.bot.notifier}
        workspace.outbox = Outbox(
            store=workspace.store, moderation=moderation, notifiers=notifiers, clock=workspace.clock
        )
        await self.env.restart_bot(self.bot)
        await self.env.settle()

    async def deliver(self) -> int:
        delivered = await self.workspace.deliver()
        await self.env.settle()
        return delivered


@asynccontextmanager
async def community(folder: Path) -> AsyncIterator[Community]:
    """Both platforms, connected."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_sqlite(folder))
        workspace = await stack.enter_async_context(open_workspace(store))
        moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=StoppedClock())
        env = Env(DiscordBot(Discord(), moderation=moderation, store=store, clock=workspace.clock))
        await env.start()
        stack.push_async_callback(env.shutdown)
        guild = env.create_guild("Tea lovers")
        role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
        health, mods = guild.create_text_channel("health"), guild.create_text_channel("mods")
        member = guild.add_member(env.create_user("dave"))
        dora = guild.add_member(env.create_user("dora"), roles=[role])
        settings = Discord(watch=(health.id,), moderators_channel=mods.id, moderator_roles=(role.id,))
        bot = DiscordBot(settings, moderation=moderation, store=store, clock=workspace.clock)
        made = Community(workspace, env, health, mods, member, dora, bot)
        await made.restart()
        yield made
        env.raise_errors()
