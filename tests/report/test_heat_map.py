"""Statements × replies on the page: the marks, the worst pair, the curve, and what is cut or kept apart."""

from __future__ import annotations

import json
import re

import pytest
from stubs.consistency import consistency
from stubs.runs import drift

from personae.agent import Agent
from personae.measure.consistency.matrix import Matrix
from personae.measure.consistency.measure import Consistency
from personae.models import Scripted, ScriptedPairs
from personae.report import write_report
from personae.report.about import LABELS
from personae.report.heat_map import MOST_REPLIES, MOST_STATEMENTS, apc_by_turn, consistency_view, heat_map
from personae.types import Measurement

STATEMENTS = ["I catalogue atlases.", "I have a tortoise.", "I fear mould."]
TALKS = [["I keep maps.", "I love mould."], ["A tortoise, yes.", "Who knows?"]]


def numbers(**more):
    cells = {
        "against": {(1, 2): 0.93, (0, 2): 0.2},
        "shown": {(0, 0): 0.88, (2, 1): 0.97},
        "asked": {(0, 0): 0.9, (3, 1): 0.7},
    }
    return consistency(STATEMENTS, TALKS, **(cells | more))


def view(told):
    return consistency_view({m.name: m for m in told})


def page(run) -> str:
    return write_report([run]).read_text("utf-8")


def matrix(told) -> Matrix:
    return Matrix.from_data(told[0].details["matrix"])


def test_each_cell_says_what_its_reply_does_to_its_statement():
    rows = heat_map(matrix(numbers()))["rows"]
    marks = [[cell["mark"] for cell in row["cells"]] for row in rows]
    assert marks == [["✓", "", "", ""], ["", "", "✓", ""], ["", "✕", "", ""]]
    mould = rows[2]["cells"][1]
    assert (mould["kind"], mould["word"], mould["strength"]) == ("no", "contradicts", 0.93)
    assert mould["title"] == "reply 2: contradicts 0.93, shows 0.00, asked for 0.00"
    assert [cell["asked"] for cell in rows[1]["cells"]] == [False, False, False, True]


def test_pairs_are_counted_over_the_whole_matrix(ana, make_run):
    assert heat_map(matrix(numbers()))["counts"] == {"broken": 1, "shown": 2, "missed": 1, "pairs": 12}
    text = " ".join(page(make_run(ana, numbers())).split())
    assert "Of 12 pairs 1 contradict, 2 show their statement, and 1 were asked for and missed." in text


def test_the_worst_pair_stands_there_with_its_texts():
    worst = view(numbers())["worst"]
    assert worst == {
        "statement": "I fear mould.",
        "query": "Question 2?",
        "reply": "I love mould.",
        "probability": "0.93",
        "contradicts": True,
    }
    assert view(numbers(against={(0, 2): 0.2}))["worst"]["contradicts"] is False


def test_the_curve_is_the_mean_over_talks_at_each_turn():
    first, second = apc_by_turn(matrix(numbers()))
    # turn 1: (.9·.88 + .1 + 1 + .8)/3 and (1 + 1 + 1)/3; turn 2: (1 + 1 + .07)/3 and (1 + .3 + 1)/3
    assert first["low"] == pytest.approx((0.892 + 1 + 0.8) / 3)
    assert first["value"] == pytest.approx((0.892 + 1 + 0.8) / 6 + 0.5)
    assert (second["turn"], second["n"]) == (2, 2)
    assert second["low"] == pytest.approx(2.07 / 3)


def test_replies_without_a_query_have_no_place_on_the_curve():
    told = numbers()
    data = json.loads(json.dumps(told[0].details["matrix"]))
    data["asked"] = [[None] * 3, *data["asked"][1:]]
    assert [point["n"] for point in apc_by_turn(Matrix.from_data(data))] == [1, 2]
    assert "asked for" not in heat_map(Matrix.from_data(data))["rows"][0]["cells"][0]["title"]


def test_the_page_shows_the_map_the_pair_and_the_curve(ana, make_run):
    text = page(make_run(ana, [*numbers(), drift()]))
    assert "Does it say what it is?" in text
    assert "The worst pair" in text
    assert text.count('<td class="no') == 1
    assert text.count('<td class="yes') == 2
    assert 'title="reply 2: contradicts 0.93' in text
    assert '<span class="unseen">contradicts 0.93</span>' in text
    assert "I sail daily." in text
    assert "statements satisfied" in text
    assert "pairs-l6" in text
    assert "Answers in line with its statements" in text


def test_a_hostile_reply_stays_text_in_every_cell_title_and_list(ana, make_run):
    bad = '"><script>alert(1)</script>'
    text = page(make_run(ana, consistency([bad], [[bad, bad]], against={(0, 0): 0.9})))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_large_matrix_shows_where_most_happens_and_says_what_is_left_out(ana, make_run):
    many = [f"I know fact {i}." for i in range(200)]
    told = consistency(many, [[f"Reply {i}." for i in range(100)]], against={(97, 150): 0.9}, shown={(3, 199): 0.8})
    drawn = heat_map(matrix(told))
    assert (len(drawn["rows"]), len(drawn["replies"])) == (MOST_STATEMENTS, MOST_REPLIES)
    assert {"s150", "s199"} <= {row["id"] for row in drawn["rows"]}
    assert {98, 4} <= {reply["number"] for reply in drawn["replies"]}
    numbers_in_order = [reply["number"] for reply in drawn["replies"]]
    assert numbers_in_order == sorted(numbers_in_order)
    text = page(make_run(ana, told))
    assert "40 of 200 statements and 32 of 100 replies are drawn" in " ".join(text.split())
    assert len(text) < 600_000


def test_numbers_of_a_scorer_below_its_gate_stand_apart(ana, make_run):
    text = page(make_run(ana, [*numbers(validity="below_gate"), drift()]))
    assert "misses a quality gate" in text
    tiles = text[text.index('class="tiles"') : text.index("</section>", text.index('class="tiles"'))]
    assert "Answers in line" not in tiles
    apart = text[text.index("From a scorer below its gate") :]
    assert "Answers in line with its statements" in apart
    fine = page(make_run(ana, [*numbers(), drift()], "fine"))
    assert "below its gate" not in fine


def test_without_a_matrix_there_is_no_section_but_the_reason_is_said(ana, make_run):
    gap = Measurement("consistency", reason="no item carries a value", missing={"language_de": 3})
    text = page(make_run(ana, [gap]))
    assert "Does it say what it is?" not in text
    assert "are in a language this measure does not read (de)" in text
    assert view([gap]) is None
    assert view(consistency([], [["Hm."]])) is None


async def test_what_the_measure_itself_gives_is_what_the_page_reads(ana, make_run):
    said = "I hate atlases."
    scorer = ScriptedPairs({(said, "I catalogue atlases."): (0.9, 0.1, 0.0)})
    measure = Consistency(scorer=scorer, n=2)
    plan = measure.plan(ana)
    agent = Agent(ana, Scripted(lambda messages: said))
    told = measure.summarise(plan, [await measure.observe(agent, case) for case in plan.cases])
    text = page(make_run(ana, told))
    assert "The worst pair" in text
    assert said in text
    assert '<td class="no' in text
    assert all(each.name in text for each in told)
    assert {each.name for each in told} <= set(LABELS)


def test_the_same_matrix_gives_the_same_bytes(ana, make_run):
    run = make_run(ana, numbers())
    assert page(run) == page(run)
    assert not re.search(r"https?://(?!www\.w3\.org)", page(run))
