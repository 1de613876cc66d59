"""Role identification runs in Inspect: readers, guessers, models that answer nothing, and the embedded one."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from stubs.judges import oracle
from stubs.mock import mock

from personae.judges.qualification import bundled
from personae.tasks.personaeval import personaeval
from personae.types import Message


def run(task, model, tmp_path, **options):
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none", **options)
    assert log.status == "success", log.error
    return log


def figures(log):
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def knowing():
    answer = oracle()._always

    def output(messages, tools, tool_choice, config):
        said = ModelOutput.from_content("mockllm/model", answer([Message(m.role, m.text) for m in messages]))
        said.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
        return said

    return get_model("mockllm/model", custom_outputs=output)


def test_record_to_sample_keeps_a_stable_id_the_candidates_and_the_speaker():
    first, again = personaeval().dataset[0], personaeval().dataset[0]
    assert first.id == again.id == bundled.speakers()[0].id
    assert first.target == "Bertrand"
    assert first.choices[0].startswith("Bertrand: ")
    assert "<reply>" in first.input


def test_a_reader_is_right_and_its_explanation_lists_every_candidate(tmp_path):
    log = run(personaeval(), knowing(), tmp_path, limit=5)  # mockllm/model
    found = figures(log)
    assert (found["top_1"], found["brier"], found["mean_rank"]) == (1, 0, 1)
    assert found["brier_uniform"] == 0.1875
    assert found["chance"] == 0.25
    score = log.samples[0].scores["identified"]
    assert score.answer == "Bertrand"
    assert "Bertrand says it." in score.explanation
    assert "Mean over 4 orders: Bertrand 1.00, " in score.explanation


def test_a_model_that_always_says_a_wins_one_rotation_in_four(tmp_path):
    model = mock(lambda: "A")
    log = run(personaeval(way="spoken"), model, tmp_path, limit=6)
    assert figures(log)["top_1"] == figures(log)["chance"] == 0.25
    assert [sample.scores["identified"].value for sample in log.samples] == [0.25] * 6


def test_a_model_that_gives_no_distribution_is_unscored_not_zero(tmp_path):
    model = mock(lambda: '{"A": 0.9, "B": 0.9}')
    log = run(personaeval(), model, tmp_path, limit=2)
    assert log.results.scores[0].unscored_samples == 2
    assert "top_1" not in log.results.scores[0].metrics
    assert "its keys are not exactly A, B, C, D" in log.samples[0].scores["identified"].explanation


def test_identify_keeps_every_answer_in_the_cache_it_is_given(tmp_path):
    asked = []

    def says():
        asked.append(1)
        return "B"

    for _ in range(2):
        task = personaeval(way="spoken", cache=str(tmp_path / "calls.sqlite"))
        run(task, mock(says), tmp_path, limit=2)
    assert len(asked) == 2 * 4


def test_scenes_of_a_folder_take_the_place_of_ours(tmp_path):
    (tmp_path / "hut.yaml").write_text(json.dumps(HUT), "utf-8")
    log = run(personaeval(data=str(tmp_path)), mock(lambda: '{"A": 1, "B": 0, "C": 0}'), tmp_path)
    assert len(log.samples) == 21
    assert figures(log)["top_1"] == pytest.approx(1 / 3)


LINES = [("Ana", "The bees sleep."), ("Rui", "Then I sing."), ("Eva", "Twelve francs.")]
WHO = {"Ana": "Keeps hives.", "Rui": "A tenor.", "Eva": "Counts money."}
HUT = [
    {
        "scene": 1,
        "id": f"hut {night}",
        "scenario": f"A hut, night {night}.",
        "characters": [{"name": name, "profile": profile} for name, profile in WHO.items()],
        "dialogue": [{"speaker": who, "text": text} for who, text in LINES],
    }
    for night in range(7)
]


@pytest.mark.slow
def test_the_embedded_model_is_scored_on_twenty_samples_without_any_place_to_follow(tmp_path):
    (tmp_path / "hut.yaml").write_text(json.dumps(HUT), "utf-8")
    task = personaeval(data=str(tmp_path), way="whole")  # scored whole, so that one order is enough
    log = run(task, "personae/embedded", tmp_path, limit=20, max_samples=1)
    found = figures(log)
    assert len(log.samples) == 20
    assert log.results.scores[0].scored_samples == 20
    assert all(sample.scores["identified"].value in (0, 1) for sample in log.samples)
    assert found["top_1"] == sum(sample.scores["identified"].value for sample in log.samples) / 20
    assert found["chance"] == pytest.approx(1 / 3)
    assert "Mean over one order" in log.samples[0].scores["identified"].explanation
