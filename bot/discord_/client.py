"""The Discord client: events in, and the buttons and commands that people use."""

import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from yarl import URL

from bot.asking import Answering
from bot.core import wording
from bot.core.console import is_shared
from bot.core.message import Person, Workspace
from bot.core.review import Case, Refused
from bot.discord_ import permissions
from bot.discord_ import wording as ours
from bot.discord_.answers import ANSWER_ITEMS
from bot.discord_.buttons import DYNAMIC, tell
from bot.discord_.catch_up import DIRECT_SHARD, CatchUp
from bot.discord_.commands import ASKING_ITEMS, asking_commands
from bot.discord_.console import QueueButton, moderation_commands, report_command
from bot.discord_.convert import DIRECT, PLATFORM
from bot.discord_.cursors import Cursors
from bot.discord_.errors import explain
from bot.discord_.examples import EXAMPLE_ITEMS
from bot.discord_.listening import Listening
from bot.discord_.notifier import DiscordNotifier
from bot.discord_.offers import offer
from bot.discord_.outdated import RenewButton
from bot.discord_.privacy import PrivacyButton, privacy_command
from bot.discord_.recheck import recheck
from bot.discord_.servers import Servers
from bot.discord_.setup import SETUP_ITEMS
from bot.discord_.status import status_command
from bot.discord_.sync import CommandSync
from bot.discord_.watching import Watch
from bot.moderation import Moderation
from bot.ports import Clock, Store
from bot.privacy import Privacy
from bot.proposing import Proposing
from bot.settings import Discord

log = logging.getLogger(__name__)
PATIENCE = 5.0  # seconds for what is being read when the bot is stopped
FLUSH = 5.0  # seconds between saves of how far each channel was read


