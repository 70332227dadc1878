"""The slash command and "Answer with…": one command named after the pack, with a topic that completes while typed.

One command with completion, rather than 23 sub-commands: people type what they look for, and a phone shows
the matches right above the keyboard, while sub-commands would have to be scrolled through.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import app_commands, ui

from bot.core import wording
from bot.core.cards import shorten
from bot.core.completion import Choice, complete
from bot.core.replies import Reply
from bot.core.review import Refused
from bot.discord_.answers import reply_message, show
from bot.discord_.buttons import Interaction, answered
from bot.discord_.console import told

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

LIST = 25  # options that one select holds
MOST_LISTS = 5
LINK = re.compile(r"(?:https://(?:\w+\.)?discord(?:app)?\.com/channels/\d+/(?P<channel>\d+)/)?(?P<message>\d{1,20})/?")


def asking_commands(bot: "DiscordBot") -> tuple[app_commands.Command[Any, ..., None] | app_commands.ContextMenu, ...]:
    """Everything that leads to an answer."""
    return answer_command(bot), answer_with_command(bot)


def answer_command(bot: "DiscordBot") -> app_commands.Command[Any, ..., None]:
    """`/<pack> topic:… private:… reply_to:…`"""

    @app_commands.describe(topic=wording.ASK_TOPIC, private=wording.ASK_PRIVATE, reply_to=wording.ASK_REPLY_TO)
    @told
    async def callback(
        interaction: Interaction, topic: str, private: bool = False, reply_to: str | None = None
    ) -> None:
        reply = await bot.answering.reply(topic)
        if reply_to is None or reply.answer is None:
            await show(interaction, reply, private=private)
            return
        bot.require_moderator(interaction)
        await _post_under(interaction, _message_id(interaction, reply_to), reply.answer.topic)

    async def completion(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = complete(bot.moderation.pack, typed)
        return [app_commands.Choice(name=shorten(choice.label, 100), value=choice.topic) for choice in found]

    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=bot.moderation.pack.name,
        description=shorten(wording.command_description(bot.moderation.pack), 100),
        callback=callback,
    )
    command.guild_only = True
    command.autocomplete("topic")(completion)
    return command


def answer_with_command(bot: "DiscordBot") -> app_commands.ContextMenu:
    """What moderators find under a message's "Apps" menu: they choose a topic, and it is posted as a reply."""

    @told
    async def callback(interaction: Interaction, message: discord.Message) -> None:
        bot.require_moderator(interaction)
        view = ui.View(timeout=None)
        choices = _likely_first(bot, message.content)
        for number, start in enumerate(range(0, min(len(choices), LIST * MOST_LISTS), LIST)):
            view.add_item(TopicSelect(message.id, number, choices[start : start + LIST]))
        await interaction.response.send_message(wording.CHOOSE_TOPIC, view=view, ephemeral=True)

    menu = app_commands.ContextMenu(name=wording.ANSWER_WITH, callback=callback)
    menu.guild_only = True
    menu.default_permissions = discord.Permissions(manage_messages=True)
    return menu


class TopicSelect(ui.DynamicItem[ui.Select[ui.View]], template=r"with:(?P<message>\d{1,20}):(?P<list>\d)"):
    """Posts the chosen topic under a message."""

    def __init__(self, message: int, number: int, choices: Sequence[Choice] = ()) -> None:
        self.message_id = message
        options = [discord.SelectOption(label=shorten(c.label, 100), value=c.topic) for c in choices]
        placeholder = wording.TOPICS if number == 0 else wording.MORE_TOPICS
        super().__init__(ui.Select(placeholder=placeholder, options=options, custom_id=f"with:{message}:{number}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["message"]), int(match["list"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        interaction.client.require_moderator(interaction)
        await _post_under(interaction, self.message_id, self.item.values[0])


ASKING_ITEMS = (TopicSelect,)


def _likely_first(bot: "DiscordBot", text: str) -> list[Choice]:
    """All topics; those that the message seems to ask about come first."""
    first = list(bot.answering.likely(text))
    named = {choice.topic for choice in first}
    topics = bot.moderation.pack.topics.values()
    return first + [Choice(t.id, t.title) for t in topics if t.id not in named]


async def _post_under(interaction: Interaction, message_id: int, topic: str) -> None:
    """Post the answer as a reply to the message, and say so to the moderator. Raises Refused."""
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel):
        raise Refused(wording.ANSWER_NOT_HERE)
    if interaction.type is discord.InteractionType.component:
        await interaction.response.defer()  # the list is replaced by what came of it
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        message = await channel.fetch_message(message_id)
        reply: Reply = interaction.client.answering.about(topic, asked_in=message.content)
        if reply.answer is None:
            raise Refused(reply.words)
        await message.reply(**reply_message(reply, asker=interaction.user.id), mention_author=False)
    except discord.NotFound:
        raise Refused(wording.ANSWER_UNANSWERABLE) from None
    except discord.Forbidden:
        raise Refused(wording.ANSWER_FORBIDDEN) from None
    await interaction.edit_original_response(content=wording.ANSWER_POSTED, view=None)


def _message_id(interaction: Interaction, given: str) -> int:
    """The message that a link or a number names. Raises Refused where it is none of this channel."""
    named = LINK.fullmatch(given.strip())
    if named is None or named["channel"] not in (None, str(interaction.channel_id)):
        raise Refused(wording.NO_SUCH_LINK)
    return int(named["message"])
