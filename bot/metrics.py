"""Numbers for monitoring, in the form that Prometheus reads; served beside the health check."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.ports import Backlog, StoreAway
from bot.reading import ReadingRoom

WAITS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300)  # seconds, the bounds of the histogram


class Metrics:
    """See bot.ports.Meter; each instance has a registry of its own, so that nothing is global."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter(
            "moderation_messages", "Messages that were looked at", ["platform"], registry=self.registry
        )
        self._findings = Counter(
            "moderation_findings",
            "Misconceptions found in messages; shadow ones raise no notice",
            ["misconception", "shadow"],
            registry=self.registry,
        )
        self._noticed = Histogram(
            "moderation_notice_seconds",
            "From a case's opening to its notice, in seconds",
            buckets=WAITS,
            registry=self.registry,
        )
        self._failures = Counter(
            "moderation_failures", "What could not be done, by duty and kind", ["what", "kind"], registry=self.registry
        )
        self._waits = Gauge(
            "moderation_backlog",
            "What waits in the store: cases for a decision, duties to be done; counted up to 10,000",
            ["what"],
            registry=self.registry,
        )
        self._revision = Gauge(
            "moderation_content_info", "The content in force, as a label", ["revision"], registry=self.registry
        )

    def message(self, platform: str, count: int = 1) -> None:
        self._messages.labels(platform).inc(count)

    def finding(self, misconception: str, *, shadow: bool) -> None:
        self._findings.labels(misconception, "yes" if shadow else "no").inc()

    def noticed(self, wait: timedelta) -> None:
        self._noticed.observe(wait.total_seconds())

    def failed(self, what: str, kind: str) -> None:
        self._failures.labels(what, kind).inc()

    def content(self, revision: str) -> None:
        self._revision.clear()
        self._revision.labels(revision).set(1)

    def watch(self, room: ReadingRoom) -> None:
        """Read the room's own counts whenever somebody asks; it costs messages nothing."""
        self.registry.register(_Room(room))

    def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)

    async def page_with(self, backlog: Callable[[], Awaitable[Backlog]]) -> bytes:
        """Everything, and what waits in the store now; without the latter while the store is away."""
        self._waits.clear()
        with suppress(StoreAway):
            self._tell(await backlog())
        return self.page()

    def _tell(self, backlog: Backlog) -> None:
        for what, number in (
            ("decision", backlog.undecided),
            ("duty", backlog.owed),
            ("duty that failed before", backlog.failed),
        ):
            self._waits.labels(what).set(number)


class _Room(Collector):
    """How many messages pass the gate, wait, and were read in a hurry."""

    def __init__(self, room: ReadingRoom) -> None:
        self._counts: tuple[tuple[str, str, Callable[[], int]], ...] = (
            ("moderation_gate_seen", "Messages that came to the gate", lambda: room.seen),
            ("moderation_gate_passed", "Messages about the subject, which were read", lambda: room.passed),
            ("moderation_hurried", "Messages read by the rules alone, because too many waited", lambda: room.hurried),
        )
        self._room = room

    def collect(self) -> Iterable[Metric]:
        for name, words, count in self._counts:
            yield CounterMetricFamily(name, words, value=count())
        yield GaugeMetricFamily("moderation_waiting", "Messages that wait to be read", value=self._room.depth)
