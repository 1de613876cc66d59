"""`personae gym` as a user meets it: the plan, a run against an endpoint, its resumption, and the released table."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from stubs.gym import Everything

from personae.cli.gym import gym
from personae.errors import PersonaeError
from personae.models import registry


@pytest.fixture
def models(monkeypatch) -> dict[str, Everything]:
    """Every model that is opened by name is a stub of that name."""
    made: dict[str, Everything] = {}

    def opened(spec: str, **options: object) -> Everything:
        return made.setdefault(spec, Everything(spec))

    monkeypatch.setattr(registry, "open_model", opened)
    return made


def call(*arguments: str):
    return CliRunner().invoke(gym, list(arguments))


def test_the_plan_of_all_released_personas_is_sixteen_thousand_calls(data_dir):
    result = call("plan", "--data", str(data_dir / "personagym"), "--json")
    assert json.loads(result.stdout) == {
        "personas": 200, "questions": 0, "answers": 10_000, "examples": 2_000, "verdicts": 4_000, "total": 16_000,
    }  # fmt: skip


def test_the_plan_of_a_persona_of_ones_own_counts_the_questions_to_be_written():
    result = call("plan", "--persona", "tavern-keeper")
    assert result.stdout.startswith("1 persona: 86 calls – 6 for questions, 50 answers, 10 for examples, 20 verdicts")


def test_a_run_announces_its_calls_prints_scores_and_counts_what_it_spent(models, tmp_path):
    result = call(
        "run", "--persona", "tavern-keeper", "--persona", "elder", "--model", "m", "--judge", "a", "--judge", "b",
        "--out", str(tmp_path / "run"),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[0].startswith("2 personas: 172 calls")
    assert "172 calls; 172 sent, 0 from the cache" in result.stderr
    lines = result.stdout.splitlines()
    apart = next(at for at, line in enumerate(lines) if line.startswith("judge not qualified"))
    assert lines[apart + 1].split()[:2] == ["personagym", "3.00"]
    assert "a + b (untested)" in lines[apart + 1]
    again = call(
        "run", "--persona", "tavern-keeper", "--persona", "elder", "--model", "m", "--judge", "a", "--judge", "b",
        "--out", str(tmp_path / "run"), "--resume", "--json",
    )  # fmt: skip
    tree = json.loads(again.stdout)
    assert tree["measurements"][0]["value"] == 3.0
    assert tree["calls"]["sent"]["total"] == 172
    assert sum(len(model.history) for model in models.values()) == 172


def test_released_personas_can_be_limited_and_asked_fewer_questions(models, data_dir, tmp_path):
    result = call(
        "run", "--data", str(data_dir / "personagym"), "--limit", "3", "--n", "2", "--model", "m", "--judge", "a",
        "--out", str(tmp_path / "run"), "--json",
    )  # fmt: skip
    assert json.loads(result.stdout)["measurements"][0]["value"] == 1.5
    assert "one judge only" in result.stderr
    assert len(list((tmp_path / "run" / "personas").iterdir())) == 3


def test_a_model_that_grades_itself_is_warned_of(models, tmp_path):
    result = call("run", "--persona", "elder", "--model", "m", "--judge", "m", "--n", "1", "--out", str(tmp_path / "r"))
    assert "'m' grades its own answers" in result.stderr


def test_what_an_unqualified_judge_says_stands_apart(models, monkeypatch, tmp_path):
    def read(path):
        notes = {"name": "a", "standing": "unqualified", "card": {"n": 1}}
        return type("Card", (), {"model": "a", "note": notes})

    monkeypatch.setattr("personae.measure.personagym.measure.read_card", read)
    monkeypatch.setattr(
        "personae.measure.personagym.measure.judge_note",
        lambda name, card: card.note if card else {"name": name, "standing": "qualified", "card": None},
    )
    some = ["run", "--persona", "elder", "--model", "m", "--judge", "a", "--n", "1"]
    result = call(*some, "--judge-card", "a.json", "--out", str(tmp_path / "one"))
    lines = [line.split()[0] for line in result.stdout.splitlines()]
    assert lines[1:4] == ["personagym.agreement", "judge", "personagym"]
    assert "a (unqualified)" in result.stdout
    result = call("run", "--persona", "elder", "--judge", "b", "--judge-card", "a.json", "--out", str(tmp_path / "two"))
    assert "the card of 'a' is of none of the judges b" in str(result.exception)


def test_the_released_table_has_one_row_that_contradicts_itself(data_dir):
    result = call("published", "--data", str(data_dir / "personagym"))
    flagged = [line for line in result.stdout.splitlines() if "NOT" in line]
    assert len(result.stdout.splitlines()) == 6
    assert flagged == [
        "20240710_claude_3_haiku          stated 3.64, mean of five 3.840: does NOT follow from its tasks; "
        "quote the tasks, not the total"
    ]


@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (["plan"], "say whom to ask"),
        (["plan", "--persona", "elder", "--data", "x"], "say whom to ask"),
        (["plan", "--data", "/nowhere"], "there is no folder '/nowhere'"),
        (["plan", "--persona", "eldre"], "did you mean"),
        (["run", "--persona", "elder", "--judge", "a", "--resume"], "--resume needs --out"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments, because):
    result = call(*arguments)
    assert isinstance(result.exception, PersonaeError)
    assert because in str(result.exception)
    assert "\n" not in str(result.exception)
