"""/moderation setup on Discord, and several servers that must not hear of each other."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.core.message import Person
from bot.core.review import Act, Decision
from bot.discord_ import wording
from bot.discord_.servers import Origin
from bot.discord_.setup import example
from bot.discord_.setup_steps import FIELDS, STEPS, Kind, beside, change, options, shown, step_named
from bot.readers import screener_for
from bot.settings import Discord, Ping, Screening
from tests.discord_.conftest import Server
from tests.discord_.test_answers import shipped

ADMIN = discord.Permissions(administrator=True)


@pytest.fixture
def admin(server: Server) -> Any:
    role = server.guild.create_role("Admins", permissions=ADMIN)
    return server.guild.add_member(server.env.create_user("ada"), roles=[role])


async def begun(server: Server, admin: Any, step: str = "moderators") -> Any:
    """The set-up, at that step."""
    page = await admin.slash(server.health, "moderation setup")
    while page.response.embeds[0].title != title(step):
        page = await admin.click(page.response, label=wording.NEXT)
    return page


def title(step: str) -> str:
    number = next(n for n, s in enumerate(STEPS, start=1) if s.name == step)
    return wording.setup_title(step, number, len(STEPS))


def text(page: Any) -> str:
    return str(page.response.embeds[0].description)


async def choose(admin: Any, page: Any, field: str, *values: Any) -> Any:
    return await admin.select(page.response, list(values), custom_id=f"choose:{field}")


def hidden_channel(server: Server, guild: Any, name: str, role: Any) -> Any:
    """A channel for that role and the bot alone."""
    hidden, seen = discord.PermissionOverwrite(view_channel=False), discord.PermissionOverwrite(view_channel=True)
    return guild.create_text_channel(name, overwrites={guild.default_role: hidden, role: seen, server.bot.user: seen})


async def fresh(server: Server) -> None:
    """A server that nothing was set up for."""
    await server.restart(Discord())


async def test_from_nothing_to_a_first_notice(server: Server, admin: Any) -> None:
    await fresh(server)
    role = server.guild.create_role("Carers")
    notices = hidden_channel(server, server.guild, "notices", role)
    page = await begun(server, admin)
    assert page.ephemeral
    assert wording.NO_CHANNEL in text(page)
    page = await choose(admin, page, "moderators_channel", notices)
    assert f"<#{notices.id}> · chosen here" in text(page)
    assert "✅" in text(page)
    page = await choose(admin, await admin.click(page.response, label=wording.NEXT), "watch", server.health)
    assert f"<#{server.health.id}> · chosen here" in text(page)
    page = await choose(admin, await admin.click(page.response, label=wording.NEXT), "moderator_roles", role)
    page = await begun(server, admin, "ready")
    assert "✅ Everything is in place." in text(page)
    await server.member.send(server.health, "tea cures all")
    await server.deliver()
    assert "Case 1" in notices.last_message.embeds[0].title
    carer = server.guild.add_member(server.env.create_user("cara"), roles=[role])
    await carer.click(notices.last_message, label="Take")
    await server.deliver()
    assert "Taken by cara" in notices.last_message.embeds[0].description


async def test_choices_are_kept_over_a_restart_and_win_over_the_file(server: Server, admin: Any) -> None:
    other = server.guild.create_text_channel("other")
    page = await choose(admin, await begun(server, admin, "watch"), "watch", other)
    assert "chosen here" in text(page)
    await server.restart()
    await server.member.send(server.health, "tea cures all")
    assert await server.deliver() == 0
    await server.member.send(other, "tea cures all")
    assert await server.deliver() == 1
    page = await begun(server, admin, "watch")
    page = await admin.click(page.response, label=wording.AS_IN_THE_FILE)
    assert f"<#{server.health.id}> · from config/bot.yaml" in text(page)
    await server.member.send(server.health, "tea is blue")
    assert await server.deliver() == 1


async def test_what_is_wrong_is_said_at_once_and_again_when_it_is_mended(server: Server, admin: Any) -> None:
    me = server.bot.user
    assert me is not None
    secret = server.guild.create_text_channel(
        "secret",
        overwrites={
            server.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            me: discord.PermissionOverwrite(view_channel=True, send_messages=False),
        },
    )
    page = await choose(admin, await begun(server, admin), "moderators_channel", secret)
    assert "In #secret (the moderators' channel) the bot lacks: Send Messages, Embed Links." in text(page)
    ready = await begun(server, admin, "ready")
    assert "Not yet." in text(ready)
    channel = server.bot.get_channel(secret.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, view_channel=True, send_messages=True)
    page = await admin.click(page.response, label=wording.CHECK_AGAIN)
    assert "✅" in text(page)


async def test_a_channel_that_everybody_reads_is_no_place_for_notices(server: Server, admin: Any) -> None:
    page = await choose(admin, await begun(server, admin), "moderators_channel", server.health)
    assert wording.open_to_all("#health") in text(page)


async def test_a_role_that_can_not_be_called_is_named(server: Server, admin: Any) -> None:
    role = server.guild.create_role("On call", mentionable=False)
    assert server.bot.user is not None
    page = await choose(admin, await begun(server, admin, "calls"), "ping.harmful", role)
    assert f"<@&{role.id}>" in text(page)
    assert server.bot.settings_of(server.guild.id).ping.harmful == role.id
    page = await choose(admin, page, "ping.harmful")
    assert server.bot.settings_of(server.guild.id).ping.harmful is None


async def test_the_threshold_decides_what_moderators_see(server: Server, admin: Any) -> None:
    await choose(admin, await begun(server, admin, "threshold"), "notice", "0.95")
    await server.member.send(server.health, "tea cures all")  # found with 90%
    assert await server.deliver() == 0
    await choose(admin, await begun(server, admin, "threshold"), "notice", "0.9")
    await server.member.send(server.health, "tea cures everything")
    assert await server.deliver() == 1


async def test_only_administrators_set_up_and_each_click_is_asked_again(server: Server, admin: Any) -> None:
    refused = await server.ann.slash(server.mods, "moderation setup")
    assert refused.response.content == wording.ADMINS_ONLY
    page = await begun(server, admin)
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    role = next(role for role in guild.roles if role.name == "Admins")
    await role.edit(permissions=discord.Permissions.none())
    refused = await choose(admin, page, "moderators_channel", server.health)
    assert refused.response.content == wording.ADMINS_ONLY
    assert server.bot.servers.origin(server.guild.id, "moderators_channel") is Origin.FILE


@dataclass
class Second:
    """Another server of the same bot, with people of its own."""

    guild: Any
    health: Any
    mods: Any
    member: Any
    eve: Any  # a moderator there


@pytest.fixture
async def second(server: Server) -> Second:
    guild = server.env.create_guild("Coffee lovers")
    role = guild.create_role("Guards", permissions=discord.Permissions(manage_messages=True))
    health, mods = guild.create_text_channel("health"), hidden_channel(server, guild, "mods", role)
    member = guild.add_member(server.env.create_user("olga"))
    eve = guild.add_member(server.env.create_user("eve"), roles=[role])
    await server.restart()
    chosen = {"watch": [health.id], "moderators_channel": mods.id, "moderator_roles": [role.id]}
    await server.bot.servers.choose(guild.id, **chosen)
    return Second(guild, health, mods, member, eve)


async def test_each_server_gets_its_own_notices(server: Server, second: Second) -> None:
    await server.member.send(server.health, "tea cures all")
    await second.member.send(second.health, "tea is blue")
    await server.deliver()
    assert "tea-cures" in server.mods.last_message.embeds[0].fields[0].name
    assert "tea-is-blue" in second.mods.last_message.embeds[0].fields[0].name
    assert len(server.mods.history()) == len(second.mods.history()) == 1


async def test_a_server_without_a_channel_of_its_own_never_uses_anothers(server: Server, second: Second) -> None:
    await server.bot.servers.give_up(second.guild.id, ["moderators_channel"])
    assert server.bot.settings_of(second.guild.id).moderators_channel is None
    await second.member.send(second.health, "tea cures all")
    await server.deliver()
    assert server.mods.last_message is None


async def test_moderators_see_and_decide_cases_of_their_own_server_only(server: Server, second: Second) -> None:
    await server.member.send(server.health, "tea cures all")
    await second.member.send(second.health, "tea is blue")
    await server.deliver()
    queue = await second.eve.slash(second.mods, "moderation queue", show="all")
    assert "Case 2" in queue.response.embeds[0].description
    assert "Case 1" not in queue.response.embeds[0].description
    missing = await second.eve.slash(second.mods, "moderation case", number=1)
    assert missing.response.content == "There is no case 1."
    stats = await second.eve.slash(second.mods, "moderation stats")
    assert stats.response.content.startswith("1 case in")
    table = await second.eve.slash(second.mods, "moderation export")
    rows = (await table.response.attachments[0].read()).decode().strip().splitlines()
    assert len(rows) == 2
    assert "tea-cures" not in rows[1]


async def test_a_button_of_another_servers_case_is_refused(server: Server, second: Second) -> None:
    """As if somebody had forged the number in a button's id."""
    await server.member.send(server.health, "tea cures all")
    await second.member.send(second.health, "tea is blue")
    await server.deliver()
    raw = server.env.backend.get_message(second.mods.id, second.mods.last_message.id)
    for row in raw.components:
        for button in row["components"]:
            button["custom_id"] = button["custom_id"].replace("case:2:", "case:1:").replace("history:2", "history:1")
    for label in ("Take", "Escalate", "History", "Uphold", "Delete message"):
        if any(b["label"] == label for row in raw.components for b in row["components"]):
            refused = await second.eve.click(second.mods.last_message, label=label)
            assert refused.response.content == "There is no case 1.", label
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert case.version == 1


