"""The measure holds its talks, scores every reply, and counts what it could not score."""

from __future__ import annotations

import json

import pytest
from stubs.reader import Reader

from personae.agent import Agent
from personae.measure.consistency.measure import Consistency
from personae.models.pairs.scripted import ScriptedPairs

PET = "I have a tortoise called Relógio."
NEEDS = {"Do you have a pet?": PET}
NAMES = {
    "consistency", "consistency.entailed_share", "consistency.coh_con", "consistency.apc", "consistency.apc_share",
    "consistency.apc_of_asked", "consistency.delta_apc", "consistency.delta_apc_per_asked", "consistency.c_score",
    "consistency.p_score", "consistency.self_contradiction", "consistency.recoverability",
    "consistency.recoverability_auc", "consistency.uncontradicted.recited", "consistency.uncontradicted",
    "consistency.contradicted",
}  # fmt: skip


class Echo(ScriptedPairs):
    """Entails what is said word for word, contradicts what is said with "never" before it; NEEDS is what is asked."""

    async def score(self, premises, hypotheses):
        rows = await super().score(premises, hypotheses)
        for row, (premise, hypothesis) in enumerate(zip(premises, hypotheses, strict=True)):
            if premise == hypothesis:
                rows[row] = (0.0, 0.0, 1.0)
            elif premise == f"Never: {hypothesis}" or hypothesis == f"Never: {premise}":
                rows[row] = (1.0, 0.0, 0.0)
        return rows

    async def relevance(self, statements, texts, *, to="reply"):
        values = await super().relevance(statements, texts, to=to)
        for row, (statement, text) in enumerate(zip(statements, texts, strict=True)):
            values[row] = float(NEEDS.get(text) == statement or statement == text)
        return values


def says(reply):
    """A persona that answers the question about its pet with `reply`, and everything else with small talk."""
    return Reader(lambda messages: reply if "a pet" in messages[-1].content else "Let us look at the shelves.")


async def measured(persona, model, scorer=None, **options):
    measure = Consistency(scorer=scorer or Echo(), **options)
    plan = measure.plan(persona)
    observations = [await measure.observe(Agent(persona, model), case) for case in plan.cases]
    return plan, {m.name: m for m in measure.summarise(plan, observations)}


def test_talks_ask_everything_once_and_the_first_question_again(ana):
    plan = Consistency(scorer=Echo(), questions=3).plan(ana)
    lines = [case.data["lines"] for case in plan.cases]
    assert [len(each) for each in lines] == [5, 3]
    assert all(each[0] == each[-1] for each in lines)
    asked = {line for each in lines for line in each}
    assert {statement.probe.question for statement in ana.statements} <= asked
    assert plan == Consistency(scorer=Echo(), questions=3).plan(ana)
    assert len(Consistency(scorer=Echo(), n=1).plan(ana).cases) == 1


async def test_a_persona_that_says_what_it_is_satisfies_all_that_is_asked(ana):
    plan, numbers = await measured(ana, says(PET))
    assert set(numbers) == NAMES
    asked = [target for case in plan.cases for target in case.data["targets"] if target]
    assert numbers["consistency"].value == pytest.approx(asked.count("pet") / len(asked))
    assert numbers["consistency"].n == len(asked)
    assert numbers["consistency.contradicted"].value == 0.0
    assert numbers["consistency.uncontradicted"].value == 1.0
    assert numbers["consistency.apc"].value == pytest.approx(4.0)
    assert numbers["consistency.apc_share"].value == pytest.approx(1.0)
    assert numbers["consistency.delta_apc_per_asked"].value == pytest.approx(1.0)
    assert numbers["consistency.apc_of_asked"].value == pytest.approx(1.0)
    assert numbers["consistency.self_contradiction"].value == 0.0
    assert numbers["consistency.recoverability"].value == 1.0
    assert numbers["consistency.recoverability"].details["chance"] == pytest.approx(0.2)
    first = numbers["consistency"].details
    replies = first["matrix"]["replies"]
    assert len(replies) == len(first["matrix"]["contradiction"]) == sum(len(case.data["lines"]) for case in plan.cases)
    shown = [reply["text"] == PET for reply in replies]
    assert numbers["consistency.entailed_share"].value == pytest.approx(sum(shown) / len(shown))
    assert numbers["consistency.c_score"].value == pytest.approx(sum(shown) / len(shown))
    assert {cell["statement"] for cell in first["shown"]} == {"pet"}
    assert json.loads(json.dumps(first, allow_nan=False)) == first


