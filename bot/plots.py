"""Pictures of numbers that people would rather look at than read. Needs matplotlib (the extra `plot`)."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.evaluation import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, GOOD, BAD, QUIET = "#23303d", "#21675f", "#b3392c", "#8b97a3"


class NoPlots(Exception):
    """Pictures can't be drawn; the message says what to install."""


def draw_evaluation(report: Report, path: Path) -> None:
    """Precision and recall, reliability, and recall by kind, side by side. Raises NoPlots, OSError."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise NoPlots("Pictures need matplotlib: pip install 'calcification-bot[plot]'.") from None
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