async def test_a_pause_everywhere_means_this_server(server: Server, second: Second) -> None:
    await second.eve.slash(second.health, "moderation pause", where="everywhere")
    await second.member.send(second.health, "tea cures all")
    await server.member.send(server.health, "tea cures all")
    assert await server.deliver() == 1
    here = await second.eve.slash(second.health, "moderation resume", where="here")
    assert "paused everywhere" in here.response.content
    await second.eve.slash(second.health, "moderation pause", where="here")
    await second.eve.slash(second.health, "moderation resume", where="everywhere")
    await second.member.send(second.health, "tea is blue")
    assert await server.deliver() == 1


async def test_only_moderators_of_the_server_are_reminded(server: Server, second: Second) -> None:
    await server.member.send(server.health, "tea cures all")
    await second.member.send(second.health, "tea is blue")
    await server.deliver()
    server.clock.pass_time(timedelta(hours=11))
    eve = Person(str(second.eve.id), "eve")
    await server.bot.moderation.decide(2, Decision(Act.NOTE, eve, server.clock.now(), 1, text="later"))
    server.clock.pass_time(timedelta(hours=2))
    await server.deliver()
    assert str(second.eve.id) in second.mods.last_message.content
    assert str(second.eve.id) not in server.mods.last_message.content


async def test_only_the_owner_of_the_server_hears_that_its_notices_wait(server: Server, second: Second) -> None:
    server.env.inject_error("POST", f"/channels/{second.mods.id}/messages", status=403)
    await second.member.send(second.health, "tea cures all")
    await server.deliver()
    assert second.guild.owner.dm_channel.last_message is not None
    assert server.guild.owner.dm_channel is None or server.guild.owner.dm_channel.last_message is None


