"""What stands on the page, before it is laid out."""

from __future__ import annotations

import dataclasses

import pytest
from stubs.runs import drift, grounding, persona, self_knowledge, write_ledger

from personae.measure.run_folder import RunFolder
from personae.report.page import _read
from personae.report.rows import statement_rows
from personae.report.view import OPEN_ROWS, change, page_data
from personae.types import Measurement


def data(*folders):
    return page_data([_read(RunFolder(folder)) for folder in folders])


def rows(who, *measurements):
    return statement_rows(who, {m.name: m for m in measurements})


def test_the_worst_statement_stands_first_and_wrong_in_both_ways_is_worse_than_in_one(ana):
    found = rows(ana, self_knowledge(ana, [1.0, 0.0, 0.0]), grounding({"s2": "mould? no"}, rank=2))
    assert [row["text"] for row in found] == ["I fear mould.", "I have a tortoise.", "I catalogue atlases."]
    assert found[0]["instead"] == "other"
    assert found[1]["picked"] == "false s1"
    assert found[0]["picked"] == "false s2"
    assert found[2]["picked"] == ""


def test_statements_nobody_asked_about_are_counted_not_listed(ana, make_run):
    page = data(make_run(ana, [grounding({"s0": "Atlases."})]))
    assert [row["answer"] for row in page["statements"]["open"]] == ["Atlases."]
    assert page["statements"]["open"][0]["question"] == "And then?"
    assert page["unasked"] == 2


def test_an_answer_that_was_refused_shows_its_outcome_instead_of_a_rank(ana):
    refused = {"id": "s0", "choice": {"question": "?", "options": ["a"], "answer": 0}, "answer_text": ""}
    numbers = Measurement("grounding", reason="none", details={"items": [refused | {"outcome": "refused"}]})
    (row,) = rows(ana, numbers)
    assert (row["rank"], row["open_outcome"]) == (None, "refused")


def test_long_personas_show_the_worst_rows_and_fold_the_rest(make_run):
    many = persona("Ana", [f"I know fact {number}." for number in range(2000)])
    page = data(make_run(many, [self_knowledge(many, [number / 2000 for number in range(2000)])]))
    assert len(page["statements"]["open"]) == OPEN_ROWS
    assert len(page["statements"]["folded"]) == 2000 - OPEN_ROWS
    assert page["statements"]["open"][0]["text"] == "I know fact 0."


def test_the_turn_that_broke_the_role_and_the_lore_that_fired_are_named(ana, make_run):
    page = data(make_run(ana, [drift(broke_at=3)]))
    (talk,) = page["talks"]
    assert (talk["talk"], talk["flagged"], talk["first"]["turn"]) == ("drop role", 1, 3)
    (entry,) = page["lore"]
    assert (entry["entry"], entry["times"], entry["first"]["why"]) == ("The storm", 1, "thunder")


def test_the_ledger_is_summed_and_answers_from_the_cache_cost_nothing(ana, make_run):
    run = make_run(ana, [drift()])
    write_ledger(run, [{}, {"hit": True}, {"kind": "logprobs", "failure": "RateLimited"}])
    ledger = data(run)["ledger"]
    assert (ledger["calls"], ledger["hits"], ledger["read"], ledger["written"]) == ("2", "1", "200", "20")
    assert (ledger["prefix"], ledger["failures"]) == ("80 %", "1 RateLimited")
    assert ledger["kinds"] == "1 generate, 1 logprobs"


def test_money_is_shown_where_prices_were_given(ana, make_run):
    priced, free = make_run(ana, [drift()], "priced", prices=(1.0, 2.0)), make_run(ana, [drift()], "free")
    for run in (priced, free):
        write_ledger(run, [{}] * 1000)
    assert data(priced)["ledger"]["money"] == "0.120000"
    assert data(free)["ledger"]["money"] == ""


@pytest.mark.parametrize("text", [None, "not a ledger\n", "{}\n"])
def test_a_run_without_a_readable_ledger_still_has_a_page(ana, make_run, text):
    run = make_run(ana, [drift()])
    if text is not None:
        (run / "ledger.jsonl").write_text(text, "utf-8")
    assert data(run)["ledger"] is None


def test_what_is_missing_is_said_in_words(ana, make_run):
    gaps = Measurement("grounding", reason="nothing to read", missing={"language_de": 3, "odd_thing": 1})
    page = data(make_run(ana, [self_knowledge(ana, [1, 1, 1]), gaps]))
    first, second = page["missing"]
    assert first["counts"] == [(2, "refused")]
    assert second["reason"] == "nothing to read"
    assert second["counts"] == [(3, "are in a language this measure does not read (de)"), (1, "odd thing")]


def test_the_same_persona_is_compared_pair_by_pair_with_the_first_run(ana, make_run):
    one = make_run(ana, [self_knowledge(ana, [0.0, 0.25, 0.5])], "one")
    two = make_run(ana, [self_knowledge(ana, [0.5, 0.75, 1.0])], "two", model="openai/other")
    page = data(one, two)
    (row,) = page["comparison"]
    (_, none), (_, difference) = row["cells"]
    assert none is None
    assert difference["value"] == "+50 points"
    assert "3 pairs" in difference["facts"]
    assert [run["folder"] for run in page["runs"]] == ["one", "two"]


def test_different_personas_stand_side_by_side_without_a_difference(ana, make_run):
    rui = persona("Rui", ["I sail."])
    one = make_run(ana, [self_knowledge(ana, [1, 1, 1]), drift()], "one")
    two = make_run(rui, [self_knowledge(rui, [0])], "two")
    page = data(one, two)
    assert [change for row in page["comparison"] for _, change in row["cells"]] == [None] * 4
    assert page["comparison"][1]["cells"][1][0] is None
    assert [line["label"] for line in page["drift"]["legend"]] == ["Ana Quixabeira, personae/reader: under pressure"]


def test_differences_keep_their_sign_and_their_unit():
    assert change(Measurement("grounding", -0.25, unit="share")) == "−25 points"
    assert change(Measurement("cost.seconds", 1.5, unit="s")) == "+1.5 s"
    assert change(Measurement("style", 0.0)) == "±0.00"


def test_no_folder_of_this_machine_and_no_key_is_shown(ana, make_run, tmp_path):
    run = make_run(ana, [drift()], command=f"personae measure {tmp_path}/me.yaml --out {tmp_path}/x -M api_key=abc")
    (header,) = data(run)["runs"]
    assert header["command"] == "personae measure me.yaml --out x -M api_key=…"
    assert header["folder"] == "run"


def test_every_scoring_way_is_explained(ana, make_run):
    for way in ("exact", "letters", "parsed"):
        page = data(make_run(ana, [self_knowledge(ana, [1, 1, 1], methods=(way,))], way))
        assert page["methods"][0]["name"] == way
        assert len(page["methods"][0]["means"]) > 40


def test_an_unfinished_run_says_so(ana, make_run):
    run = make_run(ana, [drift()])
    folder = RunFolder(run)
    folder.write_manifest(dataclasses.replace(folder.read_manifest(), status="running"))
    assert data(run)["runs"][0]["finished"] is False