class DiscordBot(discord.AutoShardedClient):
    """Watches channels, shows notices, answers commands; decides nothing itself."""

    def __init__(
        self,
        settings: Discord,
        *,
        moderation: Moderation,
        store: Store,
        clock: Clock,
        answering: Answering | None = None,
        proposing: Proposing | None = None,
    ) -> None:
        super().__init__(
            intents=permissions.intents(direct_messages=settings.direct_messages),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=1000,
            shard_count=settings.shards.of or 1,
        )
        self.shard_ids = list(settings.shards.ids) or None
        self.settings = settings
        self.moderation = moderation
        self.answering = answering or Answering(moderation=moderation, store=store, clock=clock)
        self.proposing = proposing or Proposing(store=store, clock=clock)
        self.clock = clock
        self.privacy = Privacy(store=store, clock=clock, keep_text=moderation.policy.keep_text)
        self.servers = Servers(self, settings, store=store, clock=clock, changed=self.settings_changed)
        self.notifier = DiscordNotifier(
            self,
            pack=lambda: moderation.pack,
            policy=moderation.policy,
            settings_of=self.settings_of,
            since=clock.now(),
        )
        self.tree = app_commands.CommandTree(self)
        moderating = moderation_commands(self)
        moderating.add_command(status_command(self))
        for command in (*asking_commands(self), moderating, report_command(self), privacy_command(self)):
            self.tree.add_command(command)
        self.tree.error(_command_failed)
        self.cursors = Cursors(store)
        self.listening = Listening(moderation=moderation, cursors=self.cursors, watch_of=self.watch_of)
        self.catch_up = CatchUp(
            self,
            cursors=self.cursors,
            listening=self.listening,
            clock=clock,
            watch_of=self.watch_of,
            settings_of=self.settings_of,
        )
        self.sync = CommandSync(self.tree, store=store, clock=clock)
        self._watches: dict[int | None, Watch] = {}
        self._set_anew: set[int] = set()  # servers with other settings than before

    async def run_until_closed(self, token: str) -> None:
        """Connect and stay connected. Raises DiscordUnusable when the set-up is wrong."""
        use_servers(self.settings)
        try:
            async with self:
                saving = self.loop.create_task(self._keep_up())
                try:
                    await self.start(token)
                finally:
                    saving.cancel()
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired, discord.ConnectionClosed) as error:
            raise explain(error) or error from None
        finally:
            await self.cursors.settle(PATIENCE)
            await self.cursors.save()

    async def setup_hook(self) -> None:
        self.add_dynamic_items(
            *DYNAMIC, *ANSWER_ITEMS, *ASKING_ITEMS, *SETUP_ITEMS, QueueButton, RenewButton, PrivacyButton
        )
        self.add_dynamic_items(*EXAMPLE_ITEMS)
        await self.servers.refresh()
        await self.sync.tell()

    async def on_ready(self) -> None:
        if self.application_id:
            log.info("invite the bot with %s", permissions.invite_url(self.application_id))

    async def launch_shards(self) -> None:
        """Those of the settings, or as many as Discord recommends."""
        if self.settings.shards.of is None:
            self.shard_count = await self._recommended()
        await super().launch_shards()

    async def _recommended(self) -> int:
        try:
            count, *_ = await self.http.get_bot_gateway()
        except discord.GatewayNotFound:
            log.warning("Discord does not say how many shards it wants; one is tried")
            return 1
        return count

    async def on_shard_ready(self, shard_id: int) -> None:
        """A new session: what was posted before it began has to be read."""
        log.info("connected to Discord, shard %s, with a new session", shard_id)
        self.servers.forget_merged()
        guilds = [g for g in self.guilds if g.shard_id == shard_id]
        for guild in guilds:
            self.settings_changed(guild.id)
            for problem in permissions.problems(guild, self.settings_of(guild.id)):
                log.warning("server %s: %s", guild.id, problem)
        await self._read_back(guilds, shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        if not self.is_closed():
            log.warning("the connection to Discord is lost, shard %s; the bot connects again by itself", shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        log.info("connected to Discord again, shard %s, where it was lost: nothing was missed", shard_id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        if self.cursors.knows(guild.shard_id):  # otherwise its shard is about to be ready, with all its servers
            await self._read_back([guild], guild.shard_id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.servers.forget_merged()
        self.settings_changed(guild.id)
        log.info("the bot is on server %s now; an administrator sets it up with /moderation setup", guild.id)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Every event comes through here first; for ordinary chat it is the end, before it costs a task."""
        if not self._passes_over(event, args):
            super().dispatch(event, *args, **kwargs)

    async def on_message(self, message: discord.Message) -> None:
        if await self.listening.posted(message, fresh=True) is None:
            await offer(self, message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        await self.listening.edited(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self._deleted(payload.guild_id, payload.channel_id, (payload.message_id,))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        await self._deleted(payload.guild_id, payload.channel_id, sorted(payload.message_ids))

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self.listening.channel_deleted(payload.guild_id, payload.thread_id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.listening.channel_deleted(channel.guild.id, channel.id)

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        if before.name != after.name and isinstance(after.parent, discord.ForumChannel):
            await self.listening.retitled(after)

    def settings_of(self, guild_id: int | None) -> Discord:
        """The settings in force on that server; None stands for direct messages."""
        return self.servers.of(guild_id)

    def watch_of(self, guild_id: int | None) -> Watch:
        """Where the bot listens on that server."""
        watch = self._watches.get(guild_id)
        if watch is None:
            watch = self._watches[guild_id] = Watch(self.settings_of(guild_id))
        return watch

    def settings_changed(self, guild_id: int) -> None:
        """What `settings_of` says of that server is different from now on."""
        self._watches.pop(guild_id, None)
        self._set_anew.add(guild_id)
        self.moderation.set_notice(PLATFORM, str(guild_id), self.settings_of(guild_id).notice)

    def why_not_ready(self) -> str | None:
        """For the health check: None when connected."""
        return None if self.is_ready() else "Discord is not connected"

    def is_moderator(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether the person may use the buttons here; every act asks again."""
        if interaction.guild_id is None:
            return False
        settings, granted = self.settings_of(interaction.guild_id), interaction.permissions
        here = interaction.channel_id == settings.moderators_channel
        trusted = granted.manage_guild or (here and granted.manage_messages)  # in another channel it means less
        return trusted or not _roles(interaction).isdisjoint(settings.moderator_roles)

    def require_moderator(self, interaction: discord.Interaction[Any]) -> None:
        """Raises Refused unless the person may use the buttons here."""
        if interaction.guild_id is None:
            self._refuse(interaction, wording.ON_THE_SERVER_ONLY)
        if not self.is_moderator(interaction):
            self._refuse(interaction, wording.MODERATORS_ONLY)

    def scope(self, interaction: discord.Interaction[Any]) -> Workspace | None:
        """Whose cases are listed: those of this server; None where it is the only one, which sees all platforms'."""
        return None if self.is_alone else Workspace(PLATFORM, str(interaction.guild_id))

    @property
    def is_alone(self) -> bool:
        """Whether the bot is on one server only; a process that has some of the shards can't know."""
        return len(self.guilds) == 1 and (self.shard_count or 1) == 1

    def may_see(self, interaction: discord.Interaction[Any], case: Case) -> bool:
        """Whether the case belongs to the server, or to another platform where this is the only server."""
        if case.key.platform == PLATFORM or not self.is_alone:
            return case.key.home == Workspace(PLATFORM, str(interaction.guild_id))
        return is_shared(case)

    def is_lead(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether the person may see what single moderators did."""
        settings = self.settings_of(interaction.guild_id)
        return interaction.permissions.manage_guild or not _roles(interaction).isdisjoint(settings.lead_roles)

    @staticmethod
    def person(user: discord.User | discord.Member) -> Person:
        return Person(str(user.id), user.display_name)

    @staticmethod
    def _refuse(interaction: discord.Interaction[Any], words: str) -> None:
        log.warning(
            "refused: user %s tried a moderator's act in channel %s", interaction.user.id, interaction.channel_id
        )
        raise Refused(words)

    async def _read_back(self, guilds: list[discord.Guild], shard_id: int) -> None:
        self._set_anew.difference_update(g.id for g in guilds)
        await self.catch_up.over(guilds, shard_id)
        servers = {str(g.id) for g in guilds} | ({DIRECT} if shard_id == DIRECT_SHARD else set())
        await recheck(self, self.moderation, self.listening, servers)

    def _passes_over(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "shard_connect":
            self.cursors.lose_track(args[0])
        try:
            if event == "message":
                return self.listening.passes_over(args[0])
            return event == "raw_message_edit" and self.listening.passes_over_edit(args[0])
        except Exception:  # raised here it would end the connection; raised in a handler it is only told
            log.exception("the first look at a %s failed", event)
            return False

    async def _deleted(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        if channel_id == self.settings_of(guild_id).moderators_channel:
            for message_id in message_ids:
                await self.moderation.notice_removed(PLATFORM, str(message_id))
        else:
            await self.listening.deleted(guild_id, channel_id, message_ids)

    async def _keep_up(self) -> None:
        """Now and then: write down how far channels were read, and do what could not be done before."""
        while True:
            await self.clock.sleep(FLUSH)
            self.listening.count()
            try:
                await self.keep_up()
            except Exception as error:  # the store may come back
                log.exception("what was read can't be written down: %s", type(error).__name__)

    async def keep_up(self) -> None:
        """Save cursors, learn new settings, begin with channels that are new, and try again what failed."""
        await self.cursors.save()
        await self.servers.refresh()
        for guild in [g for g in self.guilds if g.id in self._set_anew and self.cursors.knows(g.shard_id)]:
            self._set_anew.discard(guild.id)
            await self.catch_up.over([guild], guild.shard_id)
        await self.catch_up.again()
        await self.sync.again()


def _roles(interaction: discord.Interaction[Any]) -> set[int]:
    return {role.id for role in getattr(interaction.user, "roles", ())}


def use_servers(settings: Discord) -> None:
    """Point discord.py at the API and gateway of the settings (it has no per-client option for them)."""
    discord.http.Route.BASE = settings.api_base.rstrip("/")
    if settings.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.gateway)


async def _command_failed(interaction: discord.Interaction[DiscordBot], error: app_commands.AppCommandError) -> None:
    if isinstance(cause := getattr(error, "original", error), Refused):
        await tell(interaction, str(cause))
        return
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        await interaction.client.sync.mistrust()
        await tell(interaction, ours.COMMAND_CHANGED)
        return
    log.error("command %s failed: %s", getattr(interaction.command, "name", "?"), type(cause).__name__, exc_info=cause)
    await tell(interaction, ours.FAILED)
