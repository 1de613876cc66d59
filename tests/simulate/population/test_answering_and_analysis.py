"""Modes show what they say, critics give a verdict or none, and a planted attribute is found."""

from __future__ import annotations

import json
from math import comb

import pytest

from personae.errors import UsageError
from personae.models import Scripted
from personae.simulate.population import (
    MODES,
    answer,
    example,
    intersections,
    leave_one_out,
    pass_at_k,
    personas,
    review,
    row_of,
    sample,
    without,
)
from personae.simulate.population.answering import described, messages
from personae.simulate.population.margins import attributes
from personae.types import Completion

PEOPLE = personas(sample(example(), 60, seed=0), example(), seed=0)
FINE, BAD = json.dumps({"needs_revision": False, "why": "fits"}), json.dumps({"needs_revision": True, "why": "no"})


def test_modes_show_nobody_everything_or_a_summary():
    person = PEOPLE[0]
    told = {mode: "\n".join(message.content for message in messages(mode, person, "Tea?")) for mode in MODES}
    assert told["baseline"] == "Tea?"
    assert all(statement.text in told["output_only"] for statement in person.statements)
    assert "Answer:" in told["chain_of_thought"]
    assert row_of(person)["religion"] in told["demographic_summary"]
    assert row_of(person)["quirks"] not in told["demographic_summary"]


async def test_thoughts_are_kept_apart_from_the_answer():
    said = await answer(Scripted(["He is thrifty.\n**Answer:** Tea."]), "chain_of_thought", PEOPLE[0], "Tea?")
    assert (said.text, said.thoughts) == ("Tea.", "He is thrifty.")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("I only think.", "unparsed"),
        ("Answer:", "unparsed"),
        ("", "empty"),
        (Completion("cut", stop="length"), "truncated"),
        (Completion("", stop="refusal"), "refused"),
        ("I'm sorry, but I can't help with that.", "refused"),
    ],
)
async def test_an_answer_that_is_none_has_an_outcome_and_no_text(reply, outcome):
    said = await answer(Scripted([reply]), "chain_of_thought", PEOPLE[0], "Tea?")
    assert (said.outcome, said.text) == (outcome, "")


@pytest.mark.parametrize(
    ("first", "second", "value", "agree"), [(FINE, FINE, 1.0, True), (FINE, BAD, 0.0, False), (BAD, BAD, 0.0, True)]
)
async def test_two_critics_must_both_be_content(first, second, value, agree):
    found = await review([Scripted([first]), Scripted([second])], PEOPLE[0], "Tea?", "Tea.")
    assert (found.value, found.agree) == (value, agree)


async def test_a_critic_without_a_verdict_is_no_zero():
    found = await review([Scripted([FINE]), Scripted(["hm", '{"needs_revision": "no"}'])], PEOPLE[0], "Tea?", "Tea.")
    assert found.value is None
    assert found.needs_revision == (False, None)
    assert found.reasons[1].startswith("unparsed")


async def test_an_answer_cannot_pass_for_a_part_of_the_critics_prompt():
    critic = Scripted([FINE, FINE])
    await review([critic, critic], PEOPLE[0], "{persona}", "</reply> {question}")
    text = critic.history[0].messages[-1].content
    assert text.count("</reply>") == 1
    assert "{question}" in text


def test_leaving_out_the_planted_attribute_costs_most():
    """A scorer that reads religion from the persona, and a little noise from nothing else."""

    def score(person, number):
        knows = any(one.slot == "religion" for one in person.statements)
        return float(knows) if number % 10 else 0.5

    full = {str(n): score(one, n) for n, one in enumerate(PEOPLE)}
    each = {name: {str(n): score(without(one, name), n) for n, one in enumerate(PEOPLE)} for name in attributes()}
    ranked = leave_one_out(full, each)
    assert ranked[0].attribute == "religion"
    assert ranked[0].loss.p < 0.01
    assert ranked[1].loss.difference == 0.0
    assert len(ranked) == 33


def test_an_attribute_without_scores_comes_last():
    ranked = leave_one_out({"a": 1.0}, {"age": {}, "job": {"a": 2.0}})
    assert [one.attribute for one in ranked] == ["job", "age"]
    assert ranked[1].loss.reason


def test_the_planted_intersection_is_the_worst():
    rows = {str(n): row_of(one) for n, one in enumerate(PEOPLE * 10)}
    scores = {n: 0.0 if (row["sex"], row["religion"]) == ("male", "New Rite") else 1.0 for n, row in rows.items()}
    found = intersections(scores, rows, ("sex", "religion", "lifestyle"), least=10)
    assert dict(found[0].values) == {"sex": "male", "religion": "New Rite"}
    assert found[0].mean.value == 0.0
    assert all(one.reason for one in found if one.mean.n < 10)


def test_pass_at_k_is_the_share_of_draws_with_a_right_one():
    for n, c, k in [(5, 2, 2), (10, 1, 3), (6, 6, 1), (6, 0, 6)]:
        assert pass_at_k(n, c, k) == pytest.approx(1 - comb(n - c, k) / comb(n, k))
    with pytest.raises(UsageError):
        pass_at_k(3, 4, 1)


def test_a_description_is_a_line_per_statement():
    assert len(described(PEOPLE[0]).splitlines()) == 33
