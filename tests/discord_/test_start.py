"""How the bot starts on Discord, over real sockets, and what it says when the set-up is wrong."""

import discord
import pytest
from yarl import URL

from bot.discord_.errors import DiscordUnusable
from bot.discord_.permissions import MODERATORS, WATCHED, intents, invite_url, missing
from bot.ports import Store
from bot.settings import Discord
from tests.discord_.conftest import Server
from tests.discord_.gateway import DISALLOWED_INTENTS
from tests.discord_.life import bot_for, running
from tests.discord_.wire import TOKEN, discord_on_a_wire


async def test_a_wrong_token_is_told_and_never_shown(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async with discord_on_a_wire() as wire:
        with pytest.raises(DiscordUnusable, match="refused the token") as caught:
            await bot_for(wire, store)[0].run_until_closed("wr0ng-token")
    assert "wr0ng-token" not in str(caught.value) + caplog.text


async def test_a_missing_intent_is_told_with_the_switch_to_press(store: Store) -> None:
    async with discord_on_a_wire(close_with=DISALLOWED_INTENTS) as wire:
        with pytest.raises(DiscordUnusable, match="Message Content Intent"):
            await bot_for(wire, store)[0].run_until_closed(TOKEN)


async def test_it_connects_and_tells_its_commands_only_when_they_changed(store: Store) -> None:
    async with discord_on_a_wire() as wire:
        for _ in range(2):
            async with running(wire, store):
                pass
    assert [c["name"] for c in wire.commands] == [
        "tea",
        "moderation",
        "privacy",
        "Answer with…",
        "Report a health claim",
    ]
    assert wire.asked("PUT applications/100/commands") == 1


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