async def test_the_file_can_differ_from_server_to_server(server: Server, second: Second) -> None:
    await server.bot.servers.give_up(second.guild.id, ["watch", "moderators_channel", "moderator_roles"])
    own = {"watch": [second.health.id], "moderators_channel": second.mods.id}
    file = Discord.model_validate(server.settings.model_dump(exclude={"servers"}) | {"servers": {second.guild.id: own}})
    await server.restart(file)
    assert server.bot.servers.origin(second.guild.id, "watch") is Origin.SERVER
    await second.member.send(second.health, "tea cures all")
    await server.member.send(server.health, "tea cures all")
    assert await server.deliver() == 2
    assert server.mods.last_message is not None
    assert second.mods.last_message is not None


async def test_what_another_process_chose_is_learned(server: Server) -> None:
    chosen = f'{{"watch": [{server.mods.id}], "from_a_newer_bot": 1}}'
    await server.store.keep_workspace_settings("discord", str(server.guild.id), chosen, server.clock.now())
    await server.bot.servers.refresh()
    assert server.bot.settings_of(server.guild.id).watch == (server.mods.id,)


async def test_the_example_that_is_shown_brings_a_notice(server: Server) -> None:
    server.bot.moderation.pack = shipped()
    screener = screener_for(shipped(), notice=Screening().notice, shadow=Screening().shadow)
    assert screener.screen(example(server.bot)).findings


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_what_was_chosen_is_shown_again(key: str) -> None:
    field = FIELDS[key]
    values = [options(Discord(), field)[0][0]] if field.kind is Kind.WORDS else ["11", "12"][: field.most]
    chosen = Discord.model_validate(change(Discord(), field, values))
    assert shown(chosen, field) == tuple(values)
    if field.kind is not Kind.WORDS:
        assert shown(Discord.model_validate(change(chosen, field, [])), field) == ()


def test_a_channel_has_one_way_to_answer() -> None:
    first = Discord.model_validate(change(Discord(), FIELDS["questions_in.off"], ["1", "2"]))
    then = Discord.model_validate(change(first, FIELDS["questions_in.thread"], ["2", "3"]))
    assert then.questions_in == {1: "off", 2: "thread", 3: "thread"}


def test_one_ping_leaves_the_others() -> None:
    settings = Discord(ping=Ping(harmful=1, misleading=2))
    assert change(settings, FIELDS["ping.harmful"], [])["ping"] == settings.ping.model_dump() | {"harmful": None}


def test_a_threshold_of_the_file_can_stay() -> None:
    assert "0.77" in [value for value, _ in options(Discord(notice=0.77), FIELDS["notice"])]


def test_every_step_has_words_and_room_and_leads_on() -> None:
    for step in STEPS:
        assert {f.key for f in step.fields} <= set(wording.FIELD_LABELS)
        assert step.name in wording.STEP_TITLES
        assert len(step.fields) <= 4
    assert beside(STEPS[0], -1) is None
    assert beside(STEPS[-1], 1) is None
    assert step_named("gone") is STEPS[0]
