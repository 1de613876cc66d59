"""Plots as inline SVG that takes its colours from the page.

No text of a persona is ever drawn here: names stand in the page's own legend, where they are escaped and can wrap.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("svg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

#: Stands for the page's text colour until the SVG is put into the page.
INK = "#010203"

#: Readable on white and on near-black; further lines begin again with another dash.
COLOURS = ("#2f7fd1", "#d1622f", "#3a9a5b", "#9a5bc4", "#b58900", "#c4477b")
DASHES = ("solid", "dashed", "dotted")
MARKERS = "os^Dvp"

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "personae",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

Point = Mapping[str, Any]


def look(index: int) -> tuple[str, str]:
    """Colour and dash of the line with this index.

    >>> look(0), look(6)
    (('#2f7fd1', 'solid'), ('#2f7fd1', 'dashed'))
    """
    return COLOURS[index % len(COLOURS)], DASHES[index // len(COLOURS) % len(DASHES)]


def drift_curve(series: Sequence[Sequence[Point]], chance: float | None, checkpoints: Sequence[int]) -> str:
    """Adherence over turns as SVG: one line with its band per series of points (turn, value, low, high)."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        for index, points in enumerate(series):
            colour, dash = look(index)
            turns, values = [point["turn"] for point in points], [point["value"] for point in points]
            marker, size = MARKERS[index % len(MARKERS)], 9 - 2 * min(index, 2)  # equal lines stay visible
            axes.plot(turns, values, color=colour, linestyle=dash, marker=marker, markersize=size)
            banded = [point for point in points if point["low"] is not None and point["high"] is not None]
            axes.fill_between(
                [point["turn"] for point in banded],
                [max(0.0, point["low"]) for point in banded],
                [min(1.0, point["high"]) for point in banded],
                color=colour,
                alpha=0.15,
                linewidth=0,
            )
        _chance_line(axes, chance)
        axes.set_xticks(list(checkpoints))
        axes.set_xlabel("turns of other talk")
        _share_axis(axes, "true choices")
        return _svg(figure)


def relevance_plot(points: Sequence[Mapping[str, float]]) -> str:
    """Share of answers at least so near, to the own statement (line 0) and to others' statements (line 1), as SVG."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        at = [point["at"] for point in points]
        for index, key in enumerate(("own", "others")):
            axes.plot(at, [point[key] for point in points], color=look(index)[0])
        axes.set_xlim(0, 1)
        axes.set_xlabel("cosine similarity")
        _share_axis(axes, "answers at least so near")
        return _svg(figure)


def apc_curve(points: Sequence[Point]) -> str:
    """The share of statements satisfied over turns as SVG: the mean over talks, and a band from least to most."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        colour = look(0)[0]
        turns = [point["turn"] for point in points]
        axes.plot(turns, [point["value"] for point in points], color=colour, marker="o", markersize=7)
        lows, highs = [point["low"] for point in points], [point["high"] for point in points]
        axes.fill_between(turns, lows, highs, color=colour, alpha=0.15, linewidth=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("turn of the talk")
        axes.set_ylim(max(0.0, min(lows) - 0.05), min(1.0, max(highs) + 0.05) + 0.005)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.set_ylabel("statements satisfied")
        return _svg(figure)


def _figure() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(5.2, 2.7), layout="constrained")
    axes = figure.subplots()
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    return figure, axes


def _share_axis(axes: Axes, label: str) -> None:
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_ylabel(label)


def _chance_line(axes: Axes, chance: float | None) -> None:
    if chance is not None:
        axes.axhline(chance, color=INK, linewidth=0.8, linestyle=":")
        axes.annotate("chance", (0.5, chance), (0, -3), xycoords=("axes fraction", "data"), ha="center", va="top",
                      fontsize=8, textcoords="offset points")  # fmt: skip


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue()
    return text[text.index("<svg") :].replace(INK, "currentColor")
