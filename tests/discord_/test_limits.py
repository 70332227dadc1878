"""Request bodies against Discord's documented limits: the reader of bodies itself, and content that is far too long."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.core.pack import Fact, Pack, Source, Topic
from bot.ports import Store
from tests.discord_.conftest import Server
from tests.discord_.life import running
from tests.discord_.limits import Bodies, problems
from tests.discord_.test_flow import server_text_input
from tests.discord_.wire import GUILD, MODS, discord_on_a_wire
from tests.samples import PACK

POST = partial(problems, "POST", "/channels/1/messages")
ANSWER = partial(problems, "POST", "/interactions/1/token/callback")
COMMANDS = partial(problems, "PUT", "/applications/1/commands")


def button(**changes: Any) -> dict[str, Any]:
    return {"type": 2, "label": "Go", "style": 2, "custom_id": "go"} | changes


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def select(count: int = 2, **changes: Any) -> dict[str, Any]:
    options = [{"label": f"o{n}", "value": f"o{n}"} for n in range(count)]
    return {"type": 3, "custom_id": "pick", "options": options} | changes


def command(**changes: Any) -> dict[str, Any]:
    return {"name": "tea", "description": "Answers", "type": 1} | changes


def option(**changes: Any) -> dict[str, Any]:
    return {"name": "topic", "description": "Which?", "type": 3} | changes


LONG_CHOICES = tuple({"name": "x" * 100, "value": "x" * 99} for _ in range(25))


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (POST, {"content": "x" * 2000}),
        (POST, {"embeds": [{"title": "x" * 256, "description": "x" * 4096, "footer": {"text": "x" * 1648}}]}),
        (POST, {"content": "x", "components": [row(*(button(custom_id=str(n)) for n in range(5)))]}),
        (POST, {"content": "x", "components": [row(select(25, max_values=25))]}),
        (POST, {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}, row(button())]}),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "x", "value": "x"}] * 25}}),
        (ANSWER, {"type": 5}),
        (COMMANDS, [command(options=[option(required=True), option(name="private", type=5)])]),
        (
            COMMANDS,
            [command(name="कैल्शियम"), command(name="แคลเซียม"), command(name="Answer with…", type=3, description="")],
        ),
    ],
)
def test_what_discord_takes_has_no_problem(read: Callable[[Any], list[str]], body: Any) -> None:
    assert read(body) == []


@pytest.mark.parametrize(
    ("read", "body", "problem"),
    [
        (POST, {}, "empty message"),
        (POST, {"content": "x" * 2001}, "content has 2001"),
        (POST, {"content": "x", "nonce": "x" * 26}, "nonce has 26"),
        (POST, {"embeds": [{"description": "x" * 4097}]}, "description has 4097"),
        (POST, {"embeds": [{"title": "x"}] * 11}, "11 embeds"),
        (POST, {"embeds": [{}]}, "empty embed"),
        (POST, {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, "6001 characters"),
        (POST, {"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]}, "26 fields"),
        (POST, {"embeds": [{"fields": [{"name": "x", "value": " "}]}]}, "empty value"),
        (POST, {"embeds": [{"fields": [{"name": "x", "value": "x" * 1025}]}]}, "value has 1025"),
        (POST, {"embeds": [{"title": "x", "url": "javascript:x"}]}, "no address"),
        (POST, {"content": "x", "components": [row(button())] * 6}, "five action rows"),
        (POST, {"content": "x", "components": [row(*[button()] * 6)]}, "6 components in one row"),
        (POST, {"content": "x", "components": [row(button(), button())]}, "stands 2 times"),
        (POST, {"content": "x", "components": [row(button(label="x" * 81))]}, "label has 81"),
        (POST, {"content": "x", "components": [row(button(label=""))]}, "without label"),
        (POST, {"content": "x", "components": [row(button(custom_id="x" * 101))]}, "1 to 100"),
        (POST, {"content": "x", "components": [row(button(style=5, custom_id=None, url="x" * 513))]}, "url has 513"),
        (POST, {"content": "x", "components": [row(select(26))]}, "26 options"),
        (POST, {"content": "x", "components": [row(select(0))]}, "0 options"),
        (POST, {"content": "x", "components": [row(select(2, max_values=3))]}, "3 of 2 options"),
        (POST, {"content": "x", "components": [row(select(placeholder="x" * 151))]}, "placeholder has 151"),
        (POST, {"content": "x", "components": [row(select(), button())]}, "shares its row"),
        (POST, {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41}, "41 components"),
        (POST, {"flags": 1 << 15, "content": "x", "components": [{"type": 10, "content": "x"}]}, "beside components"),
        (POST, {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4001}]}, "4000 characters of text"),
        (POST, {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}, "allows all of them"),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "x", "value": "x"}] * 26}}, "26 choices"),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "x"}]}}, "name has 101"),
        (ANSWER, {"type": 9, "data": {"title": "x" * 46, "custom_id": "m", "components": [row(button())]}}, "1 to 45"),
        (ANSWER, {"type": 9, "data": {"title": "x", "custom_id": "m", "components": []}}, "1 to 5 components"),
        (ANSWER, {"type": 99}, "unknown type 99"),
        (COMMANDS, [command(name="Tea")], "can't be called 'Tea'"),
        (COMMANDS, [command(name="green tea")], "can't be called"),
        (COMMANDS, [command(name="x" * 33)], "can't be called"),
        (COMMANDS, [command(description="")], "1 to 100 characters"),
        (COMMANDS, [command(), command()], "2 commands are called tea"),
        (COMMANDS, [command(options=[option(name=f"o{n}") for n in range(26)])], "26 options"),
        (COMMANDS, [command(options=[option(), option(name="b", required=True)])], "required options come first"),
        (COMMANDS, [command(type=3, name="x" * 33, description="")], "1 to 32"),
        (COMMANDS, [command(options=[option(name=name, choices=LONG_CHOICES) for name in "ab"])], "8000 at most"),
    ],
)  # fmt: skip
def test_what_discord_refuses_is_found(read: Callable[[Any], list[str]], body: Any, problem: str) -> None:
    assert any(problem in found for found in read(body)), read(body)


def test_a_route_nobody_thought_of_is_a_problem() -> None:
    assert problems("POST", "/somewhere/new", {"content": "x"})


async def test_the_suite_reads_what_the_bot_sends(server: Server, within_limits: Bodies) -> None:
    await server.flag()
    await server.member.slash(server.health, "tea", topic="green")
    routes = " ".join(f"{method} {path}" for method, path in within_limits.seen)
    for part in ("PUT /applications", f"POST /channels/{server.mods.id}/messages", "/callback"):
        assert part in routes
    assert not within_limits.problems


async def test_a_body_beside_a_file_is_read_too(store: Store, within_limits: Bodies) -> None:
    async with discord_on_a_wire() as wire, running(wire, store) as (bot, _):
        await bot.notifier.digest_of(str(GUILD), "digest", "Summary " + "x" * 2000, b"a picture")
        (posted,) = wire.messages[MODS].values()
        assert len(posted["content"]) == 2000
    assert ("POST", f"/channels/{MODS}/messages") in within_limits.seen
    assert not within_limits.problems


def huge(count: int = 60) -> Pack:
    """Content in which everything is as long as nobody would write it."""
    long = f"https://example.org/({'y' * 150})"
    sources = {f"s{n}": Source(f"s{n}", f"Title ] {n} " * 40, "Publisher " * 40, long, True) for n in range(40)}
    facts = tuple(Fact(f"Fact {n} " + "word " * 150, tuple(sources)) for n in range(8))
    ids = [f"{'t' * 50}-{n}" for n in range(count)]
    topics = {i: Topic(i, "Long title " * 50, ("alias " * 40,), "Summary " * 200, facts, "2026-01-01") for i in ids}
    misconceptions = {
        key: replace(m, claim="Claim " * 300, correction="Correction " * 300, sources=tuple(sources))
        for key, m in PACK.misconceptions.items()
    }
    safety = replace(PACK.safety, disclaimer="Disclaimer " * 300)
    return replace(
        PACK, title="Title " * 60, topics=topics, misconceptions=misconceptions, sources=sources, safety=safety
    )


async def test_content_that_is_far_too_long_still_fits(server: Server) -> None:
    server.pack = huge()
    await server.restart()
    topic = next(iter(server.pack.topics))
    shown = await server.member.slash(server.health, "tea", topic=topic)
    page = await server.member.click(shown.response, label="Next page")
    assert page.ephemeral
    await server.member.click(shown.response, label="Sources (40)")
    assert len(await server.member.autocomplete(server.health, "tea", "topic", "long")) == 25
    await server.member.slash(server.health, "tea", topic="summary of something else entirely")
    question = await server.member.send(server.health, "what is it?")
    chosen = await server.ann.context_menu(server.health, "Answer with…", question)
    lists = [r["components"][0] for r in chosen.response.components]
    assert [len(each["options"]) for each in lists] == [25, 25, 10]
    await server.ann.select(chosen.response, [lists[2]["options"][3]["value"]], custom_id=lists[2]["custom_id"])


@pytest.mark.parametrize(
    "text", ["tea cures and is blue " + "🍵 " * 900, "tea cures **" + "`" * 1900, "tea cures " + "\n" * 1900]
)
async def test_notices_and_corrections_of_long_claims_still_fit(server: Server, text: str) -> None:
    server.pack = huge()
    await server.restart()
    await server.flag(text[:2000])
    preview = await server.click(server.ann, "Uphold")
    modal = await server.ann.click(preview.response, label="Edit first")
    await server.ann.submit_modal(modal, {server_text_input(modal): "y" * 2000})
    await server.deliver()
    await server.click(server.ann, "History")
    await server.ann.slash(server.mods, "moderation queue", show="all")
    await server.ann.slash(server.mods, "moderation stats")
