"""Clones answer what they were told: an oracle is right, a mis-keyed one is not, and what is missing is counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from stubs.clones import oracle

from personae import run
from personae.errors import BadResponse, ModelUnreachable, UsageError
from personae.measure.cloning import BETTER, Clones, People, clone, drawn_split, observe_all, portrait
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, OptionScores


@pytest.fixture
def split(short):
    return drawn_split(short, share=0.5, seed=1)


def test_a_clone_is_told_the_answers_to_the_wording(short, split):
    scored = People(short, ("a",), np.full((1, 16), 5.0), "scored")
    reversed_item = next(id for id in split.profile if short.item(id).key == -1)
    statement = clone(scored, 0, split).statement(reversed_item)
    assert short.item(reversed_item).text in statement.text
    assert "not at all" in statement.text, "5 points for the domain are disagreement with a reversed wording"
    assert {s.id for s in clone(scored, 0, split).statements} == set(split.profile)


def test_an_oracle_clone_makes_no_error_and_is_better_than_averaging(crowd, split):
    measure = Clones(crowd, split, seed=2)
    seen = run(observe_all(measure, oracle(crowd, split, crowd.wording_PI)))
    found = measure.evaluation(seen)["clone"]
    assert (found.error.value, found.verdict) == (0.0, BETTER)
    assert [one.value for one in seen] == [0.0] * 40
    numbers = {one.name: one for one in measure.summarise(measure.plan(), seen)}
    assert next(iter(numbers)) == "cloning"
    assert numbers["cloning"].details["verdict"] == BETTER
    assert numbers["cloning.facet_mean"].value > 0 > numbers["cloning.difference"].value


def test_a_mis_keyed_oracle_is_far_off_on_a_scored_table(short, crowd, split):
    scored = People(short, crowd.ids, crowd.scored_PI, "scored")
    measure = Clones(scored, split)
    right = run(observe_all(measure, oracle(scored, split, scored.wording_PI)))
    wrong = run(observe_all(measure, oracle(scored, split, scored.scored_PI)))
    assert measure.evaluation(right)["clone"].error.value == 0
    assert measure.evaluation(wrong)["clone"].error.value > 0.5


def test_the_first_so_many_people_are_cloned_and_progress_is_told(crowd, split):
    steps = []
    measure = Clones(crowd, split, n=3, repeats=2)
    model = oracle(crowd, split, crowd.wording_PI)
    run(observe_all(measure, model, at_once=2, on_step=lambda done, planned: steps.append((done, planned))))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert len(model.history) == 3 * 8 * 2


def test_a_fence_sitter_is_rounded_beside(crowd, split):
    measure = Clones(crowd, split, n=4)
    found = measure.evaluation(run(observe_all(measure, Scripted(name="even"))))
    assert found["clone"].error.value == pytest.approx(
        measure.evaluation(run(observe_all(measure, Scripted())))["clone"].error.value
    )
    assert "clone_rounded" not in [one.name for one in found.judged], "the middle is a whole point"


class Refuses:
    """Answers letter A in words, and refuses the items of one domain."""

    name = "refuses"

    async def logprobs(self, messages, options):
        refused = "A" in messages[-1].content.split("I do ")[-1][:2]
        outcome = "refused" if refused else "answered"
        first = -math.inf if refused else 0.0
        scores = (first, *(-math.inf for _ in options[1:]))
        return OptionScores(scores, (1,) * len(options), "parsed", outcome)

    async def generate(self, messages, settings):
        return Completion("You are kind.")


def test_refused_answers_are_counted_and_never_a_number(crowd, split):
    measure = Clones(crowd, split, n=5)
    found = measure.evaluation(run(observe_all(measure, Refuses())))["clone"]
    assert found.error.value is None
    assert found.error.missing == {"refused": 5 * 4}
    assert found.verdict.startswith("50% of the answers are predicted")
    assert found.error.details["least"] < found.error.details["most"]


def test_a_portrait_begins_with_you_and_stands_in_the_clones_prompt(crowd, split):
    answers = ["As asked, here it is.", "You are quiet."]
    model = Scripted(lambda messages: answers[min(1, len(model.history) - 1)])
    measure = Clones(crowd, split, route="description", n=1)
    (seen,) = run(observe_all(measure, model))
    assert seen.data["portrait"] == "You are quiet."
    assert "You are quiet." in model.history[-1].messages[0].content
    written = model.history[0].messages[0].content
    assert all(crowd.instrument.item(id).text in written for id in split.profile)
    assert not any(crowd.instrument.item(id).text in written for id in split.test)


def test_without_a_portrait_there_are_no_answers(crowd, split):
    measure = Clones(crowd, split, route="description", n=2)
    seen = run(observe_all(measure, Scripted(lambda _: "")))
    assert [one.outcome for one in seen] == ["empty", "empty"]
    found = measure.evaluation(seen)["clone"]
    assert (found.error.value, found.error.missing) == (None, {"empty": 2 * 8})
    assert run(portrait(Scripted(lambda _: "I'm sorry, I can't."), crowd, 0, split)).reason == "refused"


def test_a_call_that_cannot_be_answered_fails_one_person_and_a_dead_model_stops_all(crowd, split):
    class Breaks(Refuses):
        def __init__(self, error):
            self.error = error

        async def logprobs(self, messages, options):
            raise self.error

    measure = Clones(crowd, split, n=2)
    seen = run(observe_all(measure, Breaks(BadResponse("no JSON"))))
    assert [one.outcome for one in seen] == ["failed", "failed"]
    with pytest.raises(ModelUnreachable):
        run(observe_all(measure, Breaks(ModelUnreachable("refused"))))


def test_people_with_too_few_answers_are_counted_not_cloned(short, split):
    answers = np.full((3, 16), 3.0)
    answers[1, :] = np.nan
    people = People(short, ("a", "b", "c"), answers, "raw")
    plan = Clones(people, split).plan(Persona(name="x"))
    assert [case.id for case in plan.cases] == ["person-00001", "person-00003"]
    assert plan.missing == {"too few answers": 1}


def test_an_instrument_without_texts_cannot_be_told(papi):
    people, split = papi
    with pytest.raises(UsageError, match="has no text for the item"):
        clone(people, 0, split)


def test_an_unknown_route_is_named(crowd, split):
    with pytest.raises(UsageError, match="unknown route 'lora'; there are statements, description"):
        Clones(crowd, split, route="lora")
