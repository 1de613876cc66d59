"""Planted directions are found, in the layer they were planted in; labels dealt out anew are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.answer_probe import group_folds, probe, shuffled
from personae.measure.answer_probe.probe import threshold


def planted(strength, *, questions=100, each=4, width=8, seed=0):
    """Three layers of noise; in the second the label shifts one direction by `strength` standard deviations."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(questions), each)
    labels = rng.integers(0, 2, len(groups))
    states = rng.normal(size=(3, len(groups), width))
    states[1, :, 3] += strength * (labels - 0.5)
    return states, labels.tolist(), groups.tolist()


def test_a_planted_direction_is_found_in_its_layer_with_the_auc_it_must_have():
    found = probe(*planted(2.0, questions=200))
    assert set(found.layers) == {1}
    # two normals 2 sd apart: Φ(2/√2) = .921
    assert found.auc.value == pytest.approx(0.921, abs=0.03)
    assert found.auc.low < 0.921 < found.auc.high
    assert found.auc.clusters == 200
    assert [abs(one.value - 0.5) < 0.08 for one in found.by_layer] == [True, False, True]
    assert found.scores_LN.shape == (3, 800)


def test_labels_dealt_out_anew_are_not_told():
    null = shuffled(*planted(3.0, questions=500), times=3)
    assert len(null) == 3
    assert all(abs(auc - 0.5) <= 0.05 for auc in null)


def test_a_memory_of_questions_is_worth_nothing_on_unseen_ones():
    """Each question has its own label and its own place: rows apart would be told, questions apart are not."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(120), 6)
    labels = rng.integers(0, 2, 120)[groups]
    states = rng.normal(size=(120, 40))[groups] + 0.01 * rng.normal(size=(720, 40))
    apart = probe(states[None], labels, groups.tolist()).auc
    rows = probe(states[None], labels, range(720)).auc
    assert rows.value > 0.7 > apart.value
    assert apart.low < 0.5 < apart.high


def test_where_one_answers_the_wanted_share_is_truthful():
    found = probe(*planted(2.0, questions=200), wanted=0.9).abstaining
    assert found.without == pytest.approx(0.5, abs=0.05)
    assert found.truthful.value == pytest.approx(0.9, abs=0.04)
    assert 0.4 < found.coverage.value < 0.9
    assert all(0 < at < 1 for at in found.thresholds)


def test_where_nothing_can_be_told_no_threshold_is_made_up():
    states, labels, groups = planted(0.0)
    found = probe(states, labels, groups, wanted=1.0)
    numbers = {one.name: one for one in found.measurements()}
    assert numbers["answer_probe.coverage"].value < 0.1
    assert numbers["answer_probe"].value == pytest.approx(0.5, abs=0.12), "three standard deviations of such probes"
    nobody = [1] * 10 + [0] * 190
    rare = probe(np.zeros((1, 200, 2)), nobody, range(200), wanted=0.9)
    assert rare.abstaining.thresholds == (None,) * 5
    assert rare.abstaining.coverage.value == 0.0
    assert rare.measurements()[1].reason == "no observations"


def test_states_that_do_not_vary_tell_nothing():
    found = probe(np.ones((2, 60, 3)), [0, 1] * 30, range(60))
    assert found.auc.value == 0.5


def test_wide_states_give_what_narrow_ones_give():
    """Fewer rows than columns: the fit happens in the span of the rows, and columns of zeros change nothing."""
    states, labels, groups = planted(2.0, questions=20)
    wide = np.concatenate([states, np.zeros((3, 80, 200))], axis=2)
    assert probe(wide, labels, groups).scores_LN == pytest.approx(probe(states, labels, groups).scores_LN, abs=1e-6)


def test_the_same_seed_gives_the_same_numbers():
    one, other = (probe(*planted(1.0, questions=40), seed=3) for _ in range(2))
    assert one.auc == other.auc
    assert (one.scores_LN == other.scores_LN).all()


def test_the_lowest_threshold_that_keeps_the_share_is_taken():
    scores, labels = np.array([0.9, 0.8, 0.7, 0.6, 0.6, 0.1]), np.array([1, 1, 0, 1, 1, 0])
    assert threshold(scores, labels, 0.8) == 0.6  # 4 of 5; with the last 4 of 6
    assert threshold(scores, labels, 1.0) == 0.8
    assert threshold(scores, 1 - labels, 0.9) is None
    assert threshold(np.array([0.5, 0.5]), np.array([1, 0]), 0.9) is None, "equal scores are kept together"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"states_LNW": np.zeros((20, 3))}, "layers × rows × width"),
        ({"labels": [0, 1]}, "2 labels"),
        ({"labels": [1] * 20}, "both have to be there"),
        ({"labels": [0, 2] * 10}, "labels are 0 and 1"),
        ({"groups": ["a"] * 20}, "lies in 1 groups"),
        ({"states_LNW": np.full((1, 20, 3), np.nan)}, "not finite"),
        ({"wanted": 0.0}, "a share above 0"),
        ({"strengths": ()}, "one strength or more"),
    ],
)
def test_what_cannot_be_probed_says_why(change, why):
    given = {"states_LNW": np.zeros((1, 20, 3)), "labels": [0, 1] * 10, "groups": list(range(20))} | change
    with pytest.raises(UsageError, match=why):
        probe(given.pop("states_LNW"), **given)


def test_folds_never_part_a_group_and_share_out_both_labels():
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 60, 900)
    labels = (rng.random(900) < 0.3).astype(int)
    place = group_folds([f"q{group}" for group in groups], labels.tolist(), 5, seed=0)
    assert all(len(set(place[groups == group])) == 1 for group in range(60))
    shares = [labels[place == fold].mean() for fold in range(5)]
    assert max(shares) - min(shares) < 0.15
    assert np.bincount(place).min() > 120
    assert (place != group_folds([f"q{group}" for group in groups], labels.tolist(), 5, seed=1)).any()


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=4, max_size=60), st.integers(2, 4))
def test_every_fold_has_rows_of_the_rarer_label_and_no_group_is_parted(rows, folds):
    groups, labels = [group for group, _ in rows], [label for _, label in rows]
    try:
        place = group_folds(groups, labels, folds, seed=0)
    except UsageError:
        assert min(len({group for group, label in rows if label == each}) for each in (0, 1)) < folds
        return
    assert len(set(zip(groups, place.tolist(), strict=True))) == len(set(groups))
    rare = int(sum(labels) < len(labels) / 2)
    assert {at for at, label in zip(place.tolist(), labels, strict=True) if label == rare} >= set(range(folds))
