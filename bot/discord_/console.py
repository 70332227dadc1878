"""`/moderation …` for moderators, and "Report a health claim" for members; every answer is seen by one person only."""

import io
import re
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, Self

import discord
from discord import app_commands, ui

from bot.core import cards, console, export
from bot.core.review import UNDECIDED, Case, Refused, Status
from bot.core.statistics import summarise
from bot.discord_.buttons import Interaction, answered, notice_view, tell
from bot.discord_.convert import PLATFORM
from bot.discord_.render import notice_embed, quoted

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

P = ParamSpec("P")
Answer = Coroutine[Any, Any, None]
PAGE = 10  # cases on one page of the queue
FILTERS = {"waiting": tuple(UNDECIDED), "upheld": (Status.UPHELD,), "dismissed": (Status.DISMISSED,), "all": ()}
Filter = Literal["waiting", "upheld", "dismissed", "all"]
Days = app_commands.Range[int, 1, 365]
EXPORTS = {"csv": export.as_csv, "json": export.as_json}


def moderation_commands(bot: "DiscordBot") -> app_commands.Group:
    """The group; whoever uses it is checked again on each call, whatever Discord's own settings say."""
    group = app_commands.Group(
        name="moderation",
        description="Cases, numbers and switches, for moderators",
        guild_only=True,
        default_permissions=discord.Permissions(manage_messages=True),
    )

    @group.command(description="Cases, the most serious first")
    @app_commands.describe(show="Which cases", page="Which page")
    @told
    async def queue(interaction: Interaction, show: Filter = "waiting", page: app_commands.Range[int, 1] = 1) -> None:
        bot.require_moderator(interaction)
        await interaction.response.send_message(**await _queue_page(bot, show, page - 1), ephemeral=True)

    @group.command(description="One case with its buttons")
    @app_commands.describe(number="The number on the notice")
    @told
    async def case(interaction: Interaction, number: app_commands.Range[int, 1]) -> None:
        bot.require_moderator(interaction)
        found = await bot.moderation.case(number)
        if found is None or not console.is_shared(found):
            raise Refused(f"There is no case {number}.")
        records, policy = await bot.moderation.records(), bot.moderation.policy
        embed = notice_embed(cards.notice(found, bot.moderation.pack, records, policy), found.id)
        await interaction.response.send_message(embed=embed, view=notice_view(found, policy), ephemeral=True)

    @group.command(description="How a person's messages were judged: counts, no texts")
    @app_commands.describe(person="Whose messages", days="How far back")
    @told
    async def user(interaction: Interaction, person: discord.User, days: Days = 90) -> None:
        bot.require_moderator(interaction)
        span = timedelta(days=days)
        cases = await bot.moderation.of_author(PLATFORM, str(interaction.guild_id), str(person.id), span)
        await _say(interaction, [f"{quoted(person.display_name)}:", *console.person_lines(cases, span)])

    @group.command(description="How much waits, how long decisions take, how flags end")
    @app_commands.describe(days="How far back")
    @told
    async def stats(interaction: Interaction, days: Days = 30) -> None:
        bot.require_moderator(interaction)
        span = timedelta(days=days)
        numbers = summarise(await bot.moderation.since(span), bot.clock.now())
        lines = console.statistics_lines(numbers, span, people=bot.is_lead(interaction))
        await _say(interaction, [quoted(line) for line in lines])

    @group.command(name="export", description="Cases as a file, without texts")
    @app_commands.describe(days="How far back", form="What sort of file")
    @told
    async def export_(interaction: Interaction, days: Days = 30, form: Literal["csv", "json"] = "csv") -> None:
        bot.require_moderator(interaction)
        table = EXPORTS[form](await bot.moderation.since(timedelta(days=days)))
        file = discord.File(io.BytesIO(table.encode()), f"cases.{form}")
        await interaction.response.send_message("Only you can see this file.", file=file, ephemeral=True)

    @group.command(description="Stop screening, here or everywhere, until you resume")
    @app_commands.describe(where="This channel, or all of them")
    @told
    async def pause(interaction: Interaction, where: Literal["here", "everywhere"]) -> None:
        bot.require_moderator(interaction)
        await bot.moderation.pause(_channel(interaction, where))
        await _say(interaction, [f"Screening is paused {where}. Messages posted meanwhile are not looked at."])

    @group.command(description="Screen again")
    @app_commands.describe(where="This channel, or all of them")
    @told
    async def resume(interaction: Interaction, where: Literal["here", "everywhere"]) -> None:
        bot.require_moderator(interaction)
        await bot.moderation.resume(_channel(interaction, where))
        await _say(interaction, [f"Screening goes on {where}."])

    return group


