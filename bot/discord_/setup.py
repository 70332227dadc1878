"""`/moderation setup`: an administrator chooses channels, roles and thresholds; each is saved and checked at once.

The page that is shown stands in the ids of its buttons and selects, so it works on after a restart.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui
from pydantic import ValidationError

from bot.core.cards import shorten
from bot.core.pack import Severity, Stage
from bot.core.review import Refused
from bot.discord_ import permissions, wording
from bot.discord_.buttons import Interaction, answered
from bot.discord_.servers import Origin
from bot.discord_.setup_steps import FIELDS, STEPS, Field, Kind, Step, beside, change, options, shown, step_named
from bot.settings import Discord

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

Select = ui.Select[ui.View] | ui.ChannelSelect[ui.View] | ui.RoleSelect[ui.View]
NAMED_IN = {Kind.CHANNELS: "<#{}>", Kind.ROLES: "<@&{}>"}
CHECKS: dict[str, Callable[[discord.Guild, Discord], Iterator[str]]] = {
    "moderators": permissions.of_moderators,
    "watch": permissions.of_watched,
    "calls": permissions.of_calls,
    "questions": permissions.of_threads,
}
EXAMPLE = "…"  # where the content has no such claim
MOST_PROBLEMS = 8  # shown at once


async def begin(bot: "DiscordBot", interaction: Interaction) -> None:
    """Show the first page, to the administrator alone. Raises Refused."""
    guild = _guild(interaction)
    await interaction.response.send_message(**page(bot, guild, STEPS[0]), ephemeral=True)


def page(bot: "DiscordBot", guild: discord.Guild, step: Step) -> dict[str, Any]:
    """One step: what it asks for, how it stands, what is wrong with it, and the ways on."""
    settings = bot.settings_of(guild.id)
    embed = discord.Embed(
        title=wording.setup_title(step.name, STEPS.index(step) + 1, len(STEPS)),
        description="\n\n".join(part for part in _paragraphs(bot, guild, step, settings) if part)[:4000],
        colour=0x5D6D7E,
    )
    embed.set_footer(text=wording.SETUP_FOOTER)
    view = ui.View(timeout=None)
    for field in step.fields:
        view.add_item(SetupSelect.of(settings, field))
    for by, label in ((-1, wording.BACK), (1, wording.NEXT)):
        if (other := beside(step, by)) is not None:
            view.add_item(SetupButton(other.name, "go", label))
    if step.fields:
        view.add_item(SetupButton(step.name, "file", wording.AS_IN_THE_FILE))
    view.add_item(SetupButton(step.name, "check", wording.CHECK_AGAIN))
    return {"embed": embed, "view": view}


class SetupButton(ui.DynamicItem[ui.Button[ui.View]], template=r"setup:(?P<step>[a-z]+):(?P<act>go|file|check)"):
    """Goes to another page, looks again, or gives up what was chosen on this one."""

    def __init__(self, step: str, act: str, label: str = wording.NEXT) -> None:
        self.step, self.act = step, act
        style = discord.ButtonStyle.primary if label == wording.NEXT else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, style=style, custom_id=f"setup:{step}:{act}", row=4))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["step"], match["act"])

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot, guild, step = _bot(interaction), _guild(interaction), step_named(self.step)
        if self.act == "file":
            await bot.servers.give_up(guild.id, step.settings)
        await interaction.response.edit_message(**page(bot, guild, step))


class SetupSelect(ui.DynamicItem[Select], template=r"choose:(?P<field>[a-z_.]+)"):
    """Chooses the value of one setting, and saves it."""

    def __init__(self, field: str, select: Select) -> None:
        self.field = field
        super().__init__(select)

    @classmethod
    def of(cls, settings: Discord, field: Field) -> Self:
        return cls(field.key, _SELECTS[field.kind](settings, field))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["field"], cast(Select, item))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot, guild = _bot(interaction), _guild(interaction)
        field = FIELDS.get(self.field)
        if field is None:
            raise Refused(wording.SETTING_GONE)
        values = [str(getattr(value, "id", value)) for value in self.item.values]
        try:
            await bot.servers.choose(guild.id, **change(bot.settings_of(guild.id), field, values))
        except ValidationError as error:
            raise Refused(wording.NOT_TAKEN.format(problem=error.errors()[0]["msg"])) from None
        step = next(step for step in STEPS if field in step.fields)
        await interaction.response.edit_message(**page(bot, guild, step))


SETUP_ITEMS = (SetupButton, SetupSelect)


def _paragraphs(bot: "DiscordBot", guild: discord.Guild, step: Step, settings: Discord) -> Iterator[str]:
    fields = step.fields
    if step.name == "ready":
        yield _ready(bot, guild, settings)
        chosen = (f for f in FIELDS.values() if bot.servers.origin(guild.id, f.setting) is not Origin.DEFAULT)
        fields = tuple(f for f in chosen if shown(settings, f))
    yield wording.STEP_WORDS[step.name]
    yield "\n".join(_line(bot, guild, settings, field) for field in fields)
    if step.name in CHECKS:
        yield wording.checks(list(CHECKS[step.name](guild, settings))[:MOST_PROBLEMS])


def _ready(bot: "DiscordBot", guild: discord.Guild, settings: Discord) -> str:
    problems = list(permissions.problems(guild, settings))[:MOST_PROBLEMS]
    where = "".join(f"<#{c}>" for c in settings.watch[:1]) or wording.NOT_SET
    return wording.ready(problems, example=example(bot), where=where, notices=f"<#{settings.moderators_channel}>")


def example(bot: "DiscordBot") -> str:
    """Something that brings a notice: the shortest claim that can do harm."""
    known = bot.moderation.pack.misconceptions.values()
    live = (m.claim for m in known if m.stage is Stage.LIVE and m.severity is Severity.HARMFUL)
    return min(live, key=len, default=EXAMPLE)


def _line(bot: "DiscordBot", guild: discord.Guild, settings: Discord, field: Field) -> str:
    value = _value(settings, field)
    origin = wording.ORIGINS[bot.servers.origin(guild.id, field.setting)]
    return wording.setting_line(wording.FIELD_LABELS[field.key], value, origin)


def _value(settings: Discord, field: Field) -> str:
    values = shown(settings, field)
    if field.key == "notice" and not values:
        return wording.AS_SCREENING
    if field.kind is Kind.WORDS:
        return dict(options(settings, field)).get(values[0], values[0])
    return " ".join(NAMED_IN[field.kind].format(v) for v in values[:25]) or wording.NOT_SET


def _channels(settings: Discord, field: Field) -> Select:
    return ui.ChannelSelect(
        custom_id=f"choose:{field.key}",
        placeholder=wording.FIELD_LABELS[field.key],
        channel_types=list(field.types),
        min_values=0,
        max_values=field.most,
        default_values=_marked(settings, field, discord.SelectDefaultValueType.channel),
    )


def _roles(settings: Discord, field: Field) -> Select:
    return ui.RoleSelect(
        custom_id=f"choose:{field.key}",
        placeholder=wording.FIELD_LABELS[field.key],
        min_values=0,
        max_values=field.most,
        default_values=_marked(settings, field, discord.SelectDefaultValueType.role),
    )


def _marked(settings: Discord, field: Field, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    """What the select shows as chosen."""
    return [discord.SelectDefaultValue(id=int(i), type=kind) for i in shown(settings, field)[: field.most]]


def _words(settings: Discord, field: Field) -> Select:
    now = shown(settings, field)
    return ui.Select(
        custom_id=f"choose:{field.key}",
        placeholder=wording.FIELD_LABELS[field.key],
        options=[
            discord.SelectOption(label=shorten(label, 100), value=value, default=value in now)
            for value, label in options(settings, field)
        ],
    )


_SELECTS: dict[Kind, Callable[[Discord, Field], Select]] = {
    Kind.CHANNELS: _channels,
    Kind.ROLES: _roles,
    Kind.WORDS: _words,
}


def _guild(interaction: Interaction) -> discord.Guild:
    """The server, where the person may set up the bot; asked again with every click. Raises Refused."""
    if interaction.guild is None or not interaction.permissions.manage_guild:
        raise Refused(wording.ADMINS_ONLY)
    return interaction.guild


def _bot(interaction: Interaction) -> "DiscordBot":
    bot: DiscordBot = interaction.client
    return bot
