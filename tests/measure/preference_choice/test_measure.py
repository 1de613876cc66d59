"""The measure on agents whose use of the history is known: oracle, blind, content-only, and one that says "A"."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.preference_choice import PreferenceChoice, PreferenceItem, own_items, planted_items
from personae.models import Scripted
from personae.persona.persona import Persona

WHO = Persona(name="everybody in the set")


def measured(measure, model):
    plan = measure.plan(WHO)

    async def every():
        return [await measure.observe(Agent(WHO, model), case) for case in plan.cases]

    seen = asyncio.run(every())
    return {number.name: number for number in measure.summarise(plan, seen)}, seen


def by_text(prefer):
    """A model that can score whole options: `prefer(prompt, option)` gives each a number."""
    return Scripted(option_scores=lambda messages, options: [-1.0 - prefer(messages[-1].content, o) for o in options])


def chance(text):
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def oracle(prompt, option):
    """Takes the colour the prompt asks for, and guesses without one."""
    colour = option.split()[-1]
    return 0.0 if f"want {colour} " in prompt else 0.5 + chance(prompt + option) / 2


def blind(prompt, option):
    """Reads a passage of one line, but nothing in a talk: guesses by the option alone."""
    return oracle(prompt, option) if prompt.count("User:") == 0 else 0.5 + chance(option) / 2


def blind_floor(prompt, option):
    return blind(prompt, option) if "want" in prompt and "User:" not in prompt else 0.5 + chance(option) / 2


def test_the_planted_oracle_has_a_lift_of_one():
    numbers, _ = measured(PreferenceChoice(planted_items(300), way="whole"), by_text(oracle))
    assert numbers["preference_choice"].value == 1.0
    assert numbers["preference_choice.lift"].value == 1.0
    assert numbers["preference_choice.lift"].low == 1.0


def test_an_agent_blind_to_the_history_has_a_lift_of_nothing():
    numbers, _ = measured(PreferenceChoice(planted_items(600), way="whole"), by_text(blind_floor))
    assert numbers["preference_choice.ceiling"].value == 1.0
    assert abs(numbers["preference_choice.lift"].value) <= 0.05


def test_an_agent_that_guesses_afresh_has_a_lift_of_nothing_too():
    def guess(prompt, option):
        return oracle(prompt, option) if "User:" not in prompt and "want" in prompt else chance(prompt + option)

    numbers, _ = measured(PreferenceChoice(planted_items(2000), way="whole"), by_text(guess))
    assert abs(numbers["preference_choice.lift"].value) <= 0.05


def test_always_saying_a_is_right_one_time_in_four():
    measure = PreferenceChoice(planted_items(50), way="spoken", conditions=("history", "floor"))
    numbers, _ = measured(measure, Scripted(lambda messages: "A"))
    assert numbers["preference_choice"].value == 0.25
    assert numbers["preference_choice.floor"].value == 0.25
    assert numbers["preference_choice.gain"].value == 0


def test_orders_leave_a_content_only_scorer_unchanged():
    model = Scripted(lambda messages: _longest_letter(messages[-1].content))
    results = [
        measured(PreferenceChoice(own_items(), ("history",), "spoken", seed=seed), model)[0] for seed in range(3)
    ]
    assert len({number["preference_choice"].value for number in results}) == 1


def _longest_letter(prompt):
    listed = [line for line in prompt.splitlines() if line[1:3] == ". "]
    return max(listed, key=lambda line: (len(line), line[3:]))[0]


def test_naming_two_letters_is_counted_as_ambiguous_and_not_as_wrong():
    measure = PreferenceChoice(planted_items(20), way="spoken")
    numbers, _ = measured(measure, Scripted(lambda messages: "(c), not (b)"))
    assert numbers["preference_choice"].value is None
    assert numbers["preference_choice"].missing == {"ambiguous": 20}
    assert "0 of 20" in numbers["preference_choice"].reason


def test_a_refusal_is_another_outcome_than_ambiguity():
    numbers, seen = measured(
        PreferenceChoice(planted_items(3), way="boxed"), Scripted(lambda messages: "I can't choose for you.")
    )
    assert numbers["preference_choice"].missing == {"refused": 3}
    assert {each.outcome for each in seen} == {"refused"}


def test_boxed_answers_are_asked_for_and_read():
    model = Scripted(lambda messages: r"They want amber, hence \boxed{A}.")
    numbers, _ = measured(PreferenceChoice(planted_items(8), way="boxed"), model)
    assert numbers["preference_choice"].value == 0.25
    assert "in a box" in " ".join(model.history[0].messages[-1].content.split())


def test_recalled_turns_are_the_nearest_ones_in_the_order_they_were_said():
    model = by_text(oracle)
    numbers, _ = measured(PreferenceChoice(planted_items(30), ("recalled", "floor"), "whole", k=1), model)
    assert numbers["preference_choice"].value == 1.0
    asked = [call.messages[-1].content for call in model.history]
    assert max(prompt.count("User:") for prompt in asked) == 1


def test_a_question_whose_passage_nobody_knows_has_no_ceiling():
    items = (*planted_items(9), PreferenceItem("odd", "Which mug?", ("This", "That"), 0))
    numbers, _ = measured(PreferenceChoice(items, way="whole"), by_text(oracle))
    ceiling = numbers["preference_choice.ceiling"]
    assert (ceiling.value, ceiling.n, ceiling.missing) == (1.0, 9, {"no passage": 1})
    assert numbers["preference_choice.lift"].n == 9


def test_no_room_between_floor_and_ceiling_is_a_reason():
    numbers, _ = measured(PreferenceChoice(planted_items(40), way="whole"), by_text(lambda prompt, option: 0.0))
    assert numbers["preference_choice.lift"].value is None
    assert "not .05 above" in numbers["preference_choice.lift"].reason


def test_results_are_broken_down_by_type_and_distance():
    numbers, _ = measured(PreferenceChoice(planted_items(200), way="whole"), by_text(oracle))
    by = numbers["preference_choice"].details["by"]
    assert sum(row["n"] for row in by["type"].values()) == 200
    assert set(by["distance"]) == {"1", "2", "3", "4", "5", "6"}
    assert {row["lift"] for row in by["distance"].values()} == {1.0}


def test_measuring_again_from_what_was_observed_gives_the_same():
    measure = PreferenceChoice(planted_items(25), way="whole")
    numbers, seen = measured(measure, by_text(blind_floor))
    again = measure.summarise(measure.plan(WHO), seen)
    assert {each.name: each.to_dict() for each in again} == {name: each.to_dict() for name, each in numbers.items()}


@pytest.mark.parametrize("wrong", [{"conditions": ("smell",)}, {"conditions": ()}, {"way": "sung"}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(UsageError):
        PreferenceChoice(planted_items(1), **wrong)


def test_our_own_questions_are_not_given_away_by_their_length():
    from personae.measure.preference_choice import longest

    assert longest(own_items()).value <= 0.35
