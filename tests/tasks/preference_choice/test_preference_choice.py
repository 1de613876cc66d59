"""The tasks run in Inspect: places are found out, nothing is paid twice, and the log says what was right."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.measure.preference_choice import own_items, own_pairs
from personae.tasks.preference_choice import persona_choice, preference_choice

#: Twenty questions of few words, so that a model scores them quickly.
SHORT = "preferences: 1\nusers:\n" + "".join(
    f"  - user: u{number}\n    said: [I want {colour}.]\n    questions:\n"
    f"      - {{id: q{number}, type: t, question: Which?, snippet: I want {colour}., options: [{colour}, {others}]}}\n"
    for number, (colour, others) in enumerate(
        [("red", "blue, tan, gold"), ("blue", "red, tan, gold"), ("tan", "red, blue, gold"), ("gold", "red, blue, tan")]
        * 5
    )
)
SHORT_PAIRS = "pairs: 1\npeople:\n" + "".join(
    f"  - user: u{number}\n    persona: [Likes {good}.]\n    pairs:\n"
    f"      - {{id: p{number}, tier: easy, question: Which?, better: {good.capitalize()}., worse: {bad}.}}\n"
    for number, (good, bad) in enumerate([("tea", "Ale"), ("ale", "Tea")] * 10)
)


def metrics(log) -> dict[str, float]:
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


@pytest.fixture
def short(tmp_path):
    (tmp_path / "short.yaml").write_text(SHORT)
    (tmp_path / "pairs.yaml").write_text(SHORT_PAIRS)
    return tmp_path


def test_a_positional_responder_is_right_in_one_rotation_of_four(tmp_path):
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(preference_choice(), model=model, log_dir=str(tmp_path), display="none", limit=6)
    assert log.status == "success"
    found = metrics(log)
    assert found["preference_choice"] == found["preference_choice.floor"] == found["preference_choice.ceiling"] == 0.25
    assert "preference_choice.lift" not in found
    assert "right:" in log.samples[0].scores["observed"].explanation


def test_an_ambiguous_answer_is_unscored_not_zero(tmp_path, short):
    task = preference_choice(str(short / "short.yaml"), way="spoken", conditions="history")
    (log,) = inspect_eval(
        task, model=mock(lambda: "(c), not (b)"), log_dir=str(tmp_path), display="none", limit=3
    )  # mockllm/model
    assert log.results.scores[0].unscored_samples == 3
    assert "preference_choice" not in metrics(log)


def test_pairs_are_right_only_in_both_orders(tmp_path):
    (log,) = inspect_eval(
        persona_choice(), model=mock(lambda: "A"), log_dir=str(tmp_path), display="none", limit=4
    )  # mockllm/model
    assert log.status == "success"
    assert metrics(log)["persona_choice"] == 0
    assert metrics(log)["persona_choice.agreement"] == 0


def test_nothing_is_paid_twice(tmp_path, short):
    asked = []

    def says() -> str:
        asked.append(1)
        return "B"

    for _ in range(2):
        task = preference_choice(str(short / "short.yaml"), conditions="history", cache=str(tmp_path / "calls.sqlite"))
        inspect_eval(task, model=mock(says), log_dir=str(tmp_path), display="none", limit=3, max_samples=1)
    assert len(asked) <= 3 * 4 + 1


def test_samples_have_stable_ids_options_and_targets():
    task = preference_choice()
    assert [sample.id for sample in task.dataset] == [item.id for item in own_items()]
    assert all(sample.choices["ABCD".index(sample.target)] for sample in task.dataset)
    pairs = persona_choice()
    assert [sample.id for sample in pairs.dataset] == [pair.id for pair in own_pairs()]


def test_sets_of_others_are_read_by_their_form(data_dir):
    task = preference_choice(str(data_dir / "prefeval"), form="prefeval", turns=2)
    assert len(task.dataset) == 1000


def test_a_table_with_other_columns_is_read_by_naming_them(tmp_path):
    (tmp_path / "t.csv").write_text("persona,question,good,bad\nLikes tea,Drink?,Tea.,Ale.\n")
    (sample,) = persona_choice(str(tmp_path / "t.csv"), columns="chosen=good, rejected=bad").dataset
    assert sample.choices == ["Tea.", "Ale."]
    with pytest.raises(UsageError, match="ours=theirs"):
        persona_choice(str(tmp_path / "t.csv"), columns="chosen")


def test_wrong_arguments_are_refused_before_any_call():
    for wrong in ({"conditions": "guess"}, {"nearness": "smell"}, {"way": "sung"}):
        with pytest.raises(UsageError):
            preference_choice(**wrong)
    with pytest.raises(UsageError):
        persona_choice(settings="half")


@pytest.mark.slow
def test_the_embedded_model_answers_twenty_questions(tmp_path, short):
    task = preference_choice(str(short / "short.yaml"), way="whole", conditions="history")
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert 0 <= metrics(log)["preference_choice"] <= 1


@pytest.mark.slow
def test_the_embedded_model_chooses_between_twenty_pairs(tmp_path, short):
    task = persona_choice(str(short / "pairs.yaml"), settings="full", way="whole")
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert 0 <= metrics(log)["persona_choice"] <= 1
