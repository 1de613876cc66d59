"""The right habit for a turn, and its right lines."""

from __future__ import annotations

import pytest
from stubs.bag import BagOfWords

from personae.errors import UsageError
from personae.models.embedder import MiniLM
from personae.persona.habits import Habits, HabitSchema

TEA = HabitSchema("I make tea at four.", goals=("I want a pause.",), episodes=("I warm the pot.", "I wait."))
RUN = HabitSchema("I run around the lake.", episodes=("I tie my shoes.", "I count the swans on the lake."))


def test_the_nearest_schema_comes_with_its_nearest_lines_first():
    found = Habits((TEA, RUN), BagOfWords()).recall("Do you see swans on the lake?", count=1)
    assert found.schema == RUN
    assert [line.text for line in found.lines] == ["I count the swans on the lake."]
    assert found.lines[0].field == "episodes"
    assert 0 < found.similarity < 1


def test_at_most_the_asked_number_of_lines_is_recalled():
    assert len(Habits((TEA,), BagOfWords()).recall("tea").lines) == 3


def test_without_schemas_there_is_nothing_to_recall():
    with pytest.raises(UsageError, match="no schemas"):
        Habits((), BagOfWords())


@pytest.mark.slow
def test_a_fact_finds_its_own_schema_among_thirty(thirty):
    habits = Habits([known.schema for known in thirty], MiniLM())
    by_fact = sum(int(habits.similarities(known.fact).argmax()) == n for n, known in enumerate(thirty))
    by_question = sum(int(habits.similarities(known.asked).argmax()) == n for n, known in enumerate(thirty))
    print(f"own schema first: {by_fact} of 30 by the fact, {by_question} of 30 by a question about it")
    assert len(thirty) == 30
    assert by_fact >= 27
    assert by_question >= 27


@pytest.mark.slow
def test_the_lines_of_a_habit_answer_to_the_part_that_is_asked_about(thirty):
    habits = Habits([known.schema for known in thirty], MiniLM())
    found = habits.recall("Do you boil the malt with hops when you brew?")
    assert "I boil it with hops." in [line.text for line in found.lines[:2]]
    assert len(found.lines) == 5
