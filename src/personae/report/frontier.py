"""The synchrony–stability frontier as a drawing: one marker per policy, one colour per scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import matplotlib
from matplotlib.axes import Axes

from personae.measure.style_frontier import Frontier, Row
from personae.report.plots import INK, MARKERS, STYLE, _figure, _svg, look

SIDES = {"both": "both sides", "one": "one side"}
#: Points nearer than this in stability and synchrony share one label.
NEAR = 0.04


def frontier_plot(frontiers: Sequence[Frontier]) -> str:
    """Synchrony over stability as SVG text, filled markers for policies and hollow ones for recorded replies.

    Points without a value on both axes are not drawn. The drawing has no outside reference and no script.
    """
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure()
        figure.set_size_inches(7.2, 4.2)
        for index, frontier in enumerate(frontiers):
            colour, marker = look(index)[0], MARKERS[index % len(MARKERS)]
            for row, x, y in _points(frontier):
                fill = "full" if row.policy else "none"
                axes.plot([x], [y], color=colour, marker=marker, markersize=6, linestyle="", fillstyle=fill)
            _name(axes, frontier, above=index == 0)
            axes.plot([], [], color=colour, marker=marker, linestyle="", label=SIDES[frontier.scale])
        axes.set_xlabel("stability (cosine with the turn before)")
        axes.set_ylabel("synchrony (cosine with the partner)")
        axes.margins(0.14, 0.12)
        axes.legend(title="scale fitted on", frameon=False, fontsize=8, title_fontsize=8, loc="lower center")
        return _svg(figure)


def _points(frontier: Frontier) -> Iterator[tuple[Row, float, float]]:
    for row in frontier.rows:
        if row.synchrony is not None and row.stability is not None:
            yield row, row.stability, row.synchrony


def _name(axes: Axes, frontier: Frontier, *, above: bool) -> None:
    """One label per heap of points, on the side of the drawing's middle where there is room."""
    heaps: list[tuple[float, float, list[str]]] = []
    for row, x, y in _points(frontier):
        heap = next((each for each in heaps if abs(each[0] - x) < NEAR and abs(each[1] - y) < NEAR), None)
        if heap is None:
            heaps.append((x, y, [row.name.replace("_", " ")]))
        else:
            heap[2].append(row.name.replace("_", " "))
    for x, y, names in heaps:
        left = x > 0.5 and len(", ".join(names)) > 10
        axes.annotate(
            ", ".join(names),
            (x, y),
            (-6 if left else 6, 5 if above else -10),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=7,
            color=INK,
        )
