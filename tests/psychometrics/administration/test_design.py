"""The crossed design and what a respondent reads."""

from __future__ import annotations

import json

import pytest

from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.psychometrics.administration.design import Cell, Design, Respondent, respondent_of, simulated
from personae.psychometrics.administration.loop import calls
from personae.psychometrics.administration.prompt import prompt, tags
from personae.psychometrics.administration.wording import LABEL_SETS, pair_names, template, template_names
from personae.psychometrics.instrument import Instrument, Item, Licence, Response


def test_every_respondent_meets_every_item_under_every_condition(four, ana):
    design = Design(("consider", "form", "aloud"), ("words", "numbers"), ("forward", "reverse"), (0, 1), 2)
    jobs = list(design.jobs([ana, Respondent("Rui")], four))
    assert (
        len(jobs)
        == 2 * 4 * design.conditions
        == 2 * 4 * 3 * 2 * 2 * 2 * 2
        == calls([ana, Respondent("Rui")], four, design)
    )
    assert len({(job.respondent.name, job.cell, job.items[0].id) for job in jobs}) == len(jobs)
    assert [job.respondent.name for job in jobs[: len(jobs) // 2]] == ["Ana"] * (len(jobs) // 2)


def test_fifty_biographies_make_the_published_design_of_1250_respondents(data_dir):
    parts = json.loads((data_dir / "google-personality" / "admin_parts.json").read_text("utf-8"))
    people = simulated(parts["biographies"])
    assert len(people) == 50 * 5 * 5 == 1_250
    assert len({one.name for one in people}) == len({(one.before, one.template) for one in people}) == 1_250
    assert parts["biographies"][0].split()[0] in people[0].before[0].content


def test_a_simulated_respondent_keeps_to_a_template_of_its_own(four):
    people = simulated(["I keep bees."])
    design = Design(templates=("consider", "form"))
    assert {job.cell.template for job in design.jobs(people[:1], four)} == {"consider+closest"}
    assert calls(people, four, design) == 25 * 4 * 2


def test_there_are_three_templates_or_more_two_label_sets_or_more_and_25_pairs():
    assert len(template_names()) >= 3
    assert len(LABEL_SETS) >= 2
    assert len(set(pair_names())) == 25
    assert len({(template(name).instruction, template(name).request) for name in pair_names()}) == 25


@pytest.mark.parametrize("label_set", LABEL_SETS)
@pytest.mark.parametrize("order", ["forward", "reverse", "square-3"])
def test_the_prompt_lists_every_label_once_in_the_order_and_quotes_the_item(four, ana, label_set, order):
    cell = Cell("form", label_set, order)
    text = prompt(ana, four.items[:1], four.response, cell)[-1].content
    listed = [line for line in text.splitlines() if line.endswith(four.response.labels)]
    from personae.psychometrics.administration.orders import order_named

    assert [line.split(" ", 2 if label_set == "numbers" else 1)[-1] for line in listed] == [
        four.response.labels[index] for index in order_named(order, 5)
    ]
    assert '"I like parties."' in text


def test_the_respondent_stands_first_and_is_the_same_for_every_item(four):
    who = respondent_of(Persona(name="Ana", statements=[{"id": "s", "text": "I mend nets."}]))
    first, second = (prompt(who, [item], four.response, Cell()) for item in four.items[:2])
    assert first[0] == second[0]
    assert "mend nets" in first[0].content
    assert first[0].role == "system"


def test_letters_go_with_the_place_and_numbers_with_the_point(four, ana):
    letters = prompt(ana, four.items[:1], four.response, Cell(label_set="letters", order="reverse"))[-1].content
    numbers = prompt(ana, four.items[:1], four.response, Cell(label_set="numbers", order="reverse"))[-1].content
    assert "A) fully" in letters
    assert "5 = fully" in numbers


def test_a_scale_below_zero_is_numbered_from_one(four, ana):
    around_zero = Response(("strongly against", "against", "neither", "for", "strongly for"), low=-2)
    text = prompt(ana, four.items[:1], around_zero, Cell(label_set="numbers"))[-1].content
    assert "1 = strongly against" in text
    assert "-" not in text


def test_quotes_and_line_ends_inside_an_item_stay_inside_its_quotes(four, ana):
    item = Item("x", 'They call me "odd"\nand\tmore.')
    assert "\"They call me 'odd' and more.\"" in prompt(ana, [item], four.response, Cell())[-1].content


def test_a_batch_names_its_items_by_letters(four, ana):
    text = prompt(ana, four.items, four.response, Cell(mode="batch", label_set="numbers"))[-1].content
    assert '(a) "I like parties."' in text
    assert '(d) "I hold a grudge."' in text
    assert tags(703)[-1] == "aaa"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"templates": ("consier",)}, "did you mean 'consider'"),
        ({"templates": ()}, "templates"),
        ({"orders": ("forward", "forward")}, "orders"),
        ({"label_sets": ("emoji",)}, "'emoji'"),
        ({"repeats": 0}, "repeats"),
        ({"route": "logprobs", "seeds": (0, 1)}, "the same for every seed"),
        ({"route": "logprobs", "mode": "batch"}, "one item at a time"),
        ({"mode": "batch", "label_sets": ("letters",)}, "letters name the items"),
    ],
)
def test_a_design_that_cannot_be_put_says_why(changes, named):
    with pytest.raises(UsageError, match=named):
        Design(**changes)


def test_what_cannot_be_asked_is_said_before_the_first_call(four, ana):
    design = Design()
    with pytest.raises(UsageError, match="two respondents are called 'Ana'"):
        design.check([ana, ana], four)
    with pytest.raises(UsageError, match="nobody"):
        design.check([], four)
    with pytest.raises(UsageError, match="no order 'square-9'"):
        Design(orders=("square-9",)).check([ana], four)
    mute = Instrument("mute", (Item("a", ""),), Response(("no", "yes")), Licence("?"))
    with pytest.raises(UsageError, match="has no text"):
        design.check([ana], mute)
    alike = Instrument("alike", (Item("a", "I am."),), Response(("yes!", "yes?")), Licence("?"))
    with pytest.raises(UsageError, match="are the same once case"):
        design.check([ana], alike)
