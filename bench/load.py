"""A whole bot under load: `python -m bench load`; how much memory it holds: `python -m bench memory`.

Two cores are needed for figures that mean something: the bot has one to itself, the writing takes another.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.whole import Load, Told, drive, messages, noticed
from bot.core.pack import Pack
from bot.readers import MODEL, screener_for
from bot.settings import Screening

A_SECOND = 2000.0  # messages
SLOW = 0.25  # seconds from a message to its notice, for 99 of 100
FLAT = 1.1  # times what it held before
A_MINUTE = 10_000  # messages, while memory is measured
MOST = {True: 150.0, False: 90.0}  # megabytes with and without the second reader


def load(arguments: Sequence[str], pack: Pack, chat: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench load", description=__doc__)
    parser.add_argument("--a-second", type=float, default=A_SECOND, help="messages (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw the notices' waits and the memory")
    options = parser.parse_args(arguments)
    ours, bare = (
        _driven(pack, chat, Load(options.a_second, options.seconds, bare=bare, core=_last_core()))
        for bare in (False, True)
    )
    print(*_verdict(ours, bare), sep="\n")
    if options.plot:
        _draw(ours, options.plot)
    return 0 if all(_kept(ours)) else 1


def memory(arguments: Sequence[str], pack: Pack, chat: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench memory", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args(arguments)
    fine = True
    for second_reader, most in MOST.items():
        told = _driven(pack, chat, Load(A_MINUTE / 60, options.seconds, second_reader=second_reader))
        high = max(told.megabytes)
        fine = fine and high < most
        name = "with the second reader" if second_reader else "by the rules alone"
        print(
            f"memory {name}, {A_MINUTE:,} messages a minute: {told.megabytes[0]:.0f} MB before,"
            f" {statistics.median(told.megabytes):.0f} MB in the middle, {high:.0f} MB at most"
            f" ({'below' if high < most else 'NOT below'} {most:.0f} MB)"
        )
    return 0 if fine else 1


def _driven(pack: Pack, chat: Sequence[str], wanted: Load) -> Told:
    limits = Screening()
    model = MODEL if wanted.second_reader else None
    screener = screener_for(pack, notice=limits.notice, shadow=limits.shadow, model=model)
    texts = messages(pack, chat, int(wanted.a_second * wanted.seconds))
    due = frozenset() if wanted.bare else noticed(texts, pack, screener)
    with tempfile.TemporaryDirectory(prefix="bot-bench-") as folder:
        told = asyncio.run(drive(wanted, texts, due, Path(folder)))
    print(file=sys.stderr)
    return told


def _verdict(ours: Told, bare: Told) -> Iterable[str]:
    complete, swift, flat = _kept(ours)
    waits = sorted(ours.waits)
    p50, p99 = (1000 * waits[min(len(waits) - 1, len(waits) * share // 100)] for share in (50, 99))
    early, late = _ends(ours.megabytes)
    yield (
        f"load: {ours.written:,} messages in {ours.took:.0f} s ({ours.written / ours.took:,.0f} a second); read"
        f" {ours.read - 1:,}; {len(ours.waits):,} of {ours.wanted:,} notices"
        f" ({'none lost' if complete else 'SOME LOST'})"
    )
    yield (
        f"load: from message to notice p50 {p50:.0f} ms, p99 {p99:.0f} ms ({'below' if swift else 'NOT below'}"
        f" {1000 * SLOW:.0f} ms)"
    )
    yield f"load: memory {early:.0f} MB, at the end {late:.0f} MB ({'flat' if flat else 'NOT flat'})"
    each, alone = (1e6 * told.busy / told.written for told in (ours, bare))
    yield (
        f"load: {each:.0f} µs of processor time for a message; a bare client of discord.py {alone:.0f} µs"
        f" ({each / alone:.2f} times)"
    )


def _kept(told: Told) -> tuple[bool, bool, bool]:
    """Nothing is lost, notices come in time, memory stays flat."""
    waits = sorted(told.waits)
    early, late = _ends(told.megabytes)
    complete = told.read == told.written + 1 and len(waits) == told.wanted
    return complete, bool(waits) and waits[len(waits) * 99 // 100] < SLOW, late < FLAT * early


def _ends(megabytes: Sequence[float]) -> tuple[float, float]:
    """What was held after a quarter of the time, when caches are warm, and at the end."""
    return megabytes[len(megabytes) // 4], statistics.median(megabytes[-5:])


def _last_core() -> int | None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("There is one core only: the writing takes part of it.", file=sys.stderr)
        return None
    return cores[-1]


def _draw(told: Told, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    waits, held = figure.subplots(1, 2)
    waits.plot([1000 * wait for wait in told.waits], ".", markersize=3, color="#21675f")
    waits.axhline(1000 * SLOW, color="#b3392c", linestyle="--")
    waits.set(xlabel="notice", ylabel="milliseconds after the message", title="From message to notice", ylim=(0, None))
    held.plot(told.megabytes, color="#21675f")
    held.set(xlabel="seconds", ylabel="megabytes", title="Memory", ylim=(0, 1.2 * max(told.megabytes)))
    figure.savefig(path, dpi=110)
