"""The embedded pair scorer: what its card promises, held on the sets the promise was made on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.metrics.classification import accuracy, calibration_error, macro_f1
from personae.models import open_pair_scorer
from personae.models.embedder import MiniLM
from personae.models.pairs.embedded import FOLDER, EmbeddedPairs
from personae.stats.correlation import auc
from personae.train.pair_scorer.evaluate import CEILINGS, GATES, passes, third_person_controls
from personae.train.pair_scorer.rows import read_pairs
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scorer() -> EmbeddedPairs:
    return EmbeddedPairs()


@pytest.mark.parametrize(
    ("said", "statement", "label"),
    [
        ("I do not have any pets.", "I have a dog.", CONTRADICTION),
        ("My favourite colour is red.", "My favorite color is blue.", CONTRADICTION),
        ("I work as a nurse in the city hospital.", "I am a nurse.", ENTAILMENT),
        ("My sister is a nurse.", "I am a teacher.", NEUTRAL),
        ("Lovely weather today, isn't it?", "I have two sons.", NEUTRAL),
    ],
)
async def test_plain_pairs_are_told_apart(scorer: EmbeddedPairs, said: str, statement: str, label: int) -> None:
    assert int((await scorer.score([said], [statement])).argmax()) == label


async def test_snli_and_its_calibration(scorer: EmbeddedPairs, data_dir: Path) -> None:
    """Every fifth pair of SNLI's test half."""
    pairs = read_pairs(data_dir / "nli-compiled" / "nli_test_snli_test.jsonl")[::5]
    rows = await scorer.score([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    truth = [pair.label for pair in pairs]
    assert accuracy(truth, rows.argmax(axis=1)) >= GATES["open"]["snli_test accuracy"]
    assert calibration_error(rows, truth) <= 0.05


async def test_dialogue_nli_without_one_row_of_it_in_training(scorer: EmbeddedPairs, data_dir: Path) -> None:
    pairs = read_pairs(data_dir / "nli-compiled" / "nli_test_dnli_valid.jsonl")
    rows = await scorer.score([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    assert macro_f1([pair.label for pair in pairs], rows.argmax(axis=1)) >= GATES["open"]["dnli_valid macro-F1"]


async def test_hypotheses_in_another_order_fall_to_chance(scorer: EmbeddedPairs, data_dir: Path) -> None:
    """Of three classes about equally frequent; a shuffled hypothesis is neutral more often than not."""
    pairs = read_pairs(data_dir / "nli-compiled" / "nli_test_dnli_valid.jsonl")[:900]
    rows = await scorer.score([p.premise for p in pairs], [p.hypothesis for p in [*pairs[450:], *pairs[:450]]])
    assert accuracy([pair.label for pair in pairs], rows.argmax(axis=1)) < 0.45


async def test_what_is_said_of_somebody_else_seldom_contradicts(scorer: EmbeddedPairs) -> None:
    controls = third_person_controls()
    told = (await scorer.score([said for said, _ in controls], [own for _, own in controls])).argmax(axis=1)
    assert len(controls) == 50
    assert (told == CONTRADICTION).sum() <= CEILINGS["third person called C, of 50"]


async def test_relevance_is_no_worse_than_the_embedders_cosine(scorer: EmbeddedPairs, data_dir: Path) -> None:
    """Every third pair of the relevance test."""
    lines = (data_dir / "nli-compiled" / "relevance_test.jsonl").read_text(encoding="utf-8").splitlines()[::3]
    rows = [json.loads(line) for line in lines]
    used, statements = [row["score"] > 0.5 for row in rows], [row["persona"] for row in rows]
    vectors = MiniLM().embed(statements)
    for side, key in (("reply", "response"), ("query", "query")):
        texts = [row[key] for row in rows]
        cosines = (vectors * MiniLM().embed(texts)).sum(axis=1)
        ours = await scorer.relevance(statements, texts, to="reply" if side == "reply" else "query")
        assert auc(ours, used) >= auc(cosines, used) - 1e-4  # rounding


async def test_a_long_premise_is_read_to_its_end(scorer: EmbeddedPairs) -> None:
    chat = "We talked about the weather and the harvest for a while. " * 15
    rows = await scorer.score([chat + "I have no pets at all.", chat], ["I have a dog."] * 2)
    assert rows[0].argmax() == CONTRADICTION
    assert rows[1].argmax() != CONTRADICTION
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)


async def test_threads_and_company_change_nothing(scorer: EmbeddedPairs) -> None:
    said = [f"I have {count} dogs and live in Porto." for count in range(64)]
    together = await scorer.score(said, ["I have no pets."] * 64)
    alone = np.vstack([await EmbeddedPairs(threads=1).score([text], ["I have no pets."]) for text in said])
    np.testing.assert_array_equal(together, alone)


async def test_no_pairs_give_no_rows(scorer: EmbeddedPairs) -> None:
    assert (await scorer.score([], [])).shape == (0, 3)
    assert (await scorer.relevance([], [], to="query")).shape == (0,)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "about.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FormatError, match="damaged"):
        _ = EmbeddedPairs(tmp_path).provenance


def test_provenance_names_weights_data_and_validity(scorer: EmbeddedPairs) -> None:
    assert set(scorer.provenance) == {"checkpoint", "data", "validity"}
    assert (scorer.provenance["validity"] == "ok") == passes(scorer.about["figures"])["nli"]
    assert scorer.provenance["data"].startswith("open-")


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(UsageError, match="speed"):
        open_pair_scorer("embedded", speed=3)
