"""Scripted believers: fair, prejudiced, positional, silent ones, each told apart."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from personae import run
from personae.agent import Agent
from personae.errors import BadResponse, FormatError, UsageError
from personae.measure.group_beliefs import GroupBeliefs, own_beliefs, read_beliefs
from personae.models import Scripted
from personae.persona.persona import Persona

WHO = Persona(name="the model itself", statements=[{"id": "s", "text": "I mend nets."}])
TWO = own_beliefs().comparing(("women", "men"))


def believer(choose):
    """A model that picks a label by `choose(statement, labels)`, whatever letter it stands under."""

    def scores(messages, letters):
        body = messages[-1].content
        if "snow" in body:  # asked once, to learn how the model scores
            return [0.0, -math.inf]
        shown = [line.split(". ", 1)[1] for line in body.splitlines() if line[1:3] == ". "]
        label = choose(body.split("\n\n")[1], shown)
        return [0.0 if each == label else -math.inf for each in shown]

    return Scripted(option_scores=scores)


def audited(model, beliefs=TWO, **options):
    measure = GroupBeliefs(beliefs, **options)
    agent = Agent(WHO, model)

    async def all_cases():
        return [await measure.observe(agent, case) for case in measure.plan(WHO).cases]

    seen = run(all_cases())
    return {one.name: one for one in measure.summarise(measure.plan(WHO), seen)}, seen


def test_a_believer_who_judges_all_alike_is_fair_consistent_and_robust():
    found, _ = audited(believer(lambda statement, shown: "mostly correct"))
    for name in ("group_beliefs", "group_beliefs.consistency", "group_beliefs.robustness"):
        assert found[name].value == pytest.approx(1.0)
    assert found["group_beliefs.neither"].value == 0
    assert found["group_beliefs.lost"].value == 0
    assert found["group_beliefs"].details["profiles"]["given/women"]["openness"] == 50, "keys are balanced"


def test_a_prejudiced_believer_is_unfair_by_the_distance_between_profiles():
    def choose(statement, shown):
        return "entirely correct" if statement.startswith("Men lose their temper") else "neither correct nor incorrect"

    found, _ = audited(believer(choose))
    # of six statements on one domain one stands at 100 instead of 50
    assert found["group_beliefs"].value == pytest.approx(100 / (100 + 50 / 6))
    assert found["group_beliefs.neither"].value == pytest.approx(59 / 60)
    assert found["group_beliefs"].details["least"] == found["group_beliefs"].value


def test_one_who_always_takes_the_first_place_is_fair_by_accident_and_caught_by_its_places():
    found, _ = audited(believer(lambda statement, shown: shown[0]))
    assert found["group_beliefs"].value == pytest.approx(1.0), "the orders are the same for all groups"
    assert found["group_beliefs.robustness"].value < 1
    assert found["group_beliefs.consistency"].value < 1
    position = found["group_beliefs.position"]
    assert position.details["counts"] == [2 * 30 * 3, 0, 0, 0, 0, 0, 0]
    assert position.details["p"] < 1e-100


def test_an_honest_believers_places_are_even():
    found, _ = audited(believer(lambda statement, shown: "rather correct"), repeats=6)
    assert found["group_beliefs.position"].details["p"] > 0.01


def test_answers_that_cannot_be_read_are_counted_and_no_number():
    found, seen = audited(Scripted(lambda messages: "I'm sorry, I can't judge people."), way="spoken")
    assert Counter(one.outcome for one in seen) == {"refused": 60}
    assert found["group_beliefs"].value is None
    assert found["group_beliefs"].missing == {"refused": 60}
    assert (found["group_beliefs.lost"].value, found["group_beliefs.lost"].missing) == (1.0, {"refused": 240})
    assert found["group_beliefs.position"].reason == "no answer could be read"


def test_a_domain_with_too_few_answers_gives_no_profile():
    def answer(messages):
        return "" if "theories" in messages[-1].content or "holiday" in messages[-1].content else "A"

    found, _ = audited(Scripted(answer), way="spoken")
    assert found["group_beliefs"].value is None
    assert "profile" in found["group_beliefs"].reason


def test_one_lost_statement_of_six_leaves_the_number():
    found, _ = audited(Scripted(lambda messages: "" if "theories" in messages[-1].content else "A"), way="spoken")
    assert found["group_beliefs"].value == pytest.approx(1.0)
    assert found["group_beliefs"].missing == {"empty": 2}


def test_a_broken_call_is_a_failed_answer():
    class Breaks(Scripted):
        async def generate(self, messages, settings):
            raise BadResponse("no JSON")

    _, seen = audited(Breaks(), way="spoken")
    assert {one.outcome for one in seen} == {"failed"}


def test_the_persona_is_asked_only_where_it_is_wanted():
    for as_persona in (False, True):
        model = believer(lambda statement, shown: shown[0])
        audited(model, as_persona=as_persona, beliefs=TWO.first(1))
        assert ("mend nets" in model.history[1].messages[0].content) == as_persona


def test_orders_do_not_depend_on_the_group_and_differ_between_repeats():
    measure = GroupBeliefs(TWO)
    assert measure.order("e1", 0) != measure.order("e1", 1)
    assert measure.order("e1", -1) == tuple(range(7))
    assert measure.order("e1", 0) == GroupBeliefs(own_beliefs()).order("e1", 0)


def test_our_statements_are_balanced():
    ours = own_beliefs()
    keys = Counter((one.domain, one.key) for one in ours.statements)
    assert keys == {(domain, key): 3 for domain in "EACNO" for key in (1, -1)}
    assert len(ours.scale) == 7
    assert Counter(one.domain for one in ours.first(10).statements) == dict.fromkeys("EACNO", 2)


def test_a_file_of_statements_is_read_and_any_other_refused(tmp_path):
    path = tmp_path / "beliefs.yaml"
    good = "question: 'How correct? {statement}'\nscale: [yes, neither, no]\nsets: {a: [x, y]}\nstatements:\n"
    good = good.replace("[yes, neither, no]", "['yes', neither, 'no']")
    path.write_text(
        good + "- {id: 1, domain: E, text: '{subject} run.'}\n- {id: 2, domain: E, text: '{subject} sit.'}\n"
    )
    assert read_beliefs(path).statements[1].about("cats") == "Cats sit."
    for text, why in (
        ("[", "cannot be read as YAML"),
        ("x: 1", "no statements about groups"),
        (path.read_text().replace("neither, ", "maybe, neither, "), "odd number"),
        (path.read_text().replace("neither, ", ""), "at least 3 items"),
        (path.read_text().replace("{subject} run", "They run"), "has no {subject}"),
        (path.read_text().replace("id: 2", "id: 1"), "used twice"),
        (path.read_text().replace("[x, y]", "[x, x]"), "two or more different groups"),
    ):
        path.with_name("odd.yaml").write_text(text)
        with pytest.raises(FormatError, match=why):
            read_beliefs(path.with_name("odd.yaml"))


def test_wrong_calls_are_named():
    with pytest.raises(UsageError, match="two or more"):
        GroupBeliefs(repeats=1)
    with pytest.raises(UsageError, match="unknown way 'whole'"):
        GroupBeliefs(way="whole")
    with pytest.raises(FormatError, match="two or more different groups"):
        own_beliefs().comparing(("women",))
