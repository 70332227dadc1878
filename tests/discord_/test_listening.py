"""Where the bot listens on Discord, to whom, and to which parts of a message."""

from collections.abc import Callable
from typing import Any

import discord
import pytest
from simcord.backend.models.message import Poll, PollAnswer

from bot.core.reader import Screener
from bot.discord_.client import DiscordBot
from bot.packs.read import read_pack
from bot.settings import Settings
from tests.discord_.conftest import Server

CLAIM = "tea cures all"


async def heard(server: Server) -> bool:
    """Whether what was posted last brought moderators a notice."""
    return await server.deliver() == 1


async def watching(server: Server, **settings: Any) -> None:
    await server.restart(server.settings.model_copy(update={"watch": (), **settings}))


def thread(server: Server, parent: Any, name: str = "a thread", **options: Any) -> Any:
    made = server.env.backend.create_thread(parent.id, name, server.member.id, **options)
    return next(t for t in parent.threads if t.id == made.id)


PLACES: dict[str, Callable[[Any], Any]] = {
    "a text channel": lambda guild: guild.create_text_channel("place"),
    "an announcement channel": lambda guild: guild.create_news_channel("place"),
    "the text of a voice channel": lambda guild: guild.create_voice_channel("place"),
    "the text of a stage": lambda guild: guild.create_stage_channel("place"),
}


@pytest.mark.parametrize("kind", PLACES)
async def test_it_listens_where_it_was_told_to(server: Server, kind: str) -> None:
    place = PLACES[kind](server.guild)
    await server.member.send(place, "tea is blue")
    assert not await heard(server)
    await watching(server, watch=(place.id,))
    await server.member.send(place, CLAIM)
    assert await heard(server)


async def test_a_category_stands_for_its_channels_and_their_threads(server: Server) -> None:
    category = server.guild.create_category("Health")
    inside = server.guild.create_text_channel("inside", category=category)
    await watching(server, watch=(category.id,))
    await server.member.send(inside, CLAIM)
    assert await heard(server)
    await server.member.send(thread(server, inside), "tea cures everything")
    assert await heard(server)


@pytest.mark.parametrize("kind", [11, 12], ids=["public", "private"])
async def test_threads_of_a_watched_channel_are_watched(server: Server, kind: int) -> None:
    made = thread(server, server.health, type=kind)
    if kind == 12:
        server.env.backend.add_thread_member(made.id, server.env.backend.bot_user.id)
    await server.member.send(made, CLAIM)
    assert await heard(server)


async def test_a_tag_chooses_posts_in_any_forum(server: Server) -> None:
    forum = server.guild.create_forum_channel("questions")
    plain = {"moderated": False, "emoji_id": None, "emoji_name": None}
    tags = [plain | {"id": str(1000 + n), "name": name} for n, name in enumerate(("Health", "Games"))]
    server.env.backend.edit_channel(forum.id, {"available_tags": tags})
    await watching(server, watch_tags=("health",))
    await server.member.send(thread(server, forum, applied_tags=[1001]), CLAIM)
    assert not await heard(server)
    await server.member.send(thread(server, forum, applied_tags=[1000]), CLAIM)
    assert await heard(server)


async def test_a_posts_title_is_read_with_its_first_message(server: Server) -> None:
    forum = server.guild.create_forum_channel("questions")
    await watching(server, watch=(forum.id,))
    post = thread(server, forum, "tea cures all, I am told")
    first = server.env.backend.prepare_message(post.id, server.member.id, "and I believe it")
    first.id = post.id  # as Discord numbers it
    server.env.backend.commit_message(first)
    await server.env.settle()
    assert await heard(server)
    await server.member.send(post, "me too")
    assert not await heard(server)


async def test_members_with_an_exempt_role_are_left_alone(server: Server) -> None:
    staff = server.guild.create_role("Dietitians")
    expert = server.guild.add_member(server.env.create_user("dee"), roles=[staff])
    await server.restart(server.settings.model_copy(update={"exempt_roles": (staff.id,)}))
    await expert.send(server.health, CLAIM)
    assert not await heard(server)
    await server.member.send(server.health, CLAIM)
    assert await heard(server)


async def test_exempt_roles_also_count_for_what_is_read_later(server: Server) -> None:
    staff = server.guild.create_role("Dietitians")
    expert = server.guild.add_member(server.env.create_user("dee"), roles=[staff])
    await server.member.send(server.health, "hello")
    await server.bot.cursors.save()
    await server.env.restart_bot(discord.Client(intents=discord.Intents.default()))
    await expert.send(server.health, CLAIM)
    await server.restart(server.settings.model_copy(update={"exempt_roles": (staff.id,)}))
    assert not await heard(server)


