"""A profile as a drawing: one row per scale, each respondent's mean with its interval, and the crowd as a ridge.

Full markers may be reported as a trait, hollow ones are only what was answered. Names of scales come from files of
others, so they are drawn as they are, without any markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from personae.report.plots import INK, MARKERS, STYLE, _figure, _svg, look

#: Up to so many people every one is drawn as a tick instead of a ridge.
TICKS_UP_TO = 7
#: Height of a ridge in rows; above 1 they overlap a little.
HEIGHT = 0.75
LONGEST_NAME = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """One respondent on one scale: mean and interval in points, and whether it may be reported."""

    mean: float
    low: float | None
    high: float | None
    reportable: bool


@dataclass(frozen=True, slots=True)
class Ridge:
    """One scale: its name, what a crowd answered, and a mark per respondent (None where there is none)."""

    name: str
    crowd: tuple[float, ...]
    marks: tuple[Mark | None, ...]


def ridge_plot(ridges: Sequence[Ridge], ends: tuple[float, float]) -> str:
    """The rows from top to bottom as SVG text, on the response scale from end to end."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        figure.set_size_inches(6.4, 0.9 + 0.62 * len(ridges))
        for row, ridge in enumerate(reversed(ridges)):
            axes.axhline(row, color=INK, linewidth=0.5, alpha=0.35)
            _crowd(axes, ridge.crowd, row, ends)
            for index, mark in enumerate(ridge.marks):
                if mark is not None:
                    _mark(axes, mark, row - 0.16 * index, index)
        axes.axvline(sum(ends) / 2, color=INK, linewidth=0.8, linestyle=":")
        axes.set_xlim(ends[0] - 0.05 * (ends[1] - ends[0]), ends[1] + 0.05 * (ends[1] - ends[0]))
        axes.set_ylim(-0.5, len(ridges) - 1 + HEIGHT + 0.2)
        axes.set_yticks(range(len(ridges)), [_plain(ridge.name) for ridge in reversed(ridges)])
        for label in axes.get_yticklabels():
            label.set_parse_math(False)
        axes.set_xlabel("points of the response scale")
        return _svg(figure)


def density(values: Sequence[float], at: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """A Gaussian kernel density at these places, bandwidth by Silverman's rule (1986), highest place 1.

    >>> [round(float(x), 2) for x in density([2.0, 3.0, 4.0, 3.0], np.array([1.0, 3.0, 5.0]))]
    [0.08, 1.0, 0.08]
    """
    array = np.asarray(values, dtype=np.float64)
    spread = float(array.std(ddof=1)) if len(array) > 1 else 0.0
    width = max(0.9 * spread * len(array) ** -0.2, 0.02 * float(np.ptp(at)))
    heights = np.exp(-0.5 * ((at[:, None] - array) / width) ** 2).sum(axis=1)
    return [float(height) for height in heights / heights.max()]


def _crowd(axes: Axes, crowd: Sequence[float], row: int, ends: tuple[float, float]) -> None:
    if not crowd:
        return
    if len(crowd) <= TICKS_UP_TO:
        axes.plot(crowd, [row] * len(crowd), linestyle="", marker="|", color=INK, alpha=0.6, markersize=9)
        return
    at = np.linspace(*ends, 161)
    heights = [row + HEIGHT * height for height in density(crowd, at)]
    axes.fill_between(at, row, heights, color=INK, alpha=0.16, linewidth=0)
    axes.plot(at, heights, color=INK, linewidth=0.8, alpha=0.6)


def _mark(axes: Axes, mark: Mark, height: float, index: int) -> None:
    colour = look(index)[0]
    if mark.low is not None and mark.high is not None:
        axes.plot([mark.low, mark.high], [height, height], color=colour, linewidth=2, solid_capstyle="butt")
    face = colour if mark.reportable else "none"
    axes.plot([mark.mean], [height], marker=MARKERS[index % len(MARKERS)], markersize=8, markeredgewidth=1.6,
              color=colour, markerfacecolor=face, linestyle="")  # fmt: skip


def _plain(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    return printable if len(printable) <= LONGEST_NAME else printable[: LONGEST_NAME - 1] + "…"