async def test_the_violated_statement_is_named_with_the_reply_that_did_it(ana):
    _, numbers = await measured(ana, says(f"Never: {PET}"))
    first = numbers["consistency"]
    broken = [kinds for kinds in first.details["matrix"]["contradiction"] if 1.0 in kinds]
    assert first.value == 0.0
    assert numbers["consistency.contradicted"].value == pytest.approx(len(broken) / first.n)
    uncontradicted = 1 - len(broken) / len(first.details["matrix"]["replies"])
    assert numbers["consistency.uncontradicted"].value == pytest.approx(uncontradicted)
    assert first.details["worst"]["statement"] == PET
    assert first.details["worst"]["reply"] == f"Never: {PET}"
    assert numbers["consistency.delta_apc_per_asked"].value == pytest.approx(
        0.0
    )  # asked, not shown, nothing else broken
    assert numbers["consistency.apc_of_asked"].value == pytest.approx(0.0)
    assert numbers["consistency.c_score"].value < 0
    assert numbers["consistency.recoverability"].value < 1.0


async def test_a_persona_that_turns_around_contradicts_itself(ana):
    answers = iter([PET, f"Never: {PET}"] * 20)
    model = Reader(lambda messages: next(answers) if "a pet" in messages[-1].content else "Hm.")
    _, numbers = await measured(ana, model, questions=1)
    flagged = numbers["consistency.self_contradiction"]
    assert flagged.details["flagged"][0]["earlier"] == PET
    assert flagged.details["flagged"][0]["claim"] == f"Never: {PET}"
    assert flagged.value > 0


async def test_where_nothing_was_asked_for_there_is_a_reason_and_no_number(ana):
    _, numbers = await measured(ana, says(PET), ScriptedPairs())
    for form in ("apc_of_asked", "delta_apc_per_asked"):
        assert numbers[f"consistency.{form}"].value is None
        assert "no question asked for a statement" in numbers[f"consistency.{form}"].reason


async def test_the_recited_statements_are_the_control_whatever_the_persona_says(ana):
    class Alarmist(Echo):
        """Takes every two statements of the persona for a contradiction."""

        async def score(self, premises, hypotheses):
            rows = await super().score(premises, hypotheses)
            own = {statement.text for statement in ana.statements}
            for row, (premise, hypothesis) in enumerate(zip(premises, hypotheses, strict=True)):
                if {premise, hypothesis} <= own and premise != hypothesis:
                    rows[row] = (1.0, 0.0, 0.0)
            return rows

    _, calm = await measured(ana, says(f"Never: {PET}"))
    assert calm["consistency.uncontradicted.recited"].value == 1.0
    assert calm["consistency.uncontradicted.recited"].details["numbers"]["entailed_share"] == 1.0
    assert calm["consistency.uncontradicted.recited"].details["numbers"]["c_score"] == 1.0
    _, alarmed = await measured(ana, says("Let us look at the shelves."), Alarmist())
    assert alarmed["consistency.uncontradicted"].value == 1.0
    assert alarmed["consistency.uncontradicted.recited"].value == 0.0


async def test_silence_is_counted_and_never_a_zero(ana):
    _, numbers = await measured(ana, Reader(lambda messages: ""))
    assert all(measurement.value is None for measurement in numbers.values())
    assert numbers["consistency"].missing == {"empty": 1}
    said = iter(["", *[PET] * 40])
    plan, partly = await measured(ana, Reader(lambda messages: next(said)))
    assert partly["consistency"].missing == {"empty": 1}
    assert (
        partly["consistency"].n == sum(target is not None for case in plan.cases for target in case.data["targets"]) - 1
    )
    assert partly["consistency.uncontradicted"].value == 1.0


async def test_another_language_is_missing_as_a_whole_unless_the_scorer_reads_it(ana):
    from personae.measure.consistency.matrix import any_language

    portuguese = ana.edited(language="pt")
    plan, numbers = await measured(portuguese, says(PET))
    assert plan.cases == ()
    assert numbers["consistency"].missing == {"language_pt": 4}
    assert Consistency(scorer=Echo(), readable=any_language).plan(portuguese).cases


async def test_a_scorer_below_its_gate_says_so_in_every_number(ana):
    class Weak(Echo):
        @property
        def provenance(self):
            return {"checkpoint": "abc", "data": "open-1", "validity": "below_gate"}

    _, numbers = await measured(ana, says(PET), Weak())
    assert {measurement.details["validity"] for measurement in numbers.values()} == {"below_gate"}
    assert numbers["consistency.apc"].details["scorer"]["checkpoint"] == "abc"


async def test_apc_is_followed_over_the_turns_of_each_talk(ana):
    plan, numbers = await measured(ana, says(PET))
    followed = numbers["consistency.apc"].details["over_turns"]
    assert followed.keys() == {case.id for case in plan.cases}
    assert followed["talk-01"]["apc"]["slope"] == pytest.approx(0.0)
    assert followed["talk-01"]["apc"]["minimum"] == pytest.approx(4.0)
