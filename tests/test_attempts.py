"""What somebody tries who wants to do harm, where no platform is needed for it. Each platform has a file like this."""

import shutil
from pathlib import Path

import pytest
from aiohttp import web

from bot.core import export
from bot.core.message import Person
from bot.packs.files import collect
from bot.packs.online import dead_links, is_public
from bot.packs.read import examine
from bot.settings import SettingsError, load
from tests.packs.test_mutations import STONES
from tests.packs.test_online import pack_with
from tests.samples import NOON, case
from tests.tricks import BIDI, HIDDEN, NAMES


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_a_name_can_neither_turn_nor_hide_nor_cover_anything(name: str, shown: str) -> None:
    assert Person("1", name).name == shown
    assert Person("1", shown).name == shown
    assert not set(shown) & set(BIDI + HIDDEN + "\n\r\x00")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_name_begins_a_formula_in_a_spreadsheet(sign: str) -> None:
    made = case(decided_by=Person("1", f"{sign}cmd|' /C calc'!A0"), decided_at=NOON, place=f"{sign}1+1")
    for line in export.as_csv([made]).splitlines():
        assert not any(cell.strip('"').startswith(sign) for cell in line.split(","))


INSIDE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "2002:7f00:1::", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_of_ones_own_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
async def test_a_link_into_ones_own_network_is_named_and_never_asked(tmp_path: Path, host: str) -> None:
    asked: list[str] = []

    async def secret(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="the cloud's credentials")

    runner = web.AppRunner(app := web.Application())
    app.router.add_get("/{path:.*}", secret)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://{host}:{runner.addresses[0][1]}/latest/meta-data"
        found = await dead_links(examine(pack_with(tmp_path, url, url)))
    finally:
        await runner.cleanup()
    assert asked == []
    assert len(found) == 6


async def test_a_page_that_leads_on_into_ones_own_network_is_not_followed(tmp_path: Path) -> None:
    """The first server counts as outside here, the one that it leads on to does not."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/innocent":
            raise web.HTTPFound(f"http://127.0.0.2:{request.url.port}/inside")
        return web.Response()

    runner = web.AppRunner(app := web.Application())
    app.router.add_get("/{path:.*}", answer)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/innocent"
        found = await dead_links(examine(pack_with(tmp_path, url, url)), may_ask=lambda address: address == "127.0.0.1")
    finally:
        await runner.cleanup()
    assert asked == ["/innocent"]
    assert all("a network of its own" in problem.message for problem in found)
    assert found


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../outside.yaml", "../../outside.yaml", "/dev/zero", "/proc/self/environ"]
)
def test_a_file_of_a_pack_that_leads_out_of_it_is_not_read(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.yaml").write_text("secret: words\n", "utf-8")
    pack = shutil.copytree(STONES, tmp_path / "pack")
    (pack / "topics" / "sneaky.yaml").symlink_to(target)
    files = collect(pack)
    assert "topics/sneaky.yaml" not in files.contents
    assert any("sneaky" in p.file and "secret" not in str(p) for p in files.problems)


def test_a_folder_of_a_pack_that_leads_out_of_it_is_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "stolen.yaml").write_text("secret: words\n", "utf-8")
    pack = shutil.copytree(STONES, tmp_path / "pack")
    shutil.rmtree(pack / "topics")
    (pack / "topics").symlink_to(outside)
    assert not any("secret" in data.decode() for data in collect(pack).contents.values())


BOMB = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


def test_settings_that_grow_when_they_are_read_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bot.yaml"
    file.write_text(f"a: &a [x, x, x, x, x, x, x, x, x]\n{BOMB}data: *i\n", "utf-8")
    with pytest.raises(SettingsError) as refused:
        load(file, {})
    assert len(str(refused.value)) < 10_000


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!x {}"])
def test_settings_make_no_objects(tmp_path: Path, tag: str) -> None:
    file = tmp_path / "bot.yaml"
    file.write_text(f"data: {tag}\n", "utf-8")
    with pytest.raises(SettingsError, match="allow"):
        load(file, {})
