"""Which texts belong together: k by the silhouette of k-means, the clusters themselves by Ward's agglomeration.

Vectors are rows; distances are Euclidean. Nothing here knows what the rows mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.intervals import FloatArray

IntArray = npt.NDArray[np.intp]

#: Numbers of clusters that are tried [Beyond Discrete Personas 2025].
TRIED = range(2, 11)
#: The distances of more rows do not fit into memory comfortably.
MAX_ROWS = 4000
STARTS, STEPS = 4, 100


@dataclass(frozen=True, eq=False)
class Clusters:
    """A cluster for each row, numbered by size from 0 (the largest); `silhouettes` tells how each k did."""

    labels: IntArray
    silhouettes: dict[int, float]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many rows each cluster has, the largest first."""
        return tuple(np.bincount(self.labels).tolist())


def clustered(vectors: FloatArray, *, seed: int = 0) -> Clusters:
    """Clusters of three or more rows. Raises `UsageError` for fewer, and for more than 4,000.

    >>> points = np.array([[0.0], [0.1], [0.2], [9.0], [9.1]])
    >>> clustered(points).labels.tolist()
    [0, 0, 0, 1, 1]
    """
    n = len(vectors)
    if not 3 <= n <= MAX_ROWS:
        raise UsageError(f"{n} rows to cluster; 3 to {MAX_ROWS} are possible")
    points = np.asarray(vectors, dtype=np.float64)
    squared = _squared_distances(points)
    distances = np.sqrt(squared)
    rng = np.random.default_rng(seed)
    found = {k: silhouette(distances, k_means(points, k, rng)) for k in TRIED if k < n}
    k = max(found, key=lambda each: (found[each], -each))
    return Clusters(_by_size(ward(squared, k)), found)


def k_means(points: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    """Lloyd's algorithm from four k-means++ starts; the start with the least squared distance to centres wins."""
    best: tuple[float, IntArray] | None = None
    for _ in range(STARTS):
        centres = _spread_centres(points, k, rng)
        labels = np.full(len(points), -1)
        for _ in range(STEPS):
            to_centres = _squared_distances(points, centres)
            nearest = to_centres.argmin(axis=1)
            if np.array_equal(nearest, labels):
                break
            labels = nearest
            for cluster in range(k):
                if (labels == cluster).any():
                    centres[cluster] = points[labels == cluster].mean(axis=0)
        loss = float(_squared_distances(points, centres)[np.arange(len(points)), labels].sum())
        if best is None or loss < best[0] - 1e-12:
            best = (loss, labels)
    assert best is not None
    return best[1]


def silhouette(distances: FloatArray, labels: IntArray) -> float:
    """The mean of (b - a) / max(a, b) over rows, -1 … 1: a is the mean distance within the own cluster, b to the
    nearest other one. A row alone in its cluster counts 0; fewer than two clusters give -1. [Rousseeuw 1987]

    >>> line = np.array([0.0, 1.0, 10.0, 11.0])
    >>> round(silhouette(np.abs(line[:, None] - line), np.array([0, 0, 1, 1])), 6)
    0.899749
    """
    names, own = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        return -1.0
    member = np.eye(len(names))[own]
    sizes, rows = member.sum(axis=0), np.arange(len(labels))
    totals = distances @ member
    within = totals[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = totals / sizes
    means[rows, own] = np.inf
    nearest = means.min(axis=1)
    larger = np.maximum(within, nearest)
    scores = np.where((sizes[own] > 1) & (larger > 0), (nearest - within) / np.where(larger > 0, larger, 1), 0.0)
    return float(scores.mean())


def ward(squared: FloatArray, k: int) -> IntArray:
    """`k` clusters by Ward's criterion from squared Euclidean distances, by chains of nearest neighbours.

    [Ward 1963; Lance & Williams 1967; Murtagh 1983]
    """
    n = len(squared)
    apart = squared.astype(np.float64, copy=True)
    np.fill_diagonal(apart, np.inf)
    sizes = np.ones(n)
    alive = np.ones(n, dtype=bool)
    merges: list[tuple[float, int, int]] = []
    chain: list[int] = []
    while len(merges) < n - 1:
        if not chain:
            chain.append(int(np.flatnonzero(alive)[0]))
        here = chain[-1]
        near = int(apart[here].argmin())
        if len(chain) > 1 and apart[here, chain[-2]] <= apart[here, near]:
            near = chain[-2]
        if len(chain) < 2 or near != chain[-2]:
            chain.append(near)
            continue
        chain.pop()
        chain.pop()
        merges.append((float(apart[here, near]), here, near))
        total = sizes[here] + sizes[near] + sizes
        joined = (
            (sizes[here] + sizes) * apart[here] + (sizes[near] + sizes) * apart[near] - sizes * apart[here, near]
        ) / total
        sizes[here] += sizes[near]
        alive[near] = False
        joined[~alive] = joined[here] = np.inf
        apart[here], apart[:, here] = joined, joined
        apart[near], apart[:, near] = np.inf, np.inf
    return _cut(sorted(merges, key=lambda merge: merge[0])[: n - k], n)


def _cut(merges: list[tuple[float, int, int]], n: int) -> IntArray:
    """Which rows the merges connect."""
    parent = list(range(n))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for _, one, other in merges:
        parent[root(other)] = root(one)
    return np.unique([root(row) for row in range(n)], return_inverse=True)[1]


def _by_size(labels: IntArray) -> IntArray:
    """The same clusters, numbered from the largest; of equal ones the first to appear is first."""
    sizes = np.bincount(labels)
    first = [int(np.flatnonzero(labels == name)[0]) for name in range(len(sizes))]
    order = sorted(range(len(sizes)), key=lambda name: (-sizes[name], first[name]))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return rank[labels]


def _spread_centres(points: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    """k-means++: each further centre is a row drawn with probability by its squared distance to the nearest one."""
    chosen = [int(rng.integers(len(points)))]
    while len(chosen) < k:
        nearest = _squared_distances(points, points[chosen]).min(axis=1)
        total = nearest.sum()
        chosen.append(int(rng.choice(len(points), p=nearest / total if total > 0 else None)))
    return points[chosen].copy()


def _squared_distances(points: FloatArray, others: FloatArray | None = None) -> FloatArray:
    other = points if others is None else others
    squared = (points**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * points @ other.T
    result: FloatArray = np.maximum(squared, 0.0)
    return result
