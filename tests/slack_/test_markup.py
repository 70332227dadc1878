"""Slack's markup and payloads, read as what people typed and did."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack_.blocks import cut
from bot.slack_.convert import DELETED, Post, Removal, news_of, permalink, thread_of
from bot.slack_.markup import escape, mentioned, quoted, read, with_links

NAMES = {"U1": "ann <3"}


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ("", ""),
        ("tea &amp; milk &lt;b&gt;", "tea & milk <b>"),
        ("&amp;lt; stays a code", "&lt; stays a code"),
        ("hi <@U1>, hi <@U2>, hi <@U3|carl>", "hi @ann <3, hi @somebody, hi @carl"),
        ("see <#C1|health> and <#C2>", "see #health and #channel"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@mods> <!subteam^S2>", "@mods @subteam"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<https://example.org|tea cures all>", "tea cures all"),
        ("<mailto:a@example.org|a@example.org> <mailto:b@example.org>", "a@example.org b@example.org"),
        ("*bold* _it_ ~gone~ `code`\n&gt; quoted", "*bold* _it_ ~gone~ `code`\n> quoted"),
        ("a < b", "a < b"),
        ("1 &lt; 2 <@U1", "1 < 2 <@U1"),
    ],
)
def test_markup_is_read_as_what_was_typed(raw: str, typed: str) -> None:
    assert read(raw, NAMES) == typed


@given(st.text())
def test_what_is_typed_plainly_is_read_back_letter_by_letter(text: str) -> None:
    assert read(escape(text), {}) == text


@given(st.text())
def test_no_words_can_ping_link_or_format(text: str) -> None:
    for shown in (quoted(text), quoted(f"<!channel> <@U1> *{text}* <http://x|y>")):
        assert not set("<>*_~`") & set(shown)


@given(st.text(alphabet="ab &<>:/.h|!@*", max_size=60))
def test_only_web_addresses_become_links(text: str) -> None:
    outside = with_links(f"{text} https://example.org/a?b=1&c=2 <https://example.org/d>")
    assert outside.endswith("<https://example.org/a?b=1&amp;c=2> <https://example.org/d>")
    assert "<!" not in outside
    assert "<@" not in outside


@given(st.text(alphabet="ab<>&;", min_size=30, max_size=80))
def test_a_cut_leaves_no_broken_code(text: str) -> None:
    short = cut(with_links(text + " https://example.org/abcdefghijklmnop"), 25)
    assert len(short) <= 25
    assert short.count("<") == short.count(">")


def test_people_are_found_in_text() -> None:
    assert mentioned("<@U1> <@W2|x> <#C1> U3") == {"U1", "W2"}


def event(**fields: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "user": "U1", "text": "tea", "ts": "1.0", **fields}


POST = Post("C1", "1.0", "U1", "tea")


@pytest.mark.parametrize(
    ("payload", "news"),
    [
        (event(), POST),
        (event(thread_ts="1.0"), POST),
        (event(thread_ts="0.5"), Post("C1", "1.0", "U1", "tea", "0.5")),
        (event(subtype="thread_broadcast", thread_ts="0.5"), Post("C1", "1.0", "U1", "tea", "0.5")),
        (event(subtype="file_share"), POST),
        (event(subtype="me_message"), POST),
        (event(subtype="channel_join"), None),
        (event(subtype="channel_topic"), None),
        (event(subtype="bot_message"), None),
        (event(bot_id="B1"), None),
        (event(user=None), None),
        (
            {
                "type": "message", "subtype": "message_changed", "hidden": True, "channel": "C1", "ts": "3.0",
                "message": event(text="new", edited={"user": "U1", "ts": "2.0"}),
                "previous_message": event(text="old words"),
            },
            Post("C1", "1.0", "U1", "new", version=2.0),
        ),
        (
            {
                "type": "message", "subtype": "message_changed", "channel": "C1", "ts": "3.0",
                "message": event(attachments=[{"title": "a preview"}]), "previous_message": event(),
            },
            None,
        ),
        (
            {
                "type": "message", "subtype": "message_changed", "channel": "C1", "ts": "3.0",
                "message": {"subtype": "tombstone", "ts": "1.0", "text": "This message was deleted.", "hidden": True},
                "previous_message": event(text="old words"),
            },
            Removal("C1", "1.0"),
        ),
        (
            {
                "type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "3.0", "deleted_ts": "1.0",
                "previous_message": event(text="old words"),
            },
            Removal("C1", "1.0"),
        ),
    ],
)  # fmt: skip
def test_events_tell_what_people_said_and_nothing_else(payload: dict[str, Any], news: object) -> None:
    found = news_of(payload)
    assert found == news
    assert "old words" not in repr(found)
    assert Removal("C1", "1.0").version == DELETED


@pytest.mark.parametrize("thread", ["", "1700000000.000100"])
def test_a_link_tells_under_which_message_an_answer_stands(thread: str) -> None:
    link = permalink("https://tea.slack.com/", "C1", "1700000001.000200", thread)
    assert link.startswith("https://tea.slack.com/archives/C1/p1700000001000200")
    assert thread_of(link, "1700000001.000200") == (thread or "1700000001.000200")
