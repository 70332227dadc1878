"""Links that lead nowhere, against a real server on this machine."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web

from bot.packs.online import dead_links
from bot.packs.read import examine
from tests.packs.test_mutations import SOURCES, STONES

TODAY = date(2026, 11, 25)


def everybody(address: str) -> bool:
    """The server of these tests is on this machine, which is out of bounds otherwise."""
    return True


async def answer(request: web.Request) -> web.Response:
    if request.path == "/moved":
        raise web.HTTPFound("/404")
    return web.Response(status=int(request.path.removeprefix("/")))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/200", ""),
        ("/403", ""),
        ("/503", ""),
        ("/404", "status 404"),
        ("/410", "status 410"),
        ("/moved", "status 404"),
    ],
)
async def test_pages_that_are_gone_are_named_at_their_line(tmp_path: Path, path: str, says: str) -> None:
    app = web.Application()
    app.router.add_get("/{status}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        found = await dead_links(examine(pack_with(tmp_path, f"{base}{path}", f"{base}/200")), may_ask=everybody)
    finally:
        await runner.cleanup()
    assert [(p.rule, p.line) for p in found] == ([("dead-link", 8)] if says else [])
    assert all(says in p.message and p.hint for p in found)


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = await dead_links(
        examine(pack_with(tmp_path, "http://127.0.0.1:1/a", "http://127.0.0.1:1/b")), may_ask=everybody
    )
    assert len(found) == 6
    assert "can't be reached" in found[0].message


def pack_with(folder: Path, first: str, others: str) -> Path:
    """The small pack, with all its links on one server."""
    pack = shutil.copytree(STONES, folder / "pack")
    lines = (pack / SOURCES).read_text("utf-8").split("\n")
    places = [n for n, line in enumerate(lines) if line.startswith("  url:")]
    for n in places:
        lines[n] = f'  url: "{first if n == places[0] else others}"'
    (pack / SOURCES).write_text("\n".join(lines), "utf-8")
    return pack
