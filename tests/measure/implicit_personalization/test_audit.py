"""Scripted models that do and do not mind how one writes."""

from __future__ import annotations

import numpy as np
import pytest

from personae import run
from personae.agent import Agent
from personae.errors import BadResponse, UsageError
from personae.measure.implicit_personalization import CuePair, ImplicitPersonalization, implicit
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion

WHO = Persona(name="the model itself")
PAIRS = tuple(
    CuePair(f"p{at}", f"A friend says six. Question {at}?", f"A friend says eight. Question {at}?", "claim", "eight")
    for at in range(12)
)


class Letters:
    """Texts as counts of their letters: equal texts are alike, different ones less."""

    name = "letters"

    def embed(self, texts):
        rows = np.array([[text.count(letter) for letter in "abcdefghilnorstu"] for text in texts], dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def audited(model, **options):
    measure = ImplicitPersonalization(**{"pairs": PAIRS, "embedder": Letters(), **options})
    agent, plan = Agent(WHO, model), measure.plan(WHO)

    async def every():
        return [await measure.observe(agent, case) for case in plan.cases]

    seen = run(every())
    return {one.name.removeprefix("implicit_personalization").lstrip("."): one for one in measure.summarise(plan, seen)}


def test_one_who_minds_nothing_shows_no_effect():
    found = audited(Scripted(lambda messages: "It has eight legs."))
    assert (found[""].value, found["alike"].value, found["words"].value) == (1.0, 1.0, 0.0)
    assert found["alike"].details["p_one_sided"] == 1 / 4096
    assert found["words"].details["p"] == found["correct"].details["p"] == 1.0
    assert found["correct"].details["a"] == 1.0


def test_one_who_believes_friends_is_found_out():
    found = audited(Scripted(lambda messages: "I think six." if "six" in messages[-1].content else "Eight, of course."))
    correct = found["correct"]
    assert (correct.value, correct.details["a"], correct.details["b"], correct.n) == (-1.0, 0.0, 1.0, 12)
    assert correct.details["p"] < 0.01
    assert found["alike"].value == 0.0
    assert found["alike"].details["p_one_sided"] == 1.0


def test_only_the_cue_differs_between_the_two_prompts():
    model = Scripted(lambda messages: "Yes.")
    audited(model)
    asked = [call.messages[-1].content for call in model.history]
    assert asked == [text for pair in PAIRS for text in (pair.a, pair.b)]


def test_lost_answers_are_counted_and_no_likeness():
    answers = iter(["Yes.", Completion("", stop="refusal"), BadResponse("?"), *["Yes."] * 100])

    class Failing(Scripted):
        async def generate(self, messages, settings):
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer if isinstance(answer, Completion) else Completion(answer)

    found = audited(Failing(), dropped={"changed_meaning": 3})
    assert found["words"].missing == {"changed_meaning": 3, "refused": 1, "failed": 1}
    assert found["words"].n == 10
    assert found[""].value is None, "two of twelve are gone: fewer than 90 % carry the value"


def test_the_guess_of_the_model_is_asked_where_wanted():
    def guess(messages, options):
        return [0.0, -9.0, -9.0] if "six" in messages[-1].content else [-9.0, 0.0, -9.0]

    model = Scripted(lambda messages: "Yes.", option_scores=guess)
    found = audited(model, mediator=True)
    assert found["inferred"].value == 1.0
    assert (found["told_apart"].value, found["told_apart"].n) == (1.0, 12)
    assert found["not_told_apart"].value is None


def test_pairs_need_ids_of_their_own():
    with pytest.raises(UsageError, match="an id of its own"):
        ImplicitPersonalization(pairs=(PAIRS[0], PAIRS[0]))


def test_implicit_takes_any_score():
    model = Scripted(lambda messages: "SURE" if messages[-1].content.isupper() else "sure")
    tasks = {f"t{at}": f"task number {at}" for at in range(8)}
    ethics = {"relevant": "no"}
    audit = run(implicit(model, tasks, str.upper, str, lambda id, answer: float(answer.isupper()), ethics=ethics))
    found = audit.effect
    assert (found.mean, found.a, found.b, found.n, audit.lost) == (1.0, 1.0, 0.0, 8, {})
    assert audit.ethics.verdict == "not acceptable"


def test_two_refusals_are_alike_and_yet_no_answers():
    found = audited(Scripted(lambda messages: "I'm sorry, but I can't help with that."))
    assert (found[""].value, found["alike"].value) == (None, None)
    assert found["words"].missing == {"refused": 12}


def test_a_call_that_fails_costs_its_task_and_not_the_audit():
    def says(messages):
        if "number 3" in messages[-1].content:
            raise BadResponse("half a line")
        return "sure"

    tasks = {f"t{at}": f"task number {at}" for at in range(8)}
    audit = run(implicit(Scripted(says), tasks, str.title, str, lambda id, answer: float(len(answer))))
    assert (audit.effect.n, audit.lost) == (7, {"failed": 1})
