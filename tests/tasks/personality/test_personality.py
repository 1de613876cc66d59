"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.measure.as_inspect import observations_in
from personae.tasks.personality import personality

LABEL = "5"


def test_a_model_that_agrees_with_everything_is_named_and_gets_no_trait(tmp_path):
    task = personality(domains="E,N")
    model = mock(lambda: LABEL)  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert len(log.samples) == 24
    assert all(sample.scores["observed"].value in (1.0, 5.0) for sample in log.samples)  # keyed - and keyed +
    numbers = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    assert numbers["personality.acquiescence"].value == 2.0
    assert "acquiescent" in numbers["personality"].details["named"]
    assert numbers["personality.E"].value is None
    assert numbers["personality"].details["asked"]["route"] == "parsed"
    assert "personality.E" not in log.results.scores[0].metrics


def test_refusals_are_unscored_samples_and_counted(tmp_path):
    task = personality(domains="E")
    model = mock(lambda: "I'm sorry, as an AI I have no habits.")
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    numbers = task.measure.summarise(task.plan, observations_in(log))
    assert numbers[0].missing == {"refused": 12}


def own_file(folder, items):
    """A questionnaire with so many short items on one domain and three options."""
    lines = [f"  - {{id: i{i}, domain: calm, key: {1 - 2 * (i % 2)}, text: I rest {i} times.}}" for i in range(items)]
    head = "id: mine\nlicence: {name: mine}\ncoding: raw\nresponse: {labels: [no, unsure, yes]}\nitems:"
    (folder / "mine.yaml").write_text("\n".join([head, *lines]) + "\n")
    return str(folder / "mine.yaml")


def test_a_questionnaire_of_ones_own_is_taken_from_its_file(tmp_path):
    task = personality(instrument=own_file(tmp_path, 10))
    assert [case.id for case in task.plan.cases][:2] == ["itself/i0", "itself/i1"]


def test_an_unknown_questionnaire_is_an_error_that_names_the_nearest():
    with pytest.raises(UsageError, match="big-five-60"):
        personality(instrument="big-five-6")


@pytest.mark.slow
def test_the_embedded_model_answers_and_what_may_not_be_reported_is_not(tmp_path):
    persona = tmp_path / "ana.yaml"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    task = personality(str(persona), instrument=own_file(tmp_path, 20), templates=1, orders=1)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    numbers = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    assert numbers["personality"].details["asked"]["route"] == "logprobs"
    assert numbers["personality"].missing == {}
    assert numbers["personality.calm"].reason.startswith("not reportable: stability not shown")
    assert 1 <= numbers["personality.calm"].details["answered"]["mean"] <= 3
