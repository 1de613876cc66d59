"""The task in Inspect: what mock models of known habits score, with prompts of TRAIT and files of one's own."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.measure.as_inspect import observations_in
from personae.tasks.trait_mcq import trait_mcq


def run(task, model, tmp_path):  # model is mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    return log, {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_a_model_that_always_says_a_has_no_trait_and_is_positional(tmp_path):
    task = trait_mcq(traits="openness, narcissism", n=5, wordings=1, blocks=1)
    log, metrics = run(task, mock(lambda: "A"), tmp_path)
    assert len(log.samples) == 2 * 5
    assert metrics["trait_mcq.order_sensitivity"] == 1.0
    assert metrics["trait_mcq.refusal"] == metrics["trait_mcq"] == 0.0
    assert metrics["trait_mcq.position"] == pytest.approx(10 * 3)
    told = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    for trait in ("openness", "narcissism"):
        assert f"trait_mcq.{trait}" not in metrics
        number = told[f"trait_mcq.{trait}"]
        assert number.reason.startswith("positional")
        assert number.details["score"] == 50.0
        assert number.details["picked"] == pytest.approx([5, 0, 0, 0])


def test_a_model_that_refuses_is_unscored(tmp_path):
    task = trait_mcq(n=1, wordings=1, blocks=1)
    log, metrics = run(task, mock(lambda: "I'm sorry, but I can't help with that."), tmp_path)
    assert log.results.scores[0].unscored_samples == 8
    assert {observation.outcome for observation in observations_in(log)} == {"refused"}
    assert not any(name.startswith("trait_mcq") for name in metrics)  # Inspect leaves unscored samples out
    told = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    assert told["trait_mcq.refusal"].value == 1.0
    assert told["trait_mcq.refusal"].details["by_status"] == {"refused": 8 * 4}
    assert all(m.value is None for name, m in told.items() if name != "trait_mcq.refusal")


def test_the_prompts_of_trait_are_respondents(tmp_path, data_dir):
    prompts = str(data_dir / "trait" / "personality_prompt_BFI.json")
    assert len(trait_mcq(prompts=prompts, n=1).dataset) == 16 * 8
    only = "openness-high,openness-low"
    task = trait_mcq(prompts=prompts, only=only, traits=["openness"], n=2, wordings=1, blocks=1, baseline=True)
    log, metrics = run(task, mock(lambda: "B"), tmp_path)
    assert len(log.samples) == 3 * 2
    assert metrics["trait_mcq.order_sensitivity"] == 1.0
    asked = {sample.metadata["who"]: sample for sample in log.samples}
    assert set(asked) == {"none", "openness-high", "openness-low"}
    told = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    assert told["trait_mcq.moved"].reason.startswith("no trait has a score under both")
    with pytest.raises(UsageError, match="did you mean 'openness-high'"):
        trait_mcq(prompts=prompts, only="openness-hi")


def test_a_file_of_situations_in_the_form_of_trait_is_asked(tmp_path):
    file = tmp_path / "TRAIT.json"
    one = {"personality": "Openness", "situation": "A lake.", "query": "Swim?"}
    one |= {
        "response_high1": "Dive in.",
        "response_high2": "Swim far out.",
        "response_low1": "Sit.",
        "response_low2": "Go.",
    }
    file.write_text(json.dumps([one]), "utf-8")
    log, metrics = run(trait_mcq(items=str(file)), mock(lambda: "Dive in."), tmp_path)
    assert metrics["trait_mcq.openness"] == 100.0
    assert metrics["trait_mcq"] == 1.0
    rows = observations_in(log)[0].data["rows"]
    assert len(rows) == 24
    assert {row["persona"] for row in rows} != {"itself"}
    assert log.samples[0].input == "A lake. Swim?"


@pytest.mark.slow
def test_twenty_short_samples_with_the_embedded_model_and_its_cache(tmp_path):
    options = {"high1": "Go out.", "high2": "Run.", "low1": "Stay in.", "low2": "Wait."}
    days = [{"situation": f"It has rained {n} days.", "query": "What now?"} for n in (2, 3)]
    file, prompts, cache = tmp_path / "items.json", tmp_path / "prompts.json", tmp_path / "run" / "calls.sqlite"
    file.write_text(json.dumps([day | options | {"trait": f"pluck {n}"} for n in range(10) for day in days]), "utf-8")
    prompts.write_text('{"ana": "You are Ana, a clerk."}', "utf-8")
    cache.parent.mkdir()
    task = trait_mcq(items=str(file), prompts=str(prompts), blocks=1, wordings=1, cache=str(cache))
    log, metrics = run(task, "personae/embedded", tmp_path)
    assert len(log.samples) == 20
    assert 0 <= metrics["trait_mcq.order_sensitivity"] <= 1
    told = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    alike = [told[f"trait_mcq.ana.pluck {n}"] for n in range(10)]
    assert {(one.value, one.reason, one.details["graded"]) for one in alike} == {
        (alike[0].value, alike[0].reason, alike[0].details["graded"])
    }
    assert {row["route"] for row in observations_in(log)[0].data["rows"]} == {"logprobs"}
