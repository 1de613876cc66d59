"""Transformers NLI models: a tiny real one, saved with its labels in several orders."""

from __future__ import annotations

import numpy as np
import pytest
from contracts.tiny_nli import save_tiny_nli

from personae.errors import BadResponse, UsageError
from personae.models import open_pair_scorer
from personae.models.pairs.labels import PROBES
from personae.models.pairs.unanswered import PairsUnanswered

pytestmark = pytest.mark.slow

SAID, STATEMENTS, RELATIONS = zip(*PROBES, strict=True)


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        (["LABEL_0", "LABEL_1", "LABEL_2"], (1, 2, 0)),
        (["entailment", "neutral", "contradiction"], (2, 1, 0)),
    ],
)
async def test_columns_come_out_in_our_order_whatever_the_models(tmp_path, labels, order):
    scorer = open_pair_scorer(f"hf/{save_tiny_nli(tmp_path / 'm', labels, order)}")
    assert (await scorer.score(SAID, STATEMENTS)).argmax(axis=1).tolist() == list(RELATIONS)
    assert scorer.order == order
    assert scorer.name == "hf/m"
    assert scorer.provenance["checkpoint"].startswith("sha256:")


async def test_a_configuration_that_names_the_labels_wrongly_is_found_out(tmp_path):
    folder = save_tiny_nli(tmp_path, ["contradiction", "neutral", "entailment"], order=(2, 1, 0))
    with pytest.raises(
        UsageError, match=r"'contradiction', 'neutral', 'entailment'.*\[entailment, neutral, contradict"
    ):
        await open_pair_scorer(f"hf/{folder}").score(SAID, STATEMENTS)


async def test_an_untrained_model_is_refused_unless_the_order_is_given(tmp_path):
    folder = save_tiny_nli(tmp_path, ["LABEL_0", "LABEL_1", "LABEL_2"], steps=0)
    with pytest.raises(UsageError, match="stay unclear"):
        await open_pair_scorer(f"hf/{folder}").score(SAID, STATEMENTS)
    stated = open_pair_scorer(f"hf/{folder}", labels=("entailment", "neutral", "contradiction"))
    assert (await stated.score(SAID, STATEMENTS)).shape == (6, 3)
    assert stated.order == (2, 1, 0)


async def test_two_classes_are_refused(tmp_path):
    folder = save_tiny_nli(tmp_path, ["entailment", "not_entailment"])
    with pytest.raises(UsageError, match="three classes"):
        await open_pair_scorer(f"hf/{folder}").score(SAID, STATEMENTS)


async def test_relevance_says_where_its_embedder_cannot_read(tmp_path):
    scorer = open_pair_scorer(f"hf/{tmp_path}")  # the classifier has no part in it
    assert scorer.provenance["relevance"] == "cosine of minilm-l6-int8"
    with pytest.raises(PairsUnanswered, match="not English") as raised:
        await scorer.relevance(
            ["I own a dog.", "I own a dog."], ["I have a dog.", "Ich habe einen Hund und ich bin froh."]
        )
    assert raised.value.rows[0] > 0.5
    assert np.isnan(raised.value.rows[1])
    assert raised.value.reasons == {1: "unsupported: not English: similarity is unreliable"}


async def test_a_batch_of_one_and_of_many_give_the_same(tmp_path):
    folder = save_tiny_nli(tmp_path, ["LABEL_0", "LABEL_1", "LABEL_2"])
    one, many = open_pair_scorer(f"hf/{folder}", batch=1), open_pair_scorer(f"hf/{folder}", batch=64)
    np.testing.assert_allclose(await one.score(SAID, STATEMENTS), await many.score(SAID, STATEMENTS), atol=1e-5)


async def test_weights_that_compute_no_number_are_an_error(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = save_tiny_nli(tmp_path, ["LABEL_0", "LABEL_1", "LABEL_2"])
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] = weights["classifier.bias"] * float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BadResponse, match="no number"):
        await open_pair_scorer(f"hf/{folder}").score(SAID, STATEMENTS)


async def test_pickled_weights_are_not_read(tmp_path):
    import torch

    folder = save_tiny_nli(tmp_path, ["LABEL_0", "LABEL_1", "LABEL_2"], steps=0)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UsageError, match="safetensors"):
        await open_pair_scorer(f"hf/{folder}").score(SAID, STATEMENTS)


async def test_what_is_not_there_and_what_does_not_fit_is_said(tmp_path):
    with pytest.raises(UsageError, match="no NLI model"):
        await open_pair_scorer(f"hf/{tmp_path / 'nothing'}").score(SAID, STATEMENTS)
    with pytest.raises(UsageError, match="hf/FOLDER"):
        open_pair_scorer("hf")
    with pytest.raises(UsageError, match="speed"):
        open_pair_scorer("hf/x", speed=9)
