"""Files of people and splits: the forms that are read, and what is said of those that are not."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError, UsageError
from personae.measure.cloning import Split, drawn_split, made_up_people, read_people, read_split


@pytest.fixture
def records(short, crowd):
    """The crowd as a file has it: 0 where an answer is missing."""
    cells = np.nan_to_num(crowd.answers_PI).astype(int).tolist()
    ids = [item.id for item in short.items]
    return [{"case": 100 + n, "sex": 1} | {f"i{id}": v for id, v in zip(ids, row, strict=True)}
            for n, row in enumerate(cells)]  # fmt: skip


def written(path, records, form):
    if form == "json":
        path.write_text(json.dumps(records))
    elif form == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    else:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
    return path


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_three_forms_hold_the_same_people(tmp_path, short, crowd, records, form):
    people = read_people(written(tmp_path / "people", records, form), short, coding="raw")
    assert np.array_equal(people.answers_PI, crowd.answers_PI)
    assert people.ids[:2] == ("100", "101")


def test_items_are_joined_by_id_and_never_by_place(tmp_path, short, records):
    backwards = [dict(reversed(record.items())) for record in records]
    one, other = (written(tmp_path / name, some, "json") for name, some in (("a", records), ("b", backwards)))
    first, second = (read_people(path, short, coding="raw").answers_PI for path in (one, other))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("value", [0, None, "", " "])
def test_what_is_missing_is_missing(tmp_path, short, records, value):
    records[0]["iE11"] = value
    people = read_people(written(tmp_path / "p", records, "json"), short, coding="raw")
    assert np.isnan(people.answers_PI[0, 0])
    assert people.missing == 1


@pytest.mark.parametrize("value", [6, -1, 2.5, "often", True, [3], float("inf")])
def test_an_answer_off_the_scale_is_named(tmp_path, short, records, value):
    records[3]["iE12"] = value
    with pytest.raises(FormatError, match=r"person 4 of .* iE12 is"):
        read_people(written(tmp_path / "p", records, "json"), short, coding="raw")


def test_a_table_without_one_of_the_items_is_refused(tmp_path, short, records):
    for record in records:
        del record["iA24"]
    with pytest.raises(FormatError, match="'iA24' or 'A24'; 'short' has 16 items"):
        read_people(written(tmp_path / "p", records, "json"), short, coding="raw")


def test_raw_answers_declared_scored_are_refused(tmp_path, short, records):
    with pytest.raises(FormatError, match="declare the coding 'raw'"):
        read_people(written(tmp_path / "p", records, "json"), short, coding="scored")


def test_few_people_raise_no_doubt(tmp_path, short, records):
    assert len(read_people(written(tmp_path / "p", records[:5], "json"), short, coding="scored")) == 5


@pytest.mark.parametrize("text", ["", "[]", "[1]", "[[", "{", '{"a": 1', "\x00", "[" * 100_000, "name\nAna\n", "[{}]"])
def test_any_other_file_is_refused_in_one_line(tmp_path, short, text):
    path = tmp_path / "odd"
    path.write_text(text)
    with pytest.raises(FormatError) as error:
        read_people(path, short)
    assert "\n" not in str(error.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path, short, data):
    path = tmp_path / "odd"
    path.write_bytes(data)
    with pytest.raises(PersonaeError):
        read_people(path, short)
    with pytest.raises(PersonaeError):
        read_split(path, short)


def test_a_split_names_items_once(tmp_path, short):
    path = tmp_path / "split.json"
    path.write_text(json.dumps({"profile": ["E11", "A11"], "test": ["E12"]}))
    assert read_split(path, short) == Split(("E11", "A11"), ("E12",))
    for tree, why in (
        ({"profile": ["E11"], "test": ["E11"]}, "twice"),
        ({"profile": [], "test": ["E11"]}, "needs both"),
        ({"profile": ["E11"], "test": ["E15"]}, "no item 'E15'; did you mean"),
        ({"profile": "E11", "test": ["E12"]}, "no split"),
        ({"train_index": ["E11"]}, "no split"),
    ):
        path.write_text(json.dumps(tree))
        with pytest.raises(FormatError, match=why):
            read_split(path, short)


def test_a_drawn_split_takes_the_same_share_of_every_facet(short):
    split = drawn_split(short, share=0.5, seed=3)
    facets = [short.item(id).facet for id in split.profile]
    assert {facet: facets.count(facet) for facet in facets} == {"E1": 2, "E2": 2, "A1": 2, "A2": 2}
    assert set(split.profile) | set(split.test) == {item.id for item in short.items}
    assert split == drawn_split(short, share=0.5, seed=3) != drawn_split(short, share=0.5, seed=4)
    with pytest.raises(UsageError, match="between 0 and 1"):
        drawn_split(short, share=1.0)


def test_made_up_people_have_facets_of_their_own(short):
    from personae.measure.cloning import evaluate

    found = evaluate(made_up_people(300, short, noise=0.5, seed=2), drawn_split(short))
    values = [found[name].error.value for name in ("facet_mean", "domain_mean", "item_mean")]
    assert values == sorted(values)
