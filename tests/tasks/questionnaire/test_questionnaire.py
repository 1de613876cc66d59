"""The tasks run in Inspect with a mock, a positional responder and the embedded model."""

from __future__ import annotations

import math

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.questionnaire import big_five, honesty, questionnaire, value_survey
from personae.tasks.questionnaire.asking import metrics_of

SHORT = """
id: short
licence: {name: MIT, may_ship: true}
coding: raw
names: {E: extraversion}
response: {labels: [no, unsure, "yes"]}
items:
  - {id: e1, domain: E, key: 1, text: I like parties.}
  - {id: e2, domain: E, key: -1, text: I keep quiet.}
"""


@pytest.fixture
def short(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return str(path)


def run(task, model, tmp_path):
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path / "logs"), display="none")
    assert log.status == "success", log.error
    return log


def test_every_answer_is_a_sample_with_its_score_and_what_explains_it(tmp_path, short):
    log = run(questionnaire(short, orders=2, templates=1, route="parsed"), mock(lambda: "yes"), tmp_path)
    assert len(log.samples) == 4
    first = log.samples[0].scores["answer"]
    assert (first.value, first.answer) == (3, "yes")
    assert "extraversion" in first.explanation
    assert log.samples[0].output.completion == "yes"
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics == {"answered": 1.0, "as_answered.E": 2.0}  # agrees with everything: the middle, and no score


def test_refused_and_unreadable_answers_are_unscored_and_counted(tmp_path, short):
    says = iter(["yes", "As an AI I have no parties.", "Hm.", "no"])
    log = run(questionnaire(short, orders=2, templates=1, route="parsed"), mock(lambda: next(says)), tmp_path)
    scores = [sample.scores["answer"] for sample in log.samples]
    assert sum(math.isnan(score.value) for score in scores) == 2
    assert sorted(score.reason for score in scores if score.reason) == ["refused", "unparsed"]
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["answered"] == 0.5
    assert metrics["refused"] == metrics["unparsed"] == 0.25
    assert "as_answered.E" not in metrics


def test_who_always_takes_the_first_option_is_in_the_middle_and_not_reportable(tmp_path):
    def first(messages, *_):
        line = next(line for line in messages[-1].text.splitlines() if line.startswith("- "))
        output = ModelOutput.from_content("mockllm/model", line[2:])
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
        return output

    log = run(questionnaire("honesty-24", route="parsed"), get_model("mockllm/model", custom_outputs=first), tmp_path)
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert {name: value for name, value in metrics.items() if name.startswith("as_answered")} == {
        f"as_answered.{domain}": 3.0 for domain in "HMGP"
    }
    assert not any(name.startswith("scale.") for name in metrics)


@pytest.mark.parametrize(("task", "items"), [(big_five, 60), (honesty, 24), (value_survey, 40)])
def test_each_instrument_is_put_under_three_wordings_and_two_orders(task, items):
    made = task()
    assert made.name == task.__name__
    assert len(made.dataset) == items * 6
    assert len({sample.id for sample in made.dataset}) == items * 6


def test_an_unknown_route_is_an_error_that_lists_them():
    with pytest.raises(UsageError, match="logprobs, constrained, parsed"):
        questionnaire(route="guess")


def test_no_rows_give_no_metrics():
    assert metrics_of(None, []) == {}


@pytest.mark.slow
def test_the_embedded_model_answers_twenty_items_by_log_probabilities(tmp_path):
    items = "\n".join(
        f"  - {{id: i{n}, domain: E, key: {1 if n % 2 else -1}, text: I like {n} guests.}}" for n in range(20)
    )
    path = tmp_path / "twenty.yaml"
    head = SHORT.partition("items:")[0].replace("no, unsure, ", "no, ")  # two options, so that it does not take long
    path.write_text(f"{head}items:\n{items}", encoding="utf-8")
    persona = tmp_path / "ana.yaml"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n", encoding="utf-8")
    log = run(questionnaire(str(path), str(persona), orders=1, templates=1), "personae/embedded", tmp_path)
    assert len(log.samples) == 20
    rows = [sample.scores["outcome"].metadata["row"] for sample in log.samples]
    assert {(row["route"], row["status"]) for row in rows} == {("logprobs", "answered")}
    assert all(0 < row["mass"] <= 1 and sum(row["option_probs"]) == pytest.approx(1) for row in rows)
