"""What Prometheus reads: counts of a message's whole way, from the gate to the notice."""

from pathlib import Path

import aiohttp

from bot.core.message import MessageKey
from bot.core.reader import Screener
from bot.health import Health, serve
from bot.metrics import Metrics
from bot.moderation import Moderation, Outbox
from bot.packs.read import read_pack
from bot.ports import Backlog, Store, StoreAway
from bot.reading import ReadingRoom
from bot.stores.sqlite import open_sqlite
from tests.samples import PACK, ManualClock, WordScreener, message
from tests.test_health import port_of

SHIPPED = Path(__file__).parents[1] / "content" / "calcification"


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


async def test_a_message_is_counted_on_its_whole_way(tmp_path: Path) -> None:
    metrics, clock = Metrics(), ManualClock()
    async with open_sqlite(tmp_path) as store:
        moderation = Moderation(pack=PACK, screener=WordScreener(), store=store, clock=clock, meter=metrics)
        for number, text in enumerate(("good morning", "tea cures all")):
            await moderation.message_posted(message(text, MessageKey("sandbox", "local", "health", str(number))))
        outbox = Outbox(store=store, moderation=moderation, notifiers={}, clock=clock)
        await outbox.deliver_due()
    assert value(metrics, "moderation_messages_total", platform="sandbox") == 2
    assert value(metrics, "moderation_findings_total", misconception="tea-cures", shadow="no") == 1
    assert value(metrics, "moderation_failures_total", what="notice", kind="Undeliverable") == 1


async def test_the_gate_tells_how_much_it_lets_through() -> None:
    metrics = Metrics()
    async with ReadingRoom(Screener(read_pack(SHIPPED), notice=0.85, shadow=0.4)) as room:
        metrics.watch(room)
        await room.screen("good morning everyone")
        await room.screen("Vitamin D brings your calcium down.")
    assert value(metrics, "moderation_gate_seen_total") == 2
    assert value(metrics, "moderation_gate_passed_total") == 1
    assert value(metrics, "moderation_waiting") == 0


async def test_the_page_is_served_and_names_the_content() -> None:
    metrics = Metrics()

    async def served() -> bytes:
        return metrics.page()

    metrics.content("old")
    metrics.content("abc123")
    runner = await serve(Health(ManualClock()), "127.0.0.1", 0, served)
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port_of(runner)}/metrics") as got,
        ):
            page = await got.text()
            assert got.content_type == "text/plain"
    finally:
        await runner.cleanup()
    assert 'moderation_content_info{revision="abc123"} 1.0' in page
    assert "old" not in page


async def test_what_waits_in_the_store_is_told(any_store: Store) -> None:
    metrics, clock = Metrics(), ManualClock()
    moderation = Moderation(pack=PACK, screener=WordScreener(), store=any_store, clock=clock, meter=metrics)
    for number, text in enumerate(("tea cures all", "tea is blue")):
        await moderation.message_posted(message(text, MessageKey("sandbox", "local", "health", str(number))))
    page = await metrics.page_with(any_store.backlog)
    assert b'moderation_backlog{what="decision"} 2.0' in page
    assert b'moderation_backlog{what="duty"} 4.0' in page  # a notice and a reminder each
    await Outbox(store=any_store, moderation=moderation, notifiers={}, clock=clock).deliver_due()
    assert b'moderation_backlog{what="duty that failed before"} 2.0' in await metrics.page_with(any_store.backlog)


async def test_while_the_store_is_away_the_other_numbers_are_told() -> None:
    async def away() -> Backlog:
        raise StoreAway("no database")

    page = await Metrics().page_with(away)
    assert b"moderation_notice_seconds" in page
    assert b"moderation_backlog{" not in page
