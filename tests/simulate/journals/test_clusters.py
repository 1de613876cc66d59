"""Clusters: the silhouette by hand, Ward against a plain search, planted groups found again."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.simulate.journals.clusters import clustered, k_means, silhouette, ward


def distances(points):
    return np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))


def same(one, other):
    """Whether two labellings put the same rows together."""
    return all((one[a] == one[b]) == (other[a] == other[b]) for a, b in itertools.combinations(range(len(one)), 2))


def plain_ward(points, k):
    """The definition: merge the two clusters whose union adds least to the squared distances to the centres."""
    groups = [[row] for row in range(len(points))]
    while len(groups) > k:

        def cost(pair):
            a, b = (points[groups[i]].mean(axis=0) for i in pair)
            n, m = (len(groups[i]) for i in pair)
            return n * m / (n + m) * ((a - b) ** 2).sum()

        i, j = min(itertools.combinations(range(len(groups)), 2), key=cost)
        groups[i] += groups.pop(j)
    labels = np.empty(len(points), dtype=int)
    for name, rows in enumerate(groups):
        labels[rows] = name
    return labels


@settings(max_examples=40)
@given(st.integers(3, 24), st.integers(1, 6), st.integers(0, 10_000))
def test_ward_by_chains_is_ward_by_the_definition(n, k, seed):
    points = np.random.default_rng(seed).normal(size=(n, 3))
    k = min(k, n)
    labels = ward(distances(points) ** 2, k)
    assert len(set(labels.tolist())) == k
    assert same(labels, plain_ward(points, k))


def test_the_silhouette_by_hand():
    line = np.array([[0.0], [1.0], [10.0], [11.0]])
    # of the outer points (10.5 - 1) / 10.5, of the inner ones (9.5 - 1) / 9.5
    assert silhouette(distances(line), np.array([0, 0, 1, 1])) == pytest.approx((9.5 / 10.5 + 8.5 / 9.5) / 2)
    assert silhouette(distances(line), np.array([0, 0, 0, 1])) < 0.5
    assert silhouette(distances(line), np.zeros(4, dtype=int)) == -1
    assert silhouette(distances(line), np.arange(4)) == 0, "each alone"


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_number_of_planted_groups_is_found(k):
    rng = np.random.default_rng(k)
    centres = 8 * np.eye(k, 6)
    truth = np.repeat(np.arange(k), 12 + 3 * np.arange(k))
    points = centres[truth] + rng.normal(scale=0.4, size=(len(truth), 6))
    found = clustered(points)
    assert max(found.silhouettes, key=found.silhouettes.get) == k
    assert same(found.labels, truth)
    assert found.sizes == tuple(sorted((12 + 3 * each for each in range(k)), reverse=True))


def test_k_means_separates_two_heaps_whatever_the_seed():
    points = np.concatenate([np.zeros((5, 2)), np.full((5, 2), 9.0)])
    for seed in range(5):
        assert same(k_means(points, 2, np.random.default_rng(seed)), [0] * 5 + [1] * 5)


def test_rows_that_are_all_equal_make_no_trouble():
    assert clustered(np.ones((7, 3))).sizes[0] >= 1


def test_too_few_and_too_many_rows_are_named():
    with pytest.raises(UsageError, match="2 rows to cluster; 3 to 4000"):
        clustered(np.ones((2, 3)))
    with pytest.raises(UsageError, match="4001 rows"):
        clustered(np.ones((4001, 1)))
