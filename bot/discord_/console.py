"""`/moderation …` for moderators, and "Report a health claim" for members; every answer is seen by one person only."""

import io
import re
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, Self

import discord
from discord import app_commands, ui

from bot.content_desk import about_content
from bot.core import cards, console, export
from bot.core import wording as words
from bot.core.review import UNDECIDED, Case, Refused, Status
from bot.core.statistics import summarise
from bot.discord_ import wording
from bot.discord_.buttons import Interaction, answered, notice_view, tell
from bot.discord_.convert import PLATFORM
from bot.discord_.examples import show_examples
from bot.discord_.outdated import outdated_view
from bot.discord_.render import notice_embed, quoted
from bot.discord_.setup import begin

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
        description=wording.MODERATION,
        guild_only=True,
        default_permissions=discord.Permissions(manage_messages=True),
    )

    @group.command(description=wording.QUEUE)
    @app_commands.describe(show=wording.QUEUE_SHOW, page=wording.QUEUE_PAGE)
    @told
    async def queue(interaction: Interaction, show: Filter = "waiting", page: app_commands.Range[int, 1] = 1) -> None:
        bot.require_moderator(interaction)
        shown = await _queue_page(bot, interaction, show, page - 1)
        await interaction.response.send_message(**shown, ephemeral=True)

    @group.command(description=wording.CASE)
    @app_commands.describe(number=wording.CASE_NUMBER)
    @told
    async def case(interaction: Interaction, number: app_commands.Range[int, 1]) -> None:
        bot.require_moderator(interaction)
        found = await bot.moderation.case(number)
        if found is None or not bot.may_see(interaction, found):
            raise Refused(wording.no_case(number))
        records, policy = await bot.moderation.records(), bot.moderation.policy
        embed = notice_embed(cards.notice(found, bot.moderation.pack, records, policy), found.id)
        await interaction.response.send_message(embed=embed, view=notice_view(found, policy), ephemeral=True)

    @group.command(description=wording.USER)
    @app_commands.describe(person=wording.USER_PERSON, days=wording.HOW_FAR_BACK)
    @told
    async def user(interaction: Interaction, person: discord.User, days: Days = 90) -> None:
        bot.require_moderator(interaction)
        span = timedelta(days=days)
        cases = await bot.moderation.of_author(PLATFORM, str(interaction.guild_id), str(person.id), span)
        await _say(interaction, [f"{quoted(person.display_name)}:", *console.person_lines(cases, span)])

    @group.command(description=wording.STATS)
    @app_commands.describe(days=wording.HOW_FAR_BACK)
    @told
    async def stats(interaction: Interaction, days: Days = 30) -> None:
        bot.require_moderator(interaction)
        span = timedelta(days=days)
        numbers = summarise(await bot.moderation.since(span, of=bot.scope(interaction)), bot.clock.now())
        lines = console.statistics_lines(numbers, span, people=bot.is_lead(interaction))
        votes = await bot.answering.votes(PLATFORM, str(interaction.guild_id))
        lines += console.vote_lines(bot.moderation.pack, votes)
        await _say(interaction, [quoted(line) for line in lines])

    @group.command(description=wording.CONTENT)
    @told
    async def content(interaction: Interaction) -> None:
        bot.require_moderator(interaction)
        about = await about_content(bot.moderation, bot.clock.now(), of=bot.scope(interaction))
        words = fit([quoted(line) for line in about.lines], 1900)
        await interaction.response.send_message(words, view=outdated_view(about.outdated), ephemeral=True)

    @group.command(name="export", description=wording.EXPORT)
    @app_commands.describe(days=wording.HOW_FAR_BACK, form=wording.EXPORT_FORM)
    @told
    async def export_(interaction: Interaction, days: Days = 30, form: Literal["csv", "json"] = "csv") -> None:
        bot.require_moderator(interaction)
        table = EXPORTS[form](await bot.moderation.since(timedelta(days=days), of=bot.scope(interaction)))
        file = discord.File(io.BytesIO(table.encode()), f"cases.{form}")
        await interaction.response.send_message(wording.EXPORTED, file=file, ephemeral=True)

    @group.command(description=wording.PAUSE)
    @app_commands.describe(where=wording.WHERE)
    @told
    async def pause(interaction: Interaction, where: Literal["here", "everywhere"]) -> None:
        bot.require_moderator(interaction)
        await bot.moderation.pause(_channel(interaction, where), of=bot.scope(interaction))
        await _say(interaction, [words.paused(where, urgent=bot.moderation.policy.urgent_in_pauses)])

    @group.command(description=wording.RESUME)
    @app_commands.describe(where=wording.WHERE)
    @told
    async def resume(interaction: Interaction, where: Literal["here", "everywhere"]) -> None:
        bot.require_moderator(interaction)
        await bot.moderation.resume(_channel(interaction, where), of=bot.scope(interaction))
        await _say(interaction, [words.resumed(where)])

    @group.command(description=wording.EXAMPLES)
    @told
    async def examples(interaction: Interaction) -> None:
        await show_examples(interaction)

    @group.command(description=wording.SETUP)
    @told
    async def setup(interaction: Interaction) -> None:
        await begin(bot, interaction)

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
            raise Refused(wording.NOT_REPORTABLE)
        await interaction.response.send_modal(ReportModal(message))

    return app_commands.ContextMenu(name=wording.REPORT, callback=callback)


