"""How the bot starts on Discord, over real sockets, and what it says when the set-up is wrong."""

import asyncio
from collections.abc import Iterator

import discord
import pytest
from yarl import URL

from bot.clock import SystemClock
from bot.discord_.client import DiscordBot
from bot.discord_.errors import DiscordUnusable
from bot.discord_.permissions import MODERATORS, WATCHED, intents, invite_url, missing
from bot.moderation import Moderation
from bot.ports import Store
from bot.settings import Discord
from tests.discord_.conftest import Server
from tests.discord_.wire import TOKEN, Wire, discord_on_a_wire
from tests.samples import PACK, WordScreener


@pytest.fixture(autouse=True)
def discord_again() -> Iterator[None]:
    """discord.py keeps its addresses in classes, so each test leaves them as they were."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    yield
    discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, URL(str(gateway))


class Telling(DiscordBot):
    """The bot, with an event that tells when it is connected."""

    connected: asyncio.Event

    async def on_ready(self) -> None:
        await super().on_ready()
        self.connected.set()


def bot_for(wire: Wire, store: Store) -> Telling:
    settings = Discord(api_base=f"{wire.url}/api", gateway=wire.gateway)
    clock = SystemClock()
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock)
    bot = Telling(settings, moderation=moderation, store=store, clock=clock)
    bot.connected = asyncio.Event()
    return bot


async def test_a_wrong_token_is_told_and_never_shown(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async with discord_on_a_wire() as wire:
        with pytest.raises(DiscordUnusable, match="refused the token") as caught:
            await bot_for(wire, store).run_until_closed("wr0ng-token")
    assert "wr0ng-token" not in str(caught.value) + caplog.text


async def test_a_missing_intent_is_told_with_the_switch_to_press(store: Store) -> None:
    async with discord_on_a_wire(refuse_intents=True) as wire:
        with pytest.raises(DiscordUnusable, match="Message Content Intent"):
            await bot_for(wire, store).run_until_closed(TOKEN)


async def test_it_connects_and_tells_its_commands_only_when_they_changed(store: Store) -> None:
    async with discord_on_a_wire() as wire:
        for _ in range(2):
            bot = bot_for(wire, store)
            running = asyncio.create_task(bot.run_until_closed(TOKEN))
            ready = asyncio.create_task(bot.connected.wait())
            await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
            assert ready.done()
            await bot.close()
            await running
    assert [c["name"] for c in wire.commands] == [
        "tea",
        "moderation",
        "privacy",
        "Answer with…",
        "Report a health claim",
    ]
    assert wire.requests.count("PUT /api/applications/100/commands") == 1


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    query = URL(invite_url(100)).query
    assert query["scope"] == "bot applications.commands"
    assert int(query["permissions"]) == (MODERATORS | WATCHED).value
    asked = {name for name, on in discord.Permissions(int(query["permissions"])) if on}
    assert asked.isdisjoint({"administrator", "manage_messages", "ban_members", "mention_everyone"})
    assert {name for name, on in intents() if on} == {"guilds", "guild_messages", "message_content"}


def test_missing_permissions_have_the_names_of_discords_settings() -> None:
    assert missing(discord.Permissions(view_channel=True), MODERATORS) == (
        "Send Messages",
        "Embed Links",
        "Read Message History",
    )


async def test_what_is_missing_in_a_channel_is_said_on_start(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    assert server.bot.user is not None
    denied = {server.bot.user: discord.PermissionOverwrite(send_messages=False, embed_links=False)}
    hidden = server.guild.create_text_channel("hidden", overwrites=denied)
    caplog.clear()
    await server.restart(
        Discord(watch=(server.health.id, 12345), moderators_channel=hidden.id, moderator_roles=(1,)),
    )
    assert "In #hidden (the moderators' channel) the bot lacks: Send Messages, Embed Links." in caplog.text
    assert "Channel 12345 (a watched channel) was not found." in caplog.text