async def test_bots_webhooks_and_what_discord_says_itself_are_never_read(server: Server) -> None:
    other = server.guild.add_member(server.env.create_user("helper", bot=True))
    await other.send(server.health, CLAIM)
    await server.guild.create_webhook(server.health).send(CLAIM)
    thread(server, server.health, "tea cures all")  # Discord posts "… started a thread" with its name
    await server.env.settle()
    assert not await heard(server)


async def test_direct_messages_are_read_only_where_that_is_switched_on(server: Server) -> None:
    await server.member.send_dm(CLAIM)
    assert not await heard(server)
    await server.restart(server.settings.model_copy(update={"direct_messages": True}))
    await server.member.send_dm("tea cures everything")
    assert await heard(server)
    assert "in a direct message" in (server.notice.embeds[0].description or "")


async def test_a_forward_is_read_with_its_embeds_and_a_link_preview_is_not(server: Server) -> None:
    elsewhere = server.guild.create_text_channel("elsewhere")
    news = [{"title": "News", "description": CLAIM}]
    for channel in (elsewhere, server.health):
        server.env.backend.create_message(channel.id, server.member.id, "look", embeds=news)
    await server.env.settle()
    assert not await heard(server)
    await server.member.forward(elsewhere.last_message, server.health)
    assert await heard(server)
    case = await server.bot.moderation.case(1)
    assert case is not None
    assert case.text == f"look\nNews\n{CLAIM}"


async def test_a_poll_is_read_with_its_options(server: Server) -> None:
    poll = Poll("What helps?", [PollAnswer(1, "sleep"), PollAnswer(2, CLAIM)], "2030-01-01T00:00:00+00:00")
    server.env.backend.create_message(server.health.id, server.member.id, "", poll=poll)
    await server.env.settle()
    assert await heard(server)


def test_the_options_of_a_poll_do_not_answer_it() -> None:
    screener = Screener(read_pack(Settings().content))
    question = "Does vitamin K2 dissolve calcium deposits in the arteries?"
    assert screener.screen(f"{question}\nYes").findings
    assert not screener.screen(f"{question}\n(poll option) Yes\n(poll option) No").findings


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("message.txt", b"hello\ntea cures all", True),
        ("NOTES.MD", b"\xef\xbb\xbftea cures all", True),
        ("wide.txt", "tea cures all".encode("utf-16"), True),
        ("late.txt", b" " * 10_240 + b"tea cures all", False),
        ("early.txt", b"tea cures all" + b"\xff" * 20_000, True),
        ("huge.txt", b"tea cures all" + b" " * 1_000_001, False),
        ("picture.png", b"tea cures all", False),
    ],
)
async def test_text_files_are_read_up_to_ten_kilobytes(server: Server, name: str, data: bytes, found: bool) -> None:
    await server.member.send(server.health, "see the file", attachments=[(name, data)])
    assert await heard(server) is found


async def test_a_file_that_can_not_be_had_leaves_the_words_of_the_message(server: Server) -> None:
    backend = server.env.backend
    files = backend.store_attachments(server.health.id, [("gone.txt", b"tea is blue")])
    backend.cdn._blobs.clear()
    backend.create_message(server.health.id, server.member.id, CLAIM, attachments=files)
    await server.env.settle()
    assert await heard(server)


async def test_a_reply_is_screened_with_what_it_answers(server: Server) -> None:
    first = await server.ann.send(server.health, "what about tea?")
    asked: list[str] = []
    screener = server.bot.moderation._screener
    plain = screener.screen

    async def listen(text: str, *, reply_to: str = "") -> Any:
        asked.append(reply_to)
        return await plain(text, reply_to=reply_to)

    screener.screen = listen  # type: ignore[method-assign]
    await server.member.send(server.health, CLAIM, reply_to=first)
    assert asked == ["what about tea?"]


class Counting(DiscordBot):
    """The bot, with a list of the events for which it made a task."""

    tasks: list[str]

    def _schedule_event(self, coro: Any, event_name: str, *args: Any, **kwargs: Any) -> Any:
        self.tasks.append(event_name)
        return super()._schedule_event(coro, event_name, *args, **kwargs)


async def test_ordinary_chat_costs_no_task(server: Server) -> None:
    bot = Counting(server.settings, moderation=server.bot.moderation, store=server.store, clock=server.clock)
    bot.tasks = []
    await server.env.restart_bot(bot)
    await server.member.send(server.health, "nice weather today")
    assert "on_message" not in bot.tasks
    await server.member.send(server.health, CLAIM)
    assert "on_message" in bot.tasks
