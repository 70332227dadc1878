"""A notice fits whatever members write: within Discord's limits, pinging nobody, rendering none of their markup."""

import re
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.cards import notice
from bot.core.message import Person
from bot.core.pack import Pack, Severity
from bot.core.review import Flag, Policy, Report, Status
from bot.discord_.render import fitted, notice_embed, quoted, size
from tests.samples import PACK, case

HOSTILE = (
    "**bold** __under__ ~~gone~~ ||hidden|| `code`",
    "@everyone @here <@1> <@&2> <#3> <:x:4> </kill:5>",
    "[free money](https://evil.example) https://evil.example <https://evil.example>",
    "> quote\n# head\n- list\n```py\ncode```",
    "t̷̢̛̗e̸a̵̡͓ ̶z̴a̷l̸g̵o̴" * 9,
    "👩‍👩‍👧‍👦" * 50,
    "\u202eright to left\u202c \u200b",
    "_" * 400,
    "\\" * 99,
)
TEXTS = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=80), min_size=1, max_size=60).map("".join)
LIVE = re.compile(r"(?<!\\)(\*\*|__|~~|\|\||`)|@(everyone|here)|<[@#:/]|\]\(|https?://")


def many(count: int, text: str) -> tuple[Flag, ...]:
    at = len(text) // 3
    quote = text[at : at + 4000]
    return tuple(
        Flag(f"a-misconception-with-a-long-name-{n}", Severity.HARMFUL, 0.9, quote, at, at + len(quote), text)
        for n in range(count)
    )


def pack_with(flags: tuple[Flag, ...]) -> Pack:
    known = PACK.misconceptions["tea-cures"]
    return replace(
        PACK,
        misconceptions={
            f.misconception: replace(known, id=f.misconception, correction="It is not so. " * 60) for f in flags
        },
    )


@given(text=TEXTS, name=TEXTS, note=TEXTS, count=st.integers(0, 30), status=st.sampled_from(Status))
@example(text="*" * 4000, name="@everyone", note="_" * 500, count=30, status=Status.UPHELD)
@example(text="😀" * 4000, name="😀" * 200, note="😀" * 500, count=10, status=Status.TAKEN)
def test_a_notice_fits_and_harms_nobody(text: str, name: str, note: str, count: int, status: Status) -> None:
    who = Person("9", name)
    flags = many(count, text[:4000])
    shown = case(
        text=text[:4000], author=who, place=f"#{name}", reply_to=text, flags=flags, status=status, holder=who,
        decided_by=who, link="https://discord.com/channels/1/2/3", reports=(Report(who, note[:500]),) * 5,
        answered_by=who, answer_link="https://discord.com/channels/1/2/4", repeats=3,
    )  # fmt: skip
    embed = notice_embed(notice(shown, pack_with(flags), {}, Policy(), folded=4), shown.id)
    parts = [embed.title, embed.description, embed.footer.text, *(t for f in embed.fields for t in (f.name, f.value))]
    assert sum(size(p or "") for p in parts) <= 6000
    assert size(embed.title or "") <= 256
    assert 0 < size(embed.description or "") <= 4096
    assert len(embed.fields) <= 25
    assert all(0 < size(f.name or "") <= 256 and 0 < size(f.value or "") <= 1024 for f in embed.fields)
    assert "[go to the message](https://discord.com/channels/1/2/3)" in (embed.description or "")
    assert all((f.value or "").startswith("> ") for f in embed.fields[:10])


@given(TEXTS, st.integers(1, 1024))
def test_members_words_stay_within_their_room_and_stay_words(text: str, room: int) -> None:
    shown = fitted(text, room)
    assert size(shown) <= room
    assert not LIVE.search(shown.replace("\\\\", ""))
    assert "\n" not in shown


def test_links_in_members_words_lead_nowhere() -> None:
    assert "](h" not in quoted("[free](https://evil.example)")
    assert "://e" not in quoted("https://evil.example")
