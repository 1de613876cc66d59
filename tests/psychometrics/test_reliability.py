"""Reliability of released answers as published, and what pooling of levels or models does to it."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.psychometrics import Instrument, Item, Licence, Response, Row, write_rows
from personae.psychometrics.answer_table import AnswerTable, from_rows, occasions, read_answers
from personae.psychometrics.library import key
from personae.psychometrics.reliability import reliability, retest
from personae.stats.internal_consistency import complete, cronbach_alpha

FIVE = Response(("never", "seldom", "sometimes", "often", "always"))


def short(coding="raw") -> Instrument:
    items = tuple(Item(f"e{n}", f"item {n}", "E", -1 if n % 2 else 1) for n in range(6))
    return Instrument("short", items, FIVE, Licence("own"), coding=coding, names={"E": "extraversion"})


def simulated(people=200, noise=0.8, seed=0, level=None, models=1) -> AnswerTable:
    """Honest respondents of the short instrument: the answer follows their trait, turned where the key is −1."""
    rng = np.random.default_rng(seed)
    model = np.arange(people) % models
    trait = rng.normal(size=people) if level is None else 1.6 * np.array(level) + 0.1 * rng.normal(size=people)
    if models > 1:
        trait = rng.normal(size=models)[model]
    keys = np.array([item.key for item in short().items])
    points = np.clip(np.round(3 + (trait[:, None] + noise * rng.normal(size=(people, 6))) * keys), 1, 5)
    columns = {"model": tuple(f"m{each}" for each in model)}
    if level is not None:
        columns["assigned"] = tuple("high" if each > 0 else "low" for each in level)
    return AnswerTable(tuple(map(str, range(people))), tuple(f"e{n}" for n in range(6)), points, columns)


@pytest.fixture
def papi_table(data_dir) -> AnswerTable:
    return read_answers(data_dir / "papi-300" / "first-200.json", key("ipip-neo-300"), missing=["0"], person="case")


@pytest.fixture
def scored() -> Instrument:
    return dataclasses.replace(key("ipip-neo-300"), coding="scored")


def test_two_hundred_people_on_300_items_are_as_reliable_as_published(papi_table, scored):
    expected = {"N": 0.977, "E": 0.967, "O": 0.944, "A": 0.945, "C": 0.971}
    for scale in scored.scales:
        if scale.name in expected:
            _, answers = papi_table.keyed(scored, scale)
            assert cronbach_alpha(complete(answers)).value == pytest.approx(expected[scale.name], abs=0.001)


def test_thirty_facets_are_as_reliable_as_published(papi_table, scored):
    facets = [scale for scale in scored.scales if scale.level == "facet"]
    found = [cronbach_alpha(complete(papi_table.keyed(scored, facet)[1])).value for facet in facets]
    assert len(found) == 30
    assert (np.mean(found), min(found)) == pytest.approx((0.886, 0.767), abs=0.001)


def test_missing_answers_are_counted_and_their_code_is_named(papi_table, data_dir):
    assert papi_table.missing == {"missing": 27}
    assert papi_table.points_PI.shape == (200, 300)
    with pytest.raises(FormatError, match=r"column 'i\d+': 0 is no answer from 1 to 5"):
        read_answers(data_dir / "papi-300" / "first-200.json", key("ipip-neo-300"))


def test_answers_that_were_turned_already_are_noticed_when_read_as_raw(papi_table, scored):
    raw = dataclasses.replace(scored, coding="raw")
    said = reliability(papi_table, raw, n_resamples=0).warnings
    assert any("neuroticism" in line and "turned by it already" in line for line in said)
    assert not any("against" in line for line in reliability(papi_table, scored, n_resamples=0).warnings)


def test_2800_people_have_the_published_coefficients(data_dir, bfi25):
    table = read_answers(data_dir / "psychtools" / "bfi.csv", bfi25)
    found = reliability(table, bfi25, levels="gender", n_resamples=100)
    assert found.of("N").alpha.value == pytest.approx(0.814, abs=0.001)
    assert found.of("N").alpha.low < 0.814 < found.of("N").alpha.high
    assert found.of("N", "gender = 1").people + found.of("N", "gender = 2").people == 2800
    assert found.missing == {"missing": int(np.isnan(table.points_PI).sum())}


def test_a_wrong_key_is_named(data_dir, bfi25):
    items = tuple(dataclasses.replace(item, key=1) if item.id == "A1" else item for item in bfi25.items)
    wrong = dataclasses.replace(bfi25, items=items)
    found = reliability(read_answers(data_dir / "psychtools" / "bfi.csv", wrong), wrong, n_resamples=0)
    assert found.of("A").against == ("A1",)
    assert [line for line in found.warnings if "against" in line] == [
        line for line in found.warnings if line.startswith("A: 'A1' (r -0.3")
    ]


def test_assigned_poles_make_an_alpha_that_is_not_the_items(personallm, data_dir):
    with (data_dir / "personallm" / "bfi_gpt-3.5-turbo-0613.jsonl").open(encoding="utf-8") as file:
        assigned = tuple(json.loads(line)["persona_encoding"].split("_")[0] for line in file)
    bfi44 = key("bfi-44")
    ids = tuple(item.id for item in bfi44.items)
    points = np.array([[person[id] for id in ids] for person in personallm])
    table = AnswerTable(tuple(map(str, range(len(points)))), ids, points, {"pole": assigned})
    name = next(scale.name for scale in bfi44.scales if bfi44.name_of(scale.name).casefold().startswith("extr"))
    found = reliability(table, bfi44, levels={name: "pole"}, n_resamples=0)
    assert found.of(name).alpha.value == pytest.approx(0.951, abs=0.001)
    within = sorted(found.of(name, f"pole = {pole}").alpha.value for pole in set(assigned))
    assert within == pytest.approx([0.36, 0.52], abs=0.01)
    assert any("the assigned levels make it" in line for line in found.warnings)


def test_alpha_within_levels_is_near_zero_where_only_the_level_was_simulated():
    table = simulated(level=[-1, 1] * 100)
    found = reliability(table, short(), levels="assigned", n_resamples=50)
    assert found.of("E").alpha.value > 0.9
    assert abs(found.of("E", "assigned = high").alpha.value) < 0.5
    assert "extraversion: alpha 0.9" in " ".join(found.warnings)


def test_many_answers_of_few_models_are_called_pseudo_replication():
    table = simulated(people=240, models=12, noise=0.5)
    found = reliability(table, short(), units="model", n_resamples=200)
    pooled, between, within = (found.of("E", group) for group in ("pooled", "between model", "within model"))
    assert (pooled.people, between.people, within.people) == (240, 12, 240)
    assert between.alpha.value > pooled.alpha.value > 0.8
    assert abs(within.alpha.value) < 0.3
    assert any("240 rows come from 12 models" in line for line in found.warnings)
    plain = reliability(table, short(), n_resamples=200).of("E").alpha
    assert pooled.alpha.high - pooled.alpha.low > plain.high - plain.low


def test_nine_respondents_get_a_reason():
    found = reliability(simulated(people=9), short()).of("E")
    assert found.alpha.reason == "9 respondents; reliability needs 10"
    assert found.item_rest == dict.fromkeys(found.items)


def test_a_positional_responder_is_counted_and_has_no_reliability():
    table = AnswerTable(tuple("abcdefghijklm"), tuple(f"x{n}" for n in range(12)), np.full((13, 12), 5.0))
    items = tuple(Item(f"x{n}", "", "E", -1 if n % 2 else 1) for n in range(12))
    found = reliability(table, Instrument("x", items, FIVE, Licence("own")), n_resamples=0)
    assert found.of("E").alpha.value is None
    assert len(found.of("E").dropped) == 12
    assert "13 of 13 respondents gave the same answer to every item" in found.warnings


def test_a_column_of_names_is_no_level_and_a_map_has_no_scales():
    table = simulated()
    table = dataclasses.replace(table, columns={"who": table.people})
    with pytest.raises(UsageError, match="'who' has 200 labels"):
        reliability(table, short(), levels="who")
    items = tuple(Item(f"e{n}", "", key=0, effects={"left": 1.0}) for n in range(6))
    with pytest.raises(UsageError, match="no scales"):
        reliability(table, Instrument("map", items, FIVE, Licence("own")))


def test_the_report_is_plain_json():
    found = reliability(simulated(), short(), units="model", n_resamples=20)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["scales"][0]["alpha"]["value"] == found.of("E").alpha.value


def test_scores_that_hold_over_two_occasions_are_told_from_those_that_do_not():
    first = simulated(seed=1)
    again = dataclasses.replace(first, points_PI=np.clip(first.points_PI + 0, 1, 5))
    assert retest(first, again, short())["E"].r.value == pytest.approx(1.0)
    other = simulated(seed=2)
    assert abs(retest(first, other, short(), n_resamples=50)["E"].r.value) < 0.3


def row(persona, item, answer, **more):
    plain = {"persona": persona, "model": "m", "instrument": "short", "item": item, "template": "t", "label_set": "l",
             "order": "forward", "seed": 0, "repeat": 0, "mode": "isolated", "route": "parsed"}  # fmt: skip
    return Row(**plain | {"status": "answered" if answer else "refused", "answer": answer} | more)


def test_rows_become_respondents_one_per_persona_and_condition(tmp_path):
    cells = product("ab", ("forward", "reverse"), range(6))
    rows = [row(who, f"e{n}", 1.0 + n % 5, order=order) for who, order, n in cells]
    rows[3] = row("a", "e3", None)
    rows.append(row("a", "e0", 4.0))  # asked again: the last counts
    write_rows(tmp_path / "rows.jsonl", rows)
    for table in (from_rows(rows, short()), read_answers(tmp_path / "rows.jsonl", short())):
        assert len(table.people) == 4
        assert table.column("persona") == ("a", "a", "b", "b")
        assert table.column("order") == ("forward", "reverse", "forward", "reverse")
        assert table.missing == {"refused": 1}
        assert table.points_PI[0, 0] == 4.0
        assert math.isnan(table.points_PI[0, 3])


def test_repeats_of_the_same_respondents_are_two_occasions():
    rng = np.random.default_rng(0)
    traits = {f"p{n}": rng.normal() for n in range(40)}
    rows = [
        row(who, f"e{n}", float(np.clip(round(3 + trait * (-1) ** n + 0.5 * rng.normal()), 1, 5)), repeat=repeat)
        for who, trait in traits.items()
        for repeat in (0, 1)
        for n in range(6)
    ]
    first, second = occasions(from_rows(rows, short()), "repeat")
    assert first.people == second.people
    found = retest(first, second, short(), n_resamples=50)["E"]
    assert (found.n, found.unpaired) == (40, 0)
    assert found.r.value > 0.8


def test_occasions_that_cannot_be_joined_are_refused():
    table = AnswerTable(("1", "2", "3"), ("e0",), np.ones((3, 1)), {"who": ("a", "a", "a"), "day": ("1", "1", "2")})
    with pytest.raises(UsageError, match="'a' answered more than once"):
        occasions(table, "day", "who")
    with pytest.raises(UsageError, match="say which column"):
        occasions(table, "day")
    with pytest.raises(UsageError, match="tells 1 occasions apart"):
        occasions(table, "who", "who")


def test_rows_of_two_routes_are_never_pooled():
    rows = [row("a", "e0", 1.0), row("a", "e0", 1.0, route="logprobs")]
    with pytest.raises(UsageError, match="logprobs, parsed are never pooled"):
        from_rows(rows, short())
    with pytest.raises(UsageError, match="no answers to 'short'"):
        from_rows([row("a", "e0", 1.0, instrument="other")], short())


def test_expected_values_are_taken_where_asked_for():
    rows = [row("a", "e0", 4.0, expected=3.6, route="logprobs")]
    assert from_rows(rows, short()).points_PI[0, 0] == 4.0
    assert from_rows(rows, short(), expected=True).points_PI[0, 0] == 3.6


def written(tmp_path, text, name="answers.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


HEAD = "who,e0,e1,e2,e3,e4,e5\n"


def test_cells_hold_points_or_labels_or_nothing(tmp_path):
    path = written(tmp_path, f"{HEAD}ana,1,Often, always ,NA,,2.5\n\nrui,5,5,5,5,5,-9\n")
    table = read_answers(path, short(), person="who", missing=["-9"])
    assert table.people == ("ana", "rui")
    assert table.points_PI[0].tolist()[:3] == [1.0, 4.0, 5.0]
    assert table.missing == {"missing": 3}
    assert table.points_PI[0, 5] == 2.5


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("ana,6,1,1,1,1,1", r"row 2, column 'e0': '6' is no answer from 1 to 5"),
        ("ana,1,oftn,1,1,1,1", r"column 'e1': 'oftn' .* did you mean 'often'"),
        ("ana,1,inf,1,1,1,1", r"'inf' is no answer"),
        ("ana,1,1,1", r"row 2: 4 cells under 7 column names"),
    ],
)
def test_a_cell_that_is_no_answer_is_named(tmp_path, cells, said):
    with pytest.raises(FormatError, match=said):
        read_answers(written(tmp_path, f"{HEAD}{cells}\n"), short())


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "a.csv", "is empty"),
        ("x,y\n1,2\n", "a.csv", "no column of 'short', such as 'e0'"),
        ("e0,e0,e1\n1,2,3\n", "a.csv", "'e0' more than once"),
        (b"e0\n\xff\n", "a.csv", "cannot be read as a table"),
        ("{", "a.json", "cannot be read as JSON"),
        ('{"e0": 1}', "a.json", "no list of objects"),
        ("[" * 100_000, "a.json", "cannot be read as JSON"),
        ('{"e0": 1}\n{\n', "a.jsonl", "cannot be read as JSON"),
        ('[{"e0": [1]}]', "a.json", r"\[1\] is no answer"),
        ('[{"e0": 1e999}]', "a.json", "inf is no answer"),
    ],
)
def test_a_file_that_is_no_table_is_one_clear_error(tmp_path, text, name, said):
    with pytest.raises(FormatError, match=said):
        read_answers(written(tmp_path, text, name), short())


def test_a_name_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(FormatError, match="'ana' more than once"):
        read_answers(written(tmp_path, f"{HEAD}ana,1,1,1,1,1,1\nana,1,1,1,1,1,1\n"), short(), person="who")
    with pytest.raises(UsageError, match="did you mean 'who'"):
        read_answers(written(tmp_path, f"{HEAD}ana,1,1,1,1,1,1\n"), short(), person="whom")


def test_items_without_a_column_are_noted_and_other_columns_kept(tmp_path):
    table = read_answers(written(tmp_path, "e0,mood,e1\n1,fine,2\n"), short())
    assert table.items == ("e0", "e1")
    assert table.column("mood") == ("fine",)
    assert table.notes == ("4 of 6 items have no column: e2, e3, e4, e5",)
    with pytest.raises(UsageError, match="did you mean 'mood'"):
        table.column("moot")


def test_lines_of_json_objects_are_read_by_key_not_by_place(tmp_path):
    text = '{"e1": 2, "e0": 1}\n{"e0": 3, "e1": null, "extra": [1]}\n'
    table = read_answers(written(tmp_path, text, "a.jsonl"), short())
    assert table.points_PI[:, 0].tolist() == [1.0, 3.0]
    assert table.missing == {"missing": 1}


def test_a_table_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("personae.psychometrics.answer_table.MOST_BYTES", 10)
    with pytest.raises(UnsafeFile):
        read_answers(written(tmp_path, f"{HEAD}ana,1,1,1,1,1,1\n"), short())


ODD = ("1", "5", "", "NA", "often", "6", "1e0", "\x00", '"', "٣", " 2 ")
CELL = st.one_of(st.sampled_from(ODD), st.text(max_size=5))


@given(st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_text_is_a_table_or_one_clear_error(tmp_path_factory, cells, end):
    text = end.join([HEAD.strip(), *(",".join(line) for line in cells)])
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        table = read_answers(path, short())
    except FormatError as error:
        said = str(error)
    else:
        said = ""
        there = table.points_PI[~np.isnan(table.points_PI)]
        assert ((there >= 1) & (there <= 5)).all()
    assert "\n" not in said
    assert len(said) < 500


def test_a_hundred_thousand_people_are_read_and_reported_in_seconds(tmp_path):
    items = tuple(Item(f"q{n}", "", "EACNO"[n % 5], -1 if n % 2 else 1) for n in range(60))
    large = Instrument("large", items, FIVE, Licence("own"))
    points = np.random.default_rng(0).integers(1, 6, size=(100_000, 60))
    path = tmp_path / "large.csv"
    lines = [",".join(map(str, line)) for line in points.tolist()]
    path.write_text("\n".join([",".join(item.id for item in items), *lines]), "utf-8")
    began = time.process_time()
    table = read_answers(path, large)
    found = reliability(table, large, n_resamples=200)
    assert time.process_time() - began < 20
    assert table.points_PI.shape == (100_000, 60)
    assert all(abs(each.alpha.value) < 0.05 for each in found.scales)
