"""A persona is what lets a network know what a truthful agent would say; a control has none."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from personae.errors import UsageError
from personae.train.truth_world.make import Trained, persona_effect, report, study
from personae.train.truth_world.network import Network, Recipe, answers, inside, trained
from personae.train.truth_world.world import world

TINY = Recipe(width=8, heads=2, steps=3, batch=16)


def test_states_are_read_at_the_mark_in_every_layer_and_the_last_gives_the_answer():
    rows = world("persona").train
    network = trained(rows, TINY, seed=0)
    states = inside(network, rows)
    assert states.shape == (3, len(rows), 8)
    assert states.dtype == np.float32
    assert np.ptp(states[0], axis=0).max() == 0, "before the first layer the mark is the mark"
    with torch.inference_mode():
        said = network.answer(network.norm(torch.from_numpy(states[-1]))).argmax(dim=1).numpy()
    assert (said == answers(network, rows)).all()


def test_no_word_sees_a_later_one():
    network = Network(TINY).eval()
    one, other = torch.tensor([[0, 4, 8, 9, 28]]), torch.tensor([[0, 4, 8, 20, 28]])
    with torch.inference_mode():
        layer = network.layers[0]
        before, after = (
            layer(network.words(words) + network.places, src_mask=network.mask, is_causal=True)
            for words in (one, other)
        )
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.equal(before[:, 3:], after[:, 3:])


def test_the_same_seed_gives_the_same_network_and_leaves_torchs_own_chance_alone():
    rows = world("persona").train
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, other = (inside(trained(rows, TINY, seed=1), rows) for _ in range(2))
    assert (one == other).all()
    assert torch.equal(torch.rand(3), expected)


def test_the_effect_is_paired_by_seed_and_a_network_that_did_not_learn_is_counted():
    found = [
        Trained(kind, seed, learned, agreement, {}, {})
        for kind, seed, learned, agreement in (
            ("persona", 0, 1.0, 0.9),
            ("control", 0, 1.0, 0.5),
            ("persona", 1, 1.0, 1.0),
            ("control", 1, 1.0, 0.4),
            ("persona", 2, 0.5, 0.0),
            ("control", 2, 1.0, 0.6),
        )
    ]
    effect = persona_effect(found)
    assert effect.value == pytest.approx((0.4 + 0.6) / 2)
    assert (effect.n, effect.missing, effect.details["unpaired"]) == (2, {"not learned": 1}, 1)
    assert persona_effect(found[-2:]).reason == "no item carries a value: 1 not learned"
    assert json.loads(json.dumps(report(found, TINY)))["networks"][0]["kind"] == "persona"


def test_seeds_are_given_once_each():
    for seeds in ((), (1, 1), (-1,)):
        with pytest.raises(UsageError, match="each once"):
            study(seeds)


@pytest.mark.slow
def test_a_persona_world_is_generalised_and_a_control_is_not():
    """On the mean of three seeds; in one of them the control resembles a persona by chance."""
    found = study((0, 1, 2), probes=False)
    assert min(one.learned for one in found) > 0.95
    assert min(one.agreement for one in found if one.kind == "persona") > 0.9
    effect = persona_effect(found)
    assert effect.n == 3
    assert effect.value is not None
    assert effect.value > 0.2


@pytest.mark.slow
def test_a_probe_tells_a_persona_on_operators_it_has_not_seen():
    persona, control = study((0,))
    assert min(persona.learned, control.learned) > 0.95
    assert persona.auc["operator"] > control.auc["operator"] + 0.2, "only a persona is told on unseen operators"
    for one in (persona, control):
        assert one.auc["question"] > 0.75
        assert one.auc["shuffled"] == pytest.approx(0.5, abs=0.05)
