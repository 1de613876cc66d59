"""Three modes on assistants of which everything is known: one asks well, one asks nothing, one is out of form."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.elicitation import (
    ByMarks,
    ByModel,
    Elicitation,
    Marks,
    Need,
    NeedSet,
    Want,
    load_needs,
    own_needs,
)
from personae.models import Scripted
from personae.persona.persona import Persona

WHO = Persona(name="everybody in the set")
WORDS = ("amber", "coral", "lilac")


def secret(word):
    """A need whose one half nobody can guess, and whose other half asks for a word everybody gives."""
    wants = (
        Want("colour", f"I want {word} in it.", 0.5, ("hue",), Marks(shows=(word,))),
        Want("greeting", "Say hello.", 0.5, (), Marks(shows=("hello",))),
    )
    return Need(f"need-{word}", "Write me a line.", wants, answer="hello", user=word)


SET = NeedSet(
    tuple(secret(word) for word in WORDS),
    {word: {"colour": word, "greeting": "yes"} for word in WORDS},
    {"colour": "Which colour?", "greeting": "A greeting?"},
    tuple({"colour": word, "greeting": "yes"} for word in WORDS * 4),
)


def assistant(*, asks=True):
    """Uses every colour it has heard of; asks for one where it may."""

    def says(messages):
        heard = " ".join(message.content for message in messages)
        known = next((word for word in WORDS if f"want {word}" in heard), "")
        answer = f"hello {known}".strip()
        if "###ACTION###" not in messages[0].content:
            return answer
        if asks and not known:
            return "###ACTION###\nask_question\nWhich hue or colour?"
        return f"###ACTION###\nfinal_answer\n{answer}"

    return Scripted(says)


def measured(measure, model):
    plan = measure.plan(WHO)

    async def every():
        return [await measure.observe(Agent(WHO, model), case) for case in plan.cases]

    seen = asyncio.run(every())
    return {number.name: number for number in measure.summarise(plan, seen)}, seen


def test_whoever_asks_for_what_matters_is_as_good_as_the_oracle():
    numbers, seen = measured(Elicitation(SET), assistant())
    assert numbers["elicitation"].value == 5
    assert numbers["elicitation.persona_known"].value == 5
    assert numbers["elicitation.no_prompt"].value == 4
    assert numbers["elicitation.norm_align"].value == pytest.approx(100)
    assert numbers["elicitation.questions"].value == 1
    assert numbers["elicitation.weight_found"].value == 0.5
    assert numbers["elicitation.correct.infer_persona"].value == 1
    assert seen[0].data["modes"]["infer_persona"]["stated"] == ["colour"]


def test_whoever_asks_nothing_gains_nothing():
    numbers, _ = measured(Elicitation(SET), assistant(asks=False))
    assert numbers["elicitation.norm_align"].value == pytest.approx(0)
    assert numbers["elicitation.questions"].value == 0


def test_a_collaborative_user_tells_more_to_the_same_question():
    numbers, _ = measured(Elicitation(SET, manner="collaborative"), assistant())
    assert numbers["elicitation.weight_found"].value == 1.0


@pytest.mark.parametrize("asks", ["gain", "random"])
def test_a_policy_asks_in_the_models_place(asks):
    numbers, seen = measured(Elicitation(SET, asks=asks), assistant())
    assert numbers["elicitation"].value == 5
    assert set(seen[0].data["modes"]["infer_persona"]["asked"]) <= {"Which colour?", "A greeting?"}


def test_turns_out_of_form_are_unparsed_and_no_low_score():
    numbers, seen = measured(Elicitation(SET), Scripted(lambda messages: "hello"))
    assert {each.outcome for each in seen} == {"unparsed"}
    assert numbers["elicitation"].value is None
    assert numbers["elicitation"].missing == {"unparsed": 3}
    assert numbers["elicitation.no_prompt"].value == 4


def test_a_refusal_in_words_is_no_bad_answer():
    numbers, _ = measured(Elicitation(SET), Scripted(lambda messages: "I'm sorry, but I can't help with that."))
    assert numbers["elicitation.no_prompt"].value is None
    assert numbers["elicitation.no_prompt"].missing == {"refused": 3}
    final = "###ACTION###\nfinal_answer\nI'm sorry, but I can't help with that."
    numbers, _ = measured(Elicitation(SET, modes=("infer_persona",)), Scripted(lambda messages: final))
    assert numbers["elicitation"].missing == {"refused": 3}


def test_past_users_who_know_nothing_that_weighs_are_refused_before_the_first_question():
    few = replace(SET, past=SET.past[:3])
    with pytest.raises(UsageError, match="no attribute is known of 4 past users"):
        Elicitation(few, asks="gain")


def test_asking_on_without_end_stops_at_the_budget():
    model = Scripted(lambda messages: "###ACTION###\nask_question\nAnything else?")
    numbers, seen = measured(Elicitation(SET, modes=("infer_persona",), budget=2), model)
    assert len(seen[0].data["modes"]["infer_persona"]["asked"]) == 2
    assert numbers["elicitation"].missing == {"unparsed": 3}
    assert len(model.history) == 3 * 3


def test_the_last_question_is_followed_by_the_request_to_answer():
    model = assistant()
    measured(Elicitation(SET, modes=("infer_persona",), budget=1), model)
    assert "no questions left" in model.history[1].messages[-1].content


def test_a_judge_rates_each_want_and_an_unreadable_verdict_is_missing():
    need = secret("amber")
    good = Scripted(["The final score is 5.", "The final score is 1."])
    assert asyncio.run(ByModel(good)(need, "hello amber")).scores == {"colour": 5, "greeting": 1}
    bad = asyncio.run(ByModel(Scripted(["5", "Lovely!", "Lovely!"]))(need, "hello"))
    assert (dict(bad.scores), dict(bad.missing)) == ({"colour": 5}, {"greeting": "unparsed"})
    numbers, _ = measured(Elicitation(SET, ("no_prompt",), rater=ByModel(Scripted(lambda m: "Lovely!"))), assistant())
    assert numbers["elicitation"].value is None
    assert sum(numbers["elicitation"].missing.values()) == 3


def test_marks_are_named_as_a_proxy():
    numbers, _ = measured(Elicitation(SET, ("no_prompt",)), assistant())
    assert numbers["elicitation"].details["rater"] == "marks (proxy)"
    rated = asyncio.run(ByMarks()(Need("n", "?", (Want("a", "b", 1.0, marks=Marks(("x",), ("y",), 1, 2)),)), "x z"))
    assert rated.scores == {"a": 5}
    for text, score in (("x y", 1), ("z", 3), ("x z z", 1), ("", 1)):
        need = Need("n", "?", (Want("a", "b", 1.0, marks=Marks(("x",), ("y",), 1, 2)),))
        assert asyncio.run(ByMarks()(need, text)).scores == {"a": score}


def test_measuring_again_from_what_was_observed_gives_the_same():
    measure = Elicitation(SET)
    numbers, seen = measured(measure, assistant())
    again = measure.summarise(measure.plan(WHO), seen)
    assert {each.name: each.to_dict() for each in again} == {name: each.to_dict() for name, each in numbers.items()}


@pytest.mark.parametrize("wrong", [{"modes": ("guess",)}, {"asks": "cat"}, {"budget": 0}, {"modes": ()}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(UsageError):
        Elicitation(SET, **wrong)


def test_our_own_needs_are_twenty_with_weights_that_sum_to_one():
    needs = own_needs()
    assert len(needs.needs) == 20
    assert all(sum(need.weights.values()) == pytest.approx(1) for need in needs.needs)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("needs: 2", "needs"),
        ("- a", "no set of needs"),
        (
            "needs: 1\nattributes: {a: {asks: q, levels: {x: {says: s}, y: {says: t}}}}\nusers: {u: {a: z}}\n"
            "questions: [{id: q, text: t, weights: {a: 1}}]",
            "'u' holds 'a': 'z'",
        ),
        (
            "needs: 1\nattributes: {a: {asks: q, levels: {x: {says: s}, y: {says: t}}}}\nusers: {u: {a: x}}\n"
            "questions: [{id: q, text: t, weights: {a: 0.7}}]",
            "sum to 0.7",
        ),
        (
            "needs: 1\nattributes: {a: {asks: q, levels: {x: {says: s}, y: {says: t}}}}\nusers: {u: {a: x}}\n"
            "questions: [{id: q, text: t, weights: {b: 1}}]",
            "holds no level of 'b'",
        ),
        ("needs: 1\na: &x [*x]", "own.yaml"),
    ],
)
def test_broken_set_files_say_what_is_wrong(content, says, tmp_path):
    (tmp_path / "own.yaml").write_text(content)
    with pytest.raises(FormatError, match=says):
        load_needs(tmp_path / "own.yaml")
