"""Answers on Discord and their buttons: pages, sources, related topics, votes, taking an answer back."""

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

from discord import ui

from bot.core import wording
from bot.core.cards import shorten
from bot.core.pace import Room
from bot.core.replies import Reply
from bot.core.review import Refused
from bot.discord_.buttons import Interaction, answered, tell
from bot.discord_.convert import PLATFORM
from bot.discord_.render import answer_pages, sources_embed, urgent_embed

if TYPE_CHECKING:
    from bot.discord_.client import DiscordBot

TOPIC = r"(?P<topic>[a-z0-9][a-z0-9-]{0,63})"
CROWD = (Room.CROWDED, Room.EAGER)


def reply_message(reply: Reply, page: int = 0, *, asker: int | None = None) -> dict[str, Any]:
    """One page of an answer with its buttons, or topics that may have been meant; urgent words stand first.

    `asker` may delete the answer, which makes sense where everybody sees it.
    """
    embeds = [urgent_embed(reply.urgent)] if reply.urgent and not page else []
    view = ui.View(timeout=None)
    if reply.answer is None:
        for choice in reply.choices:
            view.add_item(PickButton(choice.topic, choice.label))
        return {"content": reply.words, "embeds": embeds, "view": view}
    pages = answer_pages(reply.answer)
    page %= len(pages)
    if len(pages) > 1:
        last = page + 1 == len(pages)
        following = len(pages) if last else page + 1  # the first page by a number that still says "turn the page"
        view.add_item(AnswerButton(reply.answer.topic, following, wording.FIRST_PAGE if last else wording.NEXT_PAGE))
    if reply.answer.sources:
        view.add_item(SourcesButton(reply.answer.topic, len(reply.answer.sources)))
    for useful in (True, False):
        view.add_item(VoteButton(reply.answer.topic, useful))
    if asker is not None:
        view.add_item(DeleteAnswerButton(asker))
    for choice in reply.choices:
        view.add_item(AnswerButton(choice.topic, 0, choice.label, row=1))
    return {"embeds": [*embeds, pages[page]], "view": view}


async def show(interaction: Interaction, reply: Reply, *, private: bool) -> None:
    """Give the reply, to everybody where there is room for it; what may be urgent never has to wait."""
    bot = _bot(interaction)
    person, channel = bot.person(interaction.user), str(interaction.channel_id)
    room = bot.answering.room(PLATFORM, channel, person)
    if room is Room.NOBODY and not reply.urgent:
        raise Refused(wording.TOO_FAST)
    alone = private or reply.answer is None or room is not Room.EVERYBODY
    message = reply_message(reply, asker=None if alone else interaction.user.id)
    if room in CROWD and not private and reply.answer is not None:
        message["content"] = wording.only_for_you(many_by_you=room is Room.EAGER)
    bot.answering.answered(PLATFORM, channel, person, public=not alone)
    await interaction.response.send_message(**message, ephemeral=alone)


class AnswerButton(ui.DynamicItem[ui.Button[ui.View]], template=rf"answer:{TOPIC}:(?P<page>\d{{1,4}})"):
    """Shows an answer to the one who clicks, or turns the page of one that only they see."""

    def __init__(self, topic: str, page: int, label: str = wording.NEXT_PAGE, *, row: int | None = None) -> None:
        self.topic, self.page = topic, page
        super().__init__(ui.Button(label=shorten(label, 80), custom_id=f"answer:{topic}:{page}", row=row))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["topic"], int(match["page"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        message = reply_message(_found(interaction, self.topic), self.page)
        if self.page and interaction.message and interaction.message.flags.ephemeral:
            await interaction.response.edit_message(**message)
        else:
            await interaction.response.send_message(**message, ephemeral=True)


class PickButton(ui.DynamicItem[ui.Button[ui.View]], template=rf"pick:{TOPIC}"):
    """One of the topics that may have been meant; it is answered as the command would have been."""

    def __init__(self, topic: str, label: str = "") -> None:
        self.topic = topic
        super().__init__(ui.Button(label=shorten(label or topic, 80), custom_id=f"pick:{topic}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["topic"])

    @answered
    async def callback(self, interaction: Interaction) -> None:
        await show(interaction, _found(interaction, self.topic), private=False)


class SourcesButton(ui.DynamicItem[ui.Button[ui.View]], template=rf"sources:{TOPIC}"):
    """Opens the list of sources, for the one who clicks."""

    def __init__(self, topic: str, count: int = 0) -> None:
        self.topic = topic
        super().__init__(ui.Button(label=wording.sources_label(count), custom_id=f"sources:{topic}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["topic"])

    @answered
    async def callback(self, interaction: Interaction) -> None:
        answer = _found(interaction, self.topic).answer
        assert answer is not None
        await interaction.response.send_message(embed=sources_embed(answer), ephemeral=True)


class VoteButton(ui.DynamicItem[ui.Button[ui.View]], template=rf"vote:{TOPIC}:(?P<useful>yes|no)"):
    """Whether the answer was useful; one vote for each person and topic, which they can change."""

    LABELS: ClassVar = {True: wording.USEFUL, False: wording.NOT_USEFUL}

    def __init__(self, topic: str, useful: bool) -> None:
        self.topic, self.useful = topic, useful
        custom_id = f"vote:{topic}:{'yes' if useful else 'no'}"
        super().__init__(ui.Button(label=self.LABELS[useful], custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["topic"], match["useful"] == "yes")

    @answered
    async def callback(self, interaction: Interaction) -> None:
        bot = _bot(interaction)
        _found(interaction, self.topic)
        before = await bot.answering.vote(
            PLATFORM, str(interaction.guild_id), bot.person(interaction.user), self.topic, useful=self.useful
        )
        await tell(interaction, wording.voted(useful=self.useful, before=before))


class DeleteAnswerButton(ui.DynamicItem[ui.Button[ui.View]], template=r"forget:(?P<asker>\d{1,20})"):
    """Takes an answer away again: whoever asked for it, or a moderator."""

    def __init__(self, asker: int) -> None:
        self.asker = asker
        super().__init__(ui.Button(label=wording.DELETE_ANSWER, custom_id=f"forget:{asker}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(int(match["asker"]))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        if interaction.user.id != self.asker and not _bot(interaction).is_moderator(interaction):
            raise Refused(wording.ANSWER_IS_OTHERS)
        await interaction.response.defer()
        await interaction.delete_original_response()


ANSWER_ITEMS = (AnswerButton, PickButton, SourcesButton, VoteButton, DeleteAnswerButton)


def _found(interaction: Interaction, topic: str) -> Reply:
    """The answer of the topic. Raises Refused where it is gone."""
    reply = _bot(interaction).answering.about(topic)
    if reply.answer is None:
        raise Refused(reply.words)
    return reply


def _bot(interaction: Interaction) -> "DiscordBot":
    bot: DiscordBot = interaction.client
    return bot
