"""Stubs that have one answer, k answers, or keep to what they said; and who says what is false."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.answers_alike import groups
from personae.measure.statement_labels import label, truth
from personae.measure.superposition import Superposition
from personae.measure.texts import texts
from personae.measure.twenty_questions import Things, yes_or_no
from personae.models import Scripted, ScriptedPairs
from personae.persona.persona import Persona
from personae.types import Completion

ANA = Persona(name="Ana")
DISHES = ("Porridge.", "Eggs.", "Toast.", "Soup.", "Rice.")
THINGS = Things({thing: frozenset(yes) for thing, yes in texts("superposition", "en")["game"]["things"].items()})


async def probed(answer, **options):
    sizes = {"k": 200, "n": 1, "games": 0, "facts": 0} | options
    measure = Superposition(**sizes)
    plan = measure.plan(ANA)
    model = Scripted(answer)
    observations = [await measure.observe(Agent(ANA, model), case) for case in plan.cases]
    return {m.name: m for m in measure.summarise(plan, observations)}, model


def keeps_to_it(rng):
    """Makes up a dish until one is in the talk."""
    return lambda messages: messages[-2].content if len(messages) > 2 else rng.choice(DISHES)


async def test_a_fixed_answer_has_no_entropy():
    found, _ = await probed(lambda _: "Porridge.")
    assert found["superposition"].value == 0.0
    assert found["superposition.committed"].value == 0.0


async def test_k_equal_answers_have_log_k():
    rng = random.Random(1)
    found, _ = await probed(lambda _: rng.choice(DISHES))
    assert found["superposition"].value == pytest.approx(math.log(5), abs=0.1)
    assert found["superposition.change"].value == pytest.approx(0.0, abs=0.1)
    assert found["superposition.kept"].value == pytest.approx(0.2, abs=0.1)


async def test_once_an_answer_is_in_the_text_the_entropy_falls_to_zero():
    found, _ = await probed(keeps_to_it(random.Random(2)), n=3)
    assert found["superposition"].value > 1.4
    assert found["superposition.committed"].value == 0.0
    assert found["superposition.change"].value < -1.4
    assert found["superposition.kept"].value == 1.0


async def test_where_no_two_answers_agree_the_question_is_named_as_saturated():
    count = iter(range(1000))
    found, _ = await probed(lambda _: f"Dish number {next(count)}.", k=6)
    assert found["superposition"].details["saturated"] == ["open-breakfast"]
    assert found["superposition.change"].value == 0.0
    assert (await probed(lambda _: "Porridge."))[0]["superposition"].details["saturated"] == []


async def test_every_draw_has_a_seed_of_its_own():
    _, model = await probed(lambda _: "Porridge.", k=7)
    assert [call.settings.seed for call in model.history] == [10_000 + draw for draw in range(7)] * 2


async def test_a_thing_chosen_in_earnest_is_revealed_again_and_again_and_fits():
    def chose_a_cat(messages):
        asked = messages[-1].content
        if "give up" in asked:
            return "The cat!"
        questions = texts("superposition", "en")["game"]["questions"]
        key = next(key for key, question in questions.items() if question in asked)
        return "Yes." if key in THINGS.yes["cat"] else "No."

    found, _ = await probed(chose_a_cat, n=0, games=3, k=20)
    assert found["superposition.reveals"].value == 0.0
    assert found["superposition.reveals_fit"].value == 1.0
    assert found["superposition.reveals_fit_by_chance"].value < 0.4


async def test_a_thing_never_chosen_is_another_one_each_time_and_fits_by_chance():
    rng = random.Random(3)

    def chose_nothing(messages):
        return (
            rng.choice(list(THINGS.yes))
            if "give up" in messages[-1].content
            else "Yes."
            if rng.random() < 0.3
            else "No."
        )

    found, _ = await probed(chose_nothing, n=0, games=3)
    assert found["superposition.reveals"].value == pytest.approx(math.log(12), abs=0.1)
    fit, chance = found["superposition.reveals_fit"].value, found["superposition.reveals_fit_by_chance"].value
    assert fit == pytest.approx(chance, abs=0.08)


async def test_a_part_that_lies_is_told_from_a_model_that_errs():
    def plays(messages):
        in_character = messages[0].role == "system"
        if "spider" in messages[-1].content:
            return "Six." if in_character else "Eight."
        return "Eight days."

    found, _ = await probed(plays, n=0, facts=2)
    assert found["superposition.in_character_false"].value == 0.5
    assert found["superposition.model_false"].value == 0.5


async def test_silence_and_refusals_are_counted():
    refusing = Scripted([Completion("no", stop="refusal")] * 200)
    measure = Superposition(k=5, n=1, games=0, facts=0)
    plan = measure.plan(ANA)
    found = measure.summarise(plan, [await measure.observe(Agent(ANA, refusing), case) for case in plan.cases])
    assert found[0].missing == {"refused": 1}
    assert (await probed(lambda _: " "))[0]["superposition"].missing == {"empty": 1}
    assert (await probed(lambda _: "Hm.", n=0, games=1))[0]["superposition.reveals"].missing == {"unparsed": 1}


def test_what_the_persona_says_of_itself_is_not_open():
    told = ANA.edited(statements=[{"id": "u", "text": "My umbrella is green."}])
    plan = Superposition(n=20).plan(told)
    assert plan.missing == {"determined": 1}
    assert "open-umbrella" not in {case.id for case in plan.cases}
    assert Superposition(n=20).plan(ANA).missing == {}
    assert not Superposition().plan(ANA.edited(language="de")).cases


def test_one_draw_is_no_entropy():
    with pytest.raises(UsageError, match="2 or more"):
        Superposition(k=1)


async def test_answers_are_grouped_by_meaning_only_where_entailment_goes_both_ways():
    both, forth = (0.0, 0.1, 0.9), (0.0, 0.1, 0.9)
    scorer = ScriptedPairs(
        nli={
            ("A bowl of oats.", "Porridge."): both,
            ("Porridge.", "A bowl of oats."): both,
            ("Porridge with honey.", "Porridge."): forth,
        }
    )
    said = ["Porridge.", "A bowl of oats.", "Porridge with honey.", "porridge"]
    assert await groups(said, scorer) == (0, 0, 1, 0)
    assert await groups(said) == (0, 1, 2, 0)
    assert await groups([]) == ()


@given(st.lists(st.text(max_size=12), max_size=8))
async def test_equal_answers_are_always_one_group(answers):
    found = await groups([*answers, *answers])
    assert found[: len(answers)] == found[len(answers) :]
    assert list(dict.fromkeys(found)) == list(range(len(set(found))))


def test_every_thing_of_the_game_differs_from_every_other():
    assert len(set(THINGS.yes.values())) == len(THINGS.yes)
    assert all(yes <= set(texts("superposition", "en")["game"]["questions"]) for yes in THINGS.yes.values())


@given(st.text(max_size=60))
def test_any_text_is_yes_no_or_neither(text):
    assert yes_or_no(text) in (True, False, None)
    assert THINGS.named(text) in {None, *THINGS.yes}
    assert truth(text, ["eight"], ["six"]) in (True, False, None)


def test_labels_need_a_majority_of_plain_answers():
    assert label(True, [False, False]) == "true"
    assert label(None, [True]) == "undecided"
    assert label(False, [True, False]) == "undecided"
