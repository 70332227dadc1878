"""Pictures of numbers that people would rather look at than read. Needs matplotlib (the extra `plot`)."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.evaluation import Report
from bot.core.statistics import Statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 8  # misconceptions in the picture of a digest
INK, GOOD, BAD, QUIET = "#23303d", "#21675f", "#b3392c", "#8b97a3"


class NoPlots(Exception):
    """Pictures can't be drawn; the message says what to install."""


def draw_evaluation(report: Report, path: Path) -> None:
    """Precision and recall, reliability, and recall by kind, side by side. Raises NoPlots, OSError."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise NoPlots("Pictures need matplotlib: pip install matplotlib.") from None
    figure = Figure(figsize=(15, 4.6), layout="constrained")
    curve, calibration, kinds = figure.subplots(1, 3)
    _curve(curve, report)
    _calibration(calibration, report)
    _kinds(kinds, report)
    figure.savefig(path, dpi=110)


def _curve(axes: "Axes", report: Report) -> None:
    axes.plot([r for _, _, r in report.curve], [p for _, p, _ in report.curve], color=GOOD)
    axes.plot([report.recall.value], [report.precision.value], "o", color=BAD)
    axes.set(
        xlabel="recall",
        ylabel="precision",
        xlim=(0, 1.02),
        ylim=(0, 1.02),
        title=f"F1 {report.f1.value:.3f}, {report.near_miss_share.value:.1%} of near misses flagged",
    )


def _calibration(axes: "Axes", report: Report) -> None:
    bins = report.reliability
    axes.plot([0, 1], [0, 1], "--", color=QUIET)
    axes.plot([b.said for b in bins], [b.right for b in bins], "o-", color=GOOD)
    for b in bins:
        axes.annotate(
            str(b.count), (b.said, b.right), xytext=(4, -10), textcoords="offset points", color=INK, fontsize=8
        )
    axes.set(xlabel="probability that was said", ylabel="share that was right", title="Reliability", ylim=(-0.03, 1.03))


def _kinds(axes: "Axes", report: Report) -> None:
    shown = [(k, c) for k, c in report.by_kind.items() if c.right + c.missed or c.near_misses]
    names = [k for k, _ in shown]
    axes.barh(names, [c.recall if c.right + c.missed else 0 for _, c in shown], color=GOOD, label="claims found")
    axes.barh(names, [-c.near_miss_share for _, c in shown], color=BAD, label="near misses flagged")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.invert_yaxis()
    axes.set(title="By kind of message", xlabel="share")
    axes.legend(loc="lower right", fontsize=8)


def draw_digest(numbers: Statistics) -> bytes:
    """Flags by misconception and outcome, and the time to a decision, as one PNG. Raises NoPlots."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise NoPlots("Pictures need matplotlib: pip install matplotlib.") from None
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    ends, waits = figure.subplots(1, 2, width_ratios=(3, 2))
    shown = numbers.rates[:MOST_BARS][::-1]
    names = [r.misconception for r in shown]
    left = [0] * len(shown)
    for label, colour, counts in (
        ("upheld", BAD, [r.upheld for r in shown]),
        ("not a misconception", GOOD, [r.decided - r.upheld for r in shown]),
        ("waiting", QUIET, [r.pending for r in shown]),
    ):
        ends.barh(names, counts, left=left, color=colour, label=label)
        left = [a + b for a, b in zip(left, counts, strict=True)]
    ends.set(title="flags", xlabel="messages")
    ends.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(*ends.get_legend_handles_labels(), loc="outside upper left", ncols=3, fontsize=9, frameon=False)
    hours = [w.total_seconds() / 3600 for w in numbers.waits]
    if hours:
        waits.plot(hours, [(n + 1) / len(hours) for n in range(len(hours))], drawstyle="steps-post", color=INK)
    else:
        waits.text(0.5, 0.5, "nothing decided yet", ha="center", color=QUIET, transform=waits.transAxes)
    waits.set(title="decided within", xlabel="hours", ylabel="share of decisions", ylim=(0, 1.02))
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
