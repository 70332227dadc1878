"""Answers under messages that ask for one: a button, or a thread of its own, as each channel's settings say."""

import logging
from typing import TYPE_CHECKING, Literal

import discord
from discord import ui

from bot.core import wording
from bot.core.cards import shorten
from bot.discord_.answers import AnswerButton, reply_message
from bot.discord_.convert import PLATFORM, key_of
from bot.discord_.convert import words as written
from bot.settings import Discord

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

log = logging.getLogger(__name__)
A_DAY: Literal[1440] = 1440  # minutes without a message after which Discord folds a thread away
THREADED = discord.TextChannel  # where a message can start a thread


async def offer(bot: "DiscordBot", message: discord.Message) -> None:
    """Answer a plain question where the settings want it, and not too often; nothing is said anywhere else."""
    mode = mode_of(bot.settings_of(message.guild.id if message.guild else None), message.channel)
    topic = bot.moderation.offer(written(message)) if mode != "off" else None
    if topic is None or topic not in bot.moderation.pack.topics or await bot.moderation.is_paused(key_of(message)):
        return
    if not await bot.answering.may_offer(PLATFORM, str(message.channel.id), topic):
        return
    try:
        await (_in_thread if mode == "thread" else _button)(bot, message, topic)
    except discord.HTTPException as error:
        log.warning("an answer under message %s was not offered: Discord answered %s", message.id, error.status)


def mode_of(settings: Discord, channel: object) -> str:
    """What happens with questions there: as said for the channel, the one it belongs to, its category, or all."""
    parent = getattr(channel, "parent", None)
    places = (
        getattr(channel, "id", None),
        getattr(channel, "parent_id", None),
        getattr(parent or channel, "category_id", None),
    )
    return next((settings.questions_in[p] for p in places if p in settings.questions_in), settings.questions)


async def _button(bot: "DiscordBot", message: discord.Message, topic: str) -> None:
    view = ui.View(timeout=None)
    view.add_item(AnswerButton(topic, 0, wording.show(bot.moderation.pack.topics[topic].title)))
    await message.reply(wording.OFFER, view=view, mention_author=False)


async def _in_thread(bot: "DiscordBot", message: discord.Message, topic: str) -> None:
    """The whole answer in a thread under the message; in a thread already, or where none can be made, a button."""
    if not isinstance(message.channel, THREADED) or message.flags.has_thread:
        await _button(bot, message, topic)
        return
    try:
        name = shorten(bot.moderation.pack.topics[topic].title, 100)
        thread = await message.create_thread(name=name, auto_archive_duration=A_DAY)
    except discord.Forbidden:
        await _button(bot, message, topic)
        return
    reply = bot.answering.about(topic, asked_in=written(message))
    await thread.send(wording.IN_THREAD, **reply_message(reply, asker=message.author.id))
