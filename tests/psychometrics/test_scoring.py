"""Scores: missing answers are counted and bounded, never filled in; sums equal those that were released."""

from __future__ import annotations

import csv
import json
import re
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.psychometrics import Instrument, Item, Licence, Response, Row
from personae.psychometrics.scoring import by_respondent, constant, ipsatised, pooled, score

FIVE = Response(("1", "2", "3", "4", "5"))


def instrument(n=10, domain="E", coding="raw", response=FIVE):
    keys = [1 if i % 2 == 0 else -1 for i in range(n)]
    items = tuple(Item(f"i{i}", f"Item {i}.", domain, key) for i, key in enumerate(keys))
    return Instrument("test", items, response, Licence("MIT"), coding=coding)


def row(item="i0", answer=3.0, template="t1", order="forward", **more):
    given = {"persona": "p", "model": "m", "instrument": "test", "item": item, "template": template, "label_set": "l",
             "order": order, "seed": 0, "repeat": 0, "mode": "isolated", "route": "parsed", "status": "answered",
             "answer": answer}  # fmt: skip
    return Row(**given | more)


def test_three_of_ten_missing_give_no_value_and_say_so():
    (found,) = score(instrument(), {f"i{i}": 4.0 for i in range(7)})
    assert (found.value, found.reason, found.pomp, found.sum) == (None, "answered 7 of 10", None, None)
    assert found.missing == {"not_run": 3}


def test_two_of_ten_missing_leave_a_range_of_eight_tenths():
    (found,) = score(instrument(), {f"i{i}": 4.0 for i in range(8)}, {"i8": "refused", "i9": "unparsed"})
    assert found.value == 3.0  # four keyed +, four keyed -
    assert round(found.most - found.least, 9) == 0.80
    assert (found.least, found.most) == (2.6, 3.4)
    assert found.missing == {"refused": 1, "unparsed": 1}
    assert found.low < found.least < found.most < found.high


def test_a_full_scale_has_no_range_left_and_its_percent_of_the_maximum():
    (found,) = score(instrument(), {f"i{i}": (5.0 if i % 2 == 0 else 2.0) for i in range(10)})
    assert (found.value, found.least, found.most, found.sum) == (4.5, 4.5, 4.5, 45.0)
    assert found.pomp == 87.5


def test_answers_that_are_scored_already_are_not_turned_again():
    (found,) = score(instrument(coding="scored"), {f"i{i}": 5.0 for i in range(10)})
    assert found.value == 5.0


def test_only_who_asks_gets_missing_answers_filled_and_is_told_how_many():
    (found,) = score(instrument(), {"i0": 5.0, "i1": 2.0}, impute=True)
    assert (found.value, found.imputed) == (4.5, 8)
    assert score(instrument(), {}, impute=True)[0].value is None


@pytest.mark.parametrize("wrong", [0.0, 6.0, float("nan"), float("inf")])
def test_an_answer_off_the_scale_is_an_error(wrong):
    with pytest.raises(UsageError, match="not on the scale 1 … 5"):
        score(instrument(), {"i0": wrong})


def test_an_unknown_item_is_an_error_that_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean"):
        score(instrument(), {"i1o": 3.0})


@given(st.lists(st.none() | st.integers(1, 5), min_size=10, max_size=10))
def test_whatever_is_missing_the_value_lies_in_its_ranges(answers):
    (found,) = score(instrument(), {f"i{i}": x for i, x in enumerate(answers)})
    assert found.answered + sum(found.missing.values()) == found.items == 10
    assert (found.value is None) == (found.answered < 8)
    if found.value is not None:
        assert found.least - 1e-9 <= found.value <= found.most + 1e-9
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9
        assert 1 <= found.low <= found.high <= 5


def test_own_level_taken_off_leaves_what_sets_a_trait_apart():
    items = tuple(Item(f"{d}{i}", "…", d, 1) for d in "EN" for i in range(2))
    two = Instrument("two", items, FIVE, Licence("MIT"))
    assert ipsatised(two, {"E0": 5.0, "E1": 5.0, "N0": 3.0, "N1": 3.0}) == {"E": 1.0, "N": -1.0}
    assert ipsatised(two, {"E0": 5.0, "E1": 5.0})["N"] is None


def test_the_mean_of_an_item_weighs_every_condition_alike():
    rows = [row(answer=1.0), row(answer=1.0, repeat=1), row(answer=5.0, order="reverse")]
    assert pooled(rows).answers == {"i0": 3.0}


def test_an_item_answered_in_one_direction_only_is_missing_and_says_why():
    lost = row(answer=None, status="refused", order="reverse")
    found = pooled([row(answer=5.0), lost])
    assert found.answers == {"i0": None}
    assert found.why == {"i0": "refused"}


def test_a_call_asked_again_counts_once_with_its_last_answer():
    failed = row(answer=None, status="failed")
    (rows,) = by_respondent([failed, row(answer=4.0)]).values()
    assert [each.answer for each in rows] == [4.0]


def test_other_routes_are_other_respondents():
    assert len(by_respondent([row(), row(route="logprobs")])) == 2


def bfi(folder):
    lines = list(csv.DictReader((folder / "bfi44_key.tsv").open(encoding="utf-8"), delimiter="\t"))
    items = tuple(Item(line["item"], "", line["trait"], -1 if line["reverse"] == "R" else 1) for line in lines)
    return Instrument("bfi-44", items, FIVE, Licence("non-commercial"))


def letters(n):
    return [*ascii_lowercase, *(f"a{letter}" for letter in ascii_lowercase)][:n]


def test_all_released_sums_of_the_personallm_personas_equal_ours(data_dir):
    folder = data_dir / "personallm"
    test = bfi(folder)
    released = list(csv.DictReader((folder / "scores_gpt3.5_turbo_0613.csv").open(encoding="utf-8")))
    ours = {}
    for line in (folder / "bfi_gpt-3.5-turbo-0613.jsonl").open(encoding="utf-8"):
        reply = json.loads(line)
        said = dict(re.findall(r"^\s*\((\w{1,2})\)\s*([1-5])\b", reply["annotation"], re.MULTILINE))
        answers = {str(i): float(said[label]) for i, label in enumerate(letters(44), 1)}
        for scale in score(test, answers):
            ours[reply["persona_encoding"], reply["iteration"], scale.scale] = scale
    told = [row for row in released if (row["personality_type"], int(row["run"]), row["trait"]) in ours]
    assert len(told) == len(ours) > 0
    for row_ in told:
        found = ours[row_["personality_type"], int(row_["run"]), row_["trait"]]
        assert round(found.sum, 6) == float(row_["sum_score"])
        assert round(found.value, 9) == round(float(row_["mean_score"]), 9)


def test_runs_of_the_personality_illusion_that_say_three_to_everything_are_warned_of(data_dir):
    file = data_dir / "personality-illusion" / "data" / "baseline_responses" / "instruct_models_selfreport.csv"
    traits = ("openeness", "consciencienes", "extraversion", "agreeableness", "neuroticism")
    runs = list(csv.DictReader(file.open(encoding="utf-8")))
    warned = [r for r in runs if constant([float(r[t]) for t in traits], FIVE) == "constant midpoint"]
    assert [(r["Model"], r["temp"], r["run"]) for r in warned] == [("meta-llama/Llama-3.2-3B-Instruct", "0.3", "1")]
    assert len(runs) > 300


def test_a_constant_answer_elsewhere_is_constant_but_not_the_midpoint():
    assert constant([4.0, 4.0], FIVE) == "constant"
    assert constant([4.0, 3.0], FIVE) is None
    assert constant([3.0], FIVE) is None