class ReportModal(ui.Modal, title=wording.REPORT):
    text: ui.TextInput[Any] = ui.TextInput(
        label=wording.REPORT_FIELD,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=500,
        placeholder=wording.REPORT_HINT,
    )

    def __init__(self, message: discord.Message) -> None:
        super().__init__()
        self.message = message

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        bot = interaction.client
        message = await bot.listening.converted(self.message)
        await bot.moderation.report(message, bot.person(interaction.user), self.text.value)
        await tell(interaction, wording.REPORTED)


class QueueButton(ui.DynamicItem[ui.Button[ui.View]], template=r"queue:(?P<show>[a-z]+):(?P<page>\d+)"):
    """Turns the page of the queue."""

    def __init__(self, show: str, page: int, label: str = wording.PAGE_AFTER) -> None:
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
            raise Refused(wording.NO_SUCH_LIST)
        await interaction.response.edit_message(**await _queue_page(bot, interaction, self.show, self.page))


async def _queue_page(bot: "DiscordBot", interaction: Interaction, show: str, page: int) -> dict[str, Any]:
    of = bot.scope(interaction)
    cases = await bot.moderation.queue(statuses=FILTERS[show], limit=PAGE + 1, offset=min(page, 10**6) * PAGE, of=of)
    now = bot.clock.now()
    lines = [_linked(case, quoted(console.queue_line(case, now))) for case in cases[:PAGE]]
    view = ui.View(timeout=None)
    if page > 0:
        view.add_item(QueueButton(show, page - 1, wording.PAGE_BEFORE))
    if len(cases) > PAGE:
        view.add_item(QueueButton(show, page + 1))
    embed = discord.Embed(title=wording.cases_title(show), description=fit(lines) or wording.NO_CASES, colour=0x5D6D7E)
    return {"embed": embed, "view": view}


def _linked(case: Case, line: str) -> str:
    return f"• {line}" + (f" [{wording.MESSAGE}]({case.link})" if case.link else "")


def _channel(interaction: Interaction, where: str) -> str | None:
    return f"{PLATFORM}:{interaction.channel_id}" if where == "here" else None


def fit(lines: Sequence[str], room: int = 4000) -> str:
    """As many whole lines as fit."""
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > room:
            break
        kept.append(line)
    return "\n".join(kept)


async def _say(interaction: Interaction, lines: Sequence[str]) -> None:
    await interaction.response.send_message(fit(lines, 1900), ephemeral=True)
