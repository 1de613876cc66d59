"""Ranking sets: what is read, what is counted, and how two ways are compared."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.ranking import Pick, RankingCase, among_distractors, at_one, change_at_one, picks, read_ranking

LINE = {"persona": ["I own a dog."], "history": ["Hi."], "candidates": ["Yes.", "No."], "kinds": ["gold", "contradict"]}


def written(tmp_path, *lines):
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_a_line_becomes_a_case_and_other_fields_are_passed_over(tmp_path):
    (case,) = read_ranking(written(tmp_path, {**LINE, "triple": ["i", "have_pet", "dog"]}, ""))
    assert case == RankingCase("0", ("I own a dog.",), ("Hi.",), ("Yes.", "No."), ("gold", "contradict"))


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("{", "line 2 .* is not JSON"),
        ({**LINE, "kinds": ["gold"]}, "line 2 .*1 kinds for 2 candidates"),
        ({**LINE, "kinds": ["gold", "best"]}, "line 2 .*kinds.1"),
        ({**LINE, "candidates": [], "kinds": []}, "line 2 .*candidates"),
        ("[" * 100_000, "line 2 .* is not JSON"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path, line, match):
    with pytest.raises(FormatError, match=match):
        read_ranking(written(tmp_path, LINE, line))


@given(st.text())
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("set") / "set.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        read_ranking(path)
    except FormatError:
        return


def test_the_partner_spoke_last():
    case = RankingCase("0", (), ("a", "b", "c"), ("x",), ("gold",))
    assert [message.role for message in case.context()] == ["user", "assistant", "user"]
    assert [message.role for message in RankingCase("0", (), ("a", "b"), ("x",), ("gold",)).context()] == [
        "assistant",
        "user",
    ]


async def test_a_score_that_cannot_tell_gets_no_gold_for_free():
    case = {"persona": (), "history": (), "candidates": tuple("abcd"), "kinds": ("gold", *["neutral"] * 3)}
    cases = [RankingCase(str(number), **case) for number in range(200)]
    heard = []
    found = at_one(await picks(cases, lambda c, p, texts: [0.0] * len(texts), on_case=heard.append))
    assert 0.15 < found[0].value < 0.35
    assert len(heard) == 200
    kept = at_one(await picks(cases, lambda c, p, texts: [0.0] * len(texts), seed=None))
    assert kept[0].value == 1.0


async def test_the_pick_is_an_index_into_the_case_however_it_was_shuffled():
    cases = [RankingCase(str(n), (), (), ("gold", "b", "c"), ("gold", "entail", "neutral")) for n in range(5)]
    found = await picks(cases, lambda c, p, texts: [float(text == "gold") for text in texts])
    assert set(found.values()) == {Pick("gold", 0)}


def test_shares_have_wilsons_interval_and_missing_cases_are_counted():
    picked = {str(n): Pick("gold" if n < 8 else "contradict", n) for n in range(10)}
    hits, entail, neutral, contradict = at_one(
        {**picked, "x": Pick(None, None, "none of 2 candidates could be scored")}
    )
    assert (hits.name, hits.value, hits.n) == ("hits@1", 0.8, 10)
    assert hits.low == pytest.approx(0.49016, abs=1e-5)
    assert (entail.value, neutral.value, contradict.value) == (0.0, 0.0, 0.2)
    assert hits.missing == {"none of 2 candidates could be scored": 1}


def test_a_change_is_tested_on_the_cases_that_differ():
    before = {str(n): Pick("contradict", 0) for n in range(10)}
    after = {str(n): Pick("entail" if n < 6 else "contradict", 0) for n in range(10)}
    change = change_at_one(after, before, "contradict")
    assert change.name == "contradict@1"
    assert change.value == pytest.approx(-0.6)
    assert (change.details["gained"], change.details["lost"], change.details["sign_p"]) == (
        0,
        6,
        pytest.approx(0.03125),
    )
    both = change_at_one(after, before, "gold", "entail")
    assert (both.name, both.value) == ("hits@1+entail@1", pytest.approx(0.6))


def test_distractors_are_other_replies_and_need_enough_of_them():
    turns = [((), ("q",), f"reply {n}") for n in range(30)]
    cases = among_distractors(turns, seed=3)
    assert cases == among_distractors(turns, seed=3)
    for number, case in enumerate(cases):
        assert case.candidates[0] == f"reply {number}"
        assert len(set(case.candidates)) == 20
        assert case.kinds[0] == "gold"
    with pytest.raises(UsageError, match="more than 19"):
        among_distractors(turns[:19])
