"""What somebody tries on Discord who wants to do harm; forged buttons are in test_acts, other servers in test_setup."""

import json

import pytest

from tests.discord_.conftest import Server
from tests.discord_.test_acts import forge
from tests.tricks import BIDI, NAMES, WORDS

LIVE = ("@everyone", "@here", "<@&5>", "<@1>", "https://evil", "](javascript:", "\u202e")


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
async def test_a_members_name_plays_no_tricks_on_a_notice(server: Server, name: str, shown: str) -> None:
    member = server.guild.add_member(server.env.create_user("trickster"), nick=name.replace("\ud800", ""))
    await member.send(server.health, "tea cures all")
    await server.deliver()
    told = json.dumps(server.notice.embeds[0].to_dict(), ensure_ascii=False)
    assert not set(told) & set(BIDI)
    assert shown[:20].replace("# ", "") in told.replace("\\", "").replace("# ", "")
    assert (await server.case()).author.name == shown


@pytest.mark.parametrize("words", WORDS)
async def test_words_of_a_member_stay_words_on_a_notice_and_in_the_queue(server: Server, words: str) -> None:
    await server.flag(f"tea cures all {words}")
    await server.click(server.ann, "Take")
    shown = await server.ann.slash(server.mods, "moderation queue")
    assert not server.notice.mention_everyone
    assert not server.notice.role_mentions
    for told in (server.notice, shown.response):
        assert told is not None
        seen = json.dumps([e.to_dict() for e in told.embeds], ensure_ascii=False) + (told.content or "")
        seen = seen.replace(server.notice.jump_url, "")
        assert not [live for live in LIVE if live in seen.replace("\\\\", "")]


async def test_the_same_click_sent_again_and_again_counts_once(server: Server) -> None:
    await server.flag()
    for _ in range(3):
        await forge(server, server.ann, "case:1:1:take")
    assert (await server.case()).version == 2
    assert len(await server.bot.moderation.history(1)) == 1
