"""A run gives the same numbers again, keeps what it has, and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from personae.errors import RunError, UsageError
from personae.measure.run_folder import RunFolder
from personae.tasks.run import inspect_model, measure_persona


@pytest.fixture
def small_persona():
    return str(Path(__file__).with_name("ana.yaml"))


@pytest.mark.slow
def test_two_runs_with_the_same_seed_measure_the_same(small_persona, tmp_path, monkeypatch):
    monkeypatch.setattr("personae.measure.as_inspect.REPLY_TOKENS", 12)
    some = ("self_knowledge", "grounding", "cost")
    first = measure_persona(small_persona, tmp_path / "one", measures=some, n=2, seed=4)
    second = measure_persona(small_persona, tmp_path / "two", measures=some, n=2, seed=4)
    timed = ("cost.seconds", "cost.tokens")
    assert [m for m in first if m.name not in timed] == [m for m in second if m.name not in timed]
    values = {m.name: m.value for m in first}
    assert values["cost.tokens"] == {m.name: m.value for m in second}["cost.tokens"]
    assert next(m for m in first if m.name == "self_knowledge").details["methods"] == ["exact"]
    assert RunFolder(tmp_path / "one").read_manifest().status == "done"


@pytest.mark.slow
def test_ours_is_a_provider_of_inspect(small_persona, tmp_path):
    from inspect_ai import eval as inspect_eval

    (log,) = inspect_eval(
        "personae/self_knowledge",
        model="personae/embedded",
        task_args={"persona": small_persona},
        log_dir=str(tmp_path),
        display="none",
    )
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["self_knowledge"].value == 1.0


def test_an_unknown_measure_is_named_with_the_known_ones(small_persona, tmp_path):
    with pytest.raises(UsageError, match=r"no measure is called 'drfit'; there are self_knowledge"):
        measure_persona(small_persona, tmp_path / "run", measures=("drfit",))


def test_a_folder_with_another_file_of_that_name_is_not_taken_for_a_run(tmp_path):
    (tmp_path / "run.json").write_text("[1, 2]")
    with pytest.raises(RunError, match="where an object is expected"):
        RunFolder(tmp_path).read_manifest()


def test_short_names_are_ours_and_the_rest_is_inspects():
    assert inspect_model("embedded") == "personae/embedded"
    assert inspect_model("http/gpt") == "personae/http/gpt"
    assert inspect_model("anthropic/claude") == "anthropic/claude"


def test_a_persona_without_statements_has_reasons_for_all_that_needs_them(tmp_path):
    bare = tmp_path / "bare.yaml"
    bare.write_text("personae: 1\nname: Nobody\n")
    measured = measure_persona(
        str(bare), tmp_path / "run", model="scripted/Hm.", measures=("self_knowledge", "grounding", "drift")
    )
    assert {m.name: m.reason for m in measured if m.name in ("self_knowledge", "grounding")} == {
        "self_knowledge": "nothing to measure",
        "grounding": "nothing to measure",
    }
    assert next(m for m in measured if m.name == "drift").reason == "no item carries a value: 1 no_probes"
