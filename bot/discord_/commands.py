"""The slash command: one command named after the pack, with a topic that completes while it is typed.

One command with completion, rather than 23 sub-commands: people type what they look for, and a phone shows
the matches right above the keyboard, while sub-commands would have to be scrolled through.
"""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.core import answers, cards
from bot.discord_.buttons import AnswerButton, answer_message

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

Interaction = discord.Interaction[Any]


def answer_command(bot: "DiscordBot") -> app_commands.Command[Any, ..., None]:
    """`/<pack> topic:… private:…`"""

    @app_commands.describe(topic="What would you like to know?", private="Show the answer only to me")
    async def callback(interaction: Interaction, topic: str, private: bool = False) -> None:
        await _answer(bot, interaction, topic, private)

    async def complete(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = answers.complete(bot.moderation.pack, typed)
        return [app_commands.Choice(name=cards.shorten(title, 100), value=topic) for topic, title in found]

    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=bot.moderation.pack.name,
        description=cards.shorten(f"Sourced answers: {bot.moderation.pack.title}", 100),
        callback=callback,
    )
    command.guild_only = True
    command.autocomplete("topic")(complete)
    return command


async def _answer(bot: "DiscordBot", interaction: Interaction, text: str, private: bool) -> None:
    pack = bot.moderation.pack
    urgent = bot.moderation.urgent_words(text)
    found = await bot.moderation.find(text)
    if found and (found[0].score >= answers.SURE or answers.exact(pack, text)):
        topic = pack.topics[found[0].topic]
        shown = cards.answer(topic, pack, urgent=urgent)
        await interaction.response.send_message(**answer_message(shown), ephemeral=private)
        return
    view = discord.ui.View(timeout=None)
    for match in found[:5]:
        view.add_item(AnswerButton(match.topic, 0, pack.topics[match.topic].title))
    words = (
        "Did you mean one of these?" if found else "There is nothing on that. Type / and pick a topic from the list."
    )
    if urgent:
        words = f"**{urgent}**\n\n{words}"
    await interaction.response.send_message(words, view=view, ephemeral=True)
