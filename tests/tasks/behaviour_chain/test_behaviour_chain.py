"""The task runs in Inspect: chain scores in the log, nothing guessed, judges shown with their standing."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from stubs.mock import mock

from personae.measure.behaviour_chains import Chain, Node, own_chains, save_chains
from personae.tasks.behaviour_chain import behaviour_chain

THINGS = ("boat", "book", "letter", "bell", "hat", "key", "lamp", "rope", "stone", "coin")


@pytest.fixture
def short(tmp_path):
    """Two chains of ten nodes in few words, so that a model scores them quickly."""
    others = ("Runs.", "Sings.", "Sleeps.")
    nodes = tuple(Node(f"There is a {thing}.", f"Takes the {thing}.", others) for thing in THINGS)
    chains = [
        Chain("ana", "Ana", nodes, "Ana takes whatever she finds."),
        Chain("rui", "Rui", nodes, "Rui lets nothing lie about."),
    ]
    save_chains(tmp_path / "short.jsonl", chains)
    return str(tmp_path / "short.jsonl")


def metrics(log) -> dict[str, float]:
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_a_positional_responder_hits_no_node(tmp_path):
    (log,) = inspect_eval(behaviour_chain(), model=mock(lambda: "A"), log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert len(log.samples) == 20
    found = metrics(log)
    assert found["behaviour_chain"] == found["behaviour_chain.cam"] == found["behaviour_chain.floor"] == 0
    assert "behaviour_chain.snowball" not in found  # nothing to shuffle
    assert "picked:" in log.samples[0].scores["observed"].explanation


def test_who_knows_the_first_chain_scores_half(tmp_path, short):
    def reads(messages, tools, choice, config):
        asked = messages[-1].text
        lines = {line[3:]: line[0] for line in asked.splitlines() if line[1:3] == ". " and line[0] in "ABCD"}
        right = next((letter for text, letter in lines.items() if text.startswith("Takes")), "A")
        said = right if "Ana" in messages[0].text else "A"
        output = ModelOutput.from_content("mockllm/model", said)
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
        return output

    model = get_model("mockllm/model", custom_outputs=reads)
    (log,) = inspect_eval(behaviour_chain(short), model=model, log_dir=str(tmp_path), display="none")
    found = metrics(log)
    assert found["behaviour_chain"] == 0.5
    assert found["behaviour_chain.cam"] == 0.5
    assert found["behaviour_chain.max_chain"] == 0.5
    assert found["behaviour_chain.expected_cam"] == pytest.approx(0.163654, abs=1e-5)  # Σ (11 − k)·2⁻ᵏ / 55
    assert "behaviour_chain.snowball" not in found


def test_a_model_that_cannot_choose_is_unscored_not_zero(tmp_path, short):
    model = mock(lambda: "Perhaps, perhaps not.")
    (log,) = inspect_eval(behaviour_chain(short), model=model, log_dir=str(tmp_path), display="none", limit=3)
    assert log.results.scores[0].unscored_samples == 3
    assert "behaviour_chain" not in metrics(log)


def test_behaviours_in_its_own_words_are_judged(tmp_path, short):
    model = mock(lambda: "A")
    task = behaviour_chain(short, judge="scripted/[Scores]: (6, 3)")
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none", limit=2)
    assert metrics(log)["behaviour_chain.open.ratio"] == 2.0
    said = log.samples[0].scores["observed"].explanation
    assert "in its own words: A" in said


def test_samples_have_stable_ids_and_true_behaviours_as_targets():
    task = behaviour_chain()
    assert [sample.id for sample in task.dataset][:2] == ["salt-works/01", "salt-works/02"]
    nodes = [node for chain in own_chains() for node in chain.nodes]
    assert all(sample.choices[0] == node.behaviour for sample, node in zip(task.dataset, nodes, strict=True))


@pytest.mark.slow
def test_the_embedded_model_runs_twenty_nodes_with_their_floor(tmp_path, short):
    task = behaviour_chain(short)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    found = metrics(log)
    assert 0 <= found["behaviour_chain.cam"] <= found["behaviour_chain.max_chain"] <= 1
    assert found["behaviour_chain.gain"] == pytest.approx(found["behaviour_chain"] - found["behaviour_chain.floor"])
