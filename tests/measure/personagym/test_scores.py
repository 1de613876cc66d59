"""Scores and their intervals against hand arithmetic and another implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.measure.personagym.block import Item
from personae.measure.personagym.protocol import TASKS
from personae.measure.personagym.scores import Scored, half_width, persona_score
from personae.stats.distributions import student_quantile
from personae.stats.intervals import mean_interval


def items(values: dict[str, list[float | None]]) -> list[Item]:
    return [
        Item(
            task,
            number,
            "Well, and then?",
            "Then I left.",
            "answered",
            value=value,
            missing=None if value is not None else "verdict unparsed",
            columns={"a": {"value": value, "reason": None}, "b": {"value": value, "reason": None}} if value else {},
        )
        for task, listed in values.items()
        for number, value in enumerate(listed)
    ]


def test_persona_score_is_the_unweighted_mean_of_five_tasks_however_many_items_each_has():
    values = dict(zip(TASKS, ([5.0] * 10, [4.0] * 2, [3.0] * 4, [2.0] * 2, [1.0] * 2), strict=True))
    score, *tasks, agreement = persona_score("gym", [Scored("ana", items(values))])
    assert score.value == 3.0
    assert [each.value for each in tasks] == [5.0, 4.0, 3.0, 2.0, 1.0]
    assert (score.low, score.high) == (3.0, 3.0)
    assert (agreement.value, agreement.n) == (1.0, 20)


def test_a_missing_task_leaves_a_reason_and_no_score():
    values = {task: [4.0] * 10 for task in TASKS} | {TASKS[2]: [4.0] * 8 + [None] * 2}
    score, *tasks, _ = persona_score("gym", [Scored("ana", items(values))])
    assert score.value is None
    assert score.reason == f"no PersonaScore without {TASKS[2]}: 8 of 10 items have a value; 90 % are needed"
    assert score.missing == tasks[2].missing == {"verdict unparsed": 2}
    assert persona_score("gym", [Scored("ana", items(values))], min_coverage=0.8)[0].value == 4.0


def test_no_item_at_all_is_no_score_either():
    assert persona_score("gym", [Scored("ana", [])])[0].reason.endswith("nothing was judged")


def test_one_persona_has_an_interval_over_its_questions_within_each_task():
    rng = np.random.default_rng(3)
    values = {task: rng.integers(1, 6, 10).astype(float).tolist() for task in TASKS}
    score, first, *_ = persona_score("gym", [Scored("ana", items(values))])
    expected = mean_interval(values[TASKS[0]])
    assert (first.low, first.high) == pytest.approx((expected.low, expected.high))
    error = math.sqrt(sum(np.var(listed, ddof=1) / 10 for listed in values.values())) / 5
    assert score.high - score.value == pytest.approx(student_quantile(0.975, 45) * error)


def test_several_personas_are_the_independent_units():
    """With equally many items it is the t interval over the personas' own scores."""
    rng = np.random.default_rng(4)
    everybody = {f"p{n}": {task: rng.uniform(1, 5, 4).tolist() for task in TASKS} for n in range(12)}
    score, *_ = persona_score("gym", [Scored(who, items(values)) for who, values in everybody.items()])
    own = [float(np.mean([np.mean(listed) for listed in values.values()])) for values in everybody.values()]
    expected = mean_interval(own)
    assert (score.value, score.low, score.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert score.details["personas"]["p0"]["score"] == pytest.approx(own[0])


def test_one_question_per_task_has_no_interval():
    score, first, *_ = persona_score("gym", [Scored("ana", items({task: [3.0] for task in TASKS}))])
    assert (score.value, score.low, score.high) == (3.0, None, None)
    assert first.low is None
    assert half_width([{"ana": [1.0]}]) is None


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(400):
        people = rng.normal(3, 0.4, 15)
        drawn = [
            {who: (person + rng.normal(0, 0.5, 3)).tolist() for who, person in enumerate(people)} for _task in range(5)
        ]
        mean = np.mean([np.mean([value for listed in task.values() for value in listed]) for task in drawn])
        half = half_width(drawn)
        hits += abs(mean - 3.0) <= half
    assert 0.92 <= hits / 400 <= 0.98


def test_the_judges_standing_is_that_of_the_weakest():
    judges = [
        {"name": "a", "standing": "qualified", "card": {"n": 1}},
        {"name": "b", "standing": "unqualified", "card": None},
    ]
    scored = [Scored("ana", items({task: [3.0] for task in TASKS}))]
    assert persona_score("gym", scored, judges=judges)[0].details["judge"] == {
        "name": "a + b", "standing": "unqualified", "card": None,
    }  # fmt: skip
    assert persona_score("gym", scored, judges=judges[:1])[1].details["judge"] == judges[0]
    apart = [each for each in persona_score("gym", scored, judges=judges) if each.name.startswith("gym.by.")]
    assert [(each.name, each.value, each.details["judge"]["standing"]) for each in apart] == [
        ("gym.by.a", 3.0, "qualified"),
        ("gym.by.b", 3.0, "unqualified"),
    ]
