"""The recipe on a handful of pairs: it learns, goes on where it stopped, and exports what it learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from personae.models.embedder import MiniLM
from personae.models.pairs.embedded import EmbeddedPairs
from personae.models.pairs.encoding import MAX_TOKENS, encode
from personae.train.pair_scorer import recipe as recipes
from personae.train.pair_scorer.calibrate import calibrate
from personae.train.pair_scorer.export import Temperatures, export, probabilities, quantise
from personae.train.pair_scorer.make import seal
from personae.train.pair_scorer.network import in_buckets, read_tokenizer
from personae.train.pair_scorer.persona_pairs import Maker
from personae.train.pair_scorer.recipe import Recipe, average, encode_pairs, logits_of, nli_loss, train
from personae.train.pair_scorer.rows import Mix

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mix() -> Mix:
    maker = Maker(0)
    return Mix("open", tuple(maker.pairs(256)), tuple(maker.pairs(64)), tuple(maker.bearings(64)))


def test_a_stopped_run_goes_on_to_the_same_weights(mix: Mix, tmp_path: Path) -> None:
    plan = Recipe(epochs=2, patience=9)
    whole = train(mix, plan, tmp_path / "whole")

    class Stopped(Exception):
        pass

    def stop(step: int, steps: int, loss: float, rate: float) -> None:
        if step > steps // 2 + 1:
            raise Stopped

    with pytest.raises(Stopped):
        train(mix, plan, tmp_path / "parts", on_step=stop)
    again = train(mix, plan, tmp_path / "parts")
    pairs, labels = encode_pairs(read_tokenizer(), mix.held_out)
    assert nli_loss(whole, pairs, labels) < np.log(3)
    np.testing.assert_allclose(logits_of(again, pairs), logits_of(whole, pairs), atol=0.05)


def test_the_average_of_two_seeds_is_their_mean_and_no_worse_than_the_worse_one(mix: Mix, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    networks = [train(mix, Recipe(epochs=2, seed=seed), folder) for seed, folder in enumerate(folders)]
    mean = average(folders)
    ours, *theirs = (network.state_dict()["nli.weight"] for network in (mean, *networks))
    np.testing.assert_allclose(ours, (theirs[0] + theirs[1]) / 2, atol=1e-6)
    pairs, labels = encode_pairs(read_tokenizer(), mix.held_out)
    assert nli_loss(mean, pairs, labels) <= max(nli_loss(network, pairs, labels) for network in networks)


def test_the_exported_file_says_what_the_network_says(mix: Mix, tmp_path: Path) -> None:
    network = train(mix, Recipe(epochs=1), tmp_path)
    temperatures = calibrate(network, Mix("open", (), mix.held_out, ())).temperatures
    pairs, _ = encode_pairs(read_tokenizer(), mix.held_out)
    truth = recipes.torch.softmax(logits_of(network, pairs)[:, :3] / temperatures.nli, dim=1).numpy()
    floats = export(network, temperatures, tmp_path / "float.onnx")
    np.testing.assert_allclose(probabilities(floats, pairs)[:, :3], truth, atol=1e-4)
    small = quantise(floats, tmp_path / "model.onnx")
    assert small.stat().st_size < 25_000_000
    assert np.abs(probabilities(small, pairs)[:, :3] - truth).mean() < 0.03


def test_buckets_hold_every_row_once_and_rows_of_like_length(mix: Mix) -> None:
    lengths = [len(pair.ids) for pair in encode_pairs(read_tokenizer(), mix.pairs)[0]]
    batches = list(in_buckets(lengths, 32))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    spread = [max(lengths[row] for row in batch) - min(lengths[row] for row in batch) for batch in batches]
    assert max(spread) <= max(lengths) - min(lengths)
    assert sum(spread) < 0.5 * len(batches) * (max(lengths) - min(lengths))


def test_a_pair_never_exceeds_what_the_network_reads() -> None:
    [pair] = encode(read_tokenizer(), ["long words here " * 200], ["a statement " * 200], "query")
    assert len(pair.ids) == MAX_TOKENS
    assert pair.ids[1] == 1


def test_calibration_finds_the_temperature_of_overconfident_logits(mix: Mix, tmp_path: Path) -> None:
    network, held = train(mix, Recipe(epochs=1), tmp_path), Mix("open", (), mix.held_out, ())

    def times(factor: float) -> float:
        with recipes.torch.no_grad():
            for part in (network.nli.weight, network.nli.bias):
                part *= factor
        return calibrate(network, held).temperatures.nli

    assert times(4) * 3 == pytest.approx(times(3), rel=0.02)


def test_weights_can_be_used_from_any_folder(mix: Mix, tmp_path: Path) -> None:
    from personae.train.pair_scorer.export import ship

    about = {"data": "toy", "passes": {"nli": False}, "relevance": {}}
    ship(train(mix, Recipe(epochs=1), tmp_path), Temperatures(), about, tmp_path / "weights")
    seal(tmp_path / "weights")
    scorer = EmbeddedPairs(tmp_path / "weights")
    assert scorer.provenance["validity"] == "below_gate"
    assert MiniLM().name != scorer.name