def told(command: Callable[Concatenate[Interaction, P], Answer]) -> Callable[Concatenate[Interaction, P], Answer]:
    """A refusal during the command is told to whoever gave it."""

    @wraps(command)
    async def safe(interaction: Interaction, /, *args: P.args, **options: P.kwargs) -> None:
        try:
            await command(interaction, *args, **options)
        except Refused as refusal:
            await tell(interaction, str(refusal))

    return safe


def report_command(bot: "DiscordBot") -> app_commands.ContextMenu:
    """What members find under a message's "Apps" menu."""

    @told
    async def callback(interaction: Interaction, message: discord.Message) -> None:
        if not bot.listening.hears(message):
            raise Refused("Only members' messages in the health channels can be reported here.")
        await interaction.response.send_modal(ReportModal(message))

    return app_commands.ContextMenu(name="Report a health claim", callback=callback)


class ReportModal(ui.Modal, title="Report a health claim"):
    text: ui.TextInput[Any] = ui.TextInput(
        label="What is wrong with it?",
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=500,
        placeholder="Only moderators read this.",
    )

    def __init__(self, message: discord.Message) -> None:
        super().__init__()
        self.message = message

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        bot = interaction.client
        message = await bot.listening.converted(self.message)
        await bot.moderation.report(message, bot.person(interaction.user), self.text.value)
        await tell(interaction, "Thank you. The moderators decide what follows.")


class QueueButton(ui.DynamicItem[ui.Button[ui.View]], template=r"queue:(?P<show>[a-z]+):(?P<page>\d+)"):
    """Turns the page of the queue."""

    def __init__(self, show: str, page: int, label: str = "Next page") -> None:
        self.show, self.page = show, page
        super().__init__(ui.Button(label=label, custom_id=f"queue:{show}:{page}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["show"], int(match["page"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot = interaction.client
        bot.require_moderator(interaction)
        if self.show not in FILTERS:
            raise Refused("There is no such list. Please use /moderation queue.")
        await interaction.response.edit_message(**await _queue_page(bot, self.show, self.page))


async def _queue_page(bot: "DiscordBot", show: str, page: int) -> dict[str, Any]:
    cases = await bot.moderation.queue(statuses=FILTERS[show], limit=PAGE + 1, offset=min(page, 10**6) * PAGE)
    now = bot.clock.now()
    lines = [_linked(case, quoted(console.queue_line(case, now))) for case in cases[:PAGE]]
    view = ui.View(timeout=None)
    if page > 0:
        view.add_item(QueueButton(show, page - 1, "Page before"))
    if len(cases) > PAGE:
        view.add_item(QueueButton(show, page + 1))
    embed = discord.Embed(title=f"Cases: {show}", description=_fit(lines) or "None.", colour=0x5D6D7E)
    return {"embed": embed, "view": view}


def _linked(case: Case, line: str) -> str:
    return f"• {line}" + (f" [message]({case.link})" if case.link else "")


def _channel(interaction: Interaction, where: str) -> str | None:
    return f"{PLATFORM}:{interaction.channel_id}" if where == "here" else None


def _fit(lines: Sequence[str], room: int = 4000) -> str:
    """As many whole lines as fit."""
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > room:
            break
        kept.append(line)
    return "\n".join(kept)


async def _say(interaction: Interaction, lines: Sequence[str]) -> None:
    await interaction.response.send_message(_fit(lines, 1900), ephemeral=True)
