"""People's answers read from files: by column name, never by place; missing stays missing."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError, UsageError
from personae.psychometrics import Instrument, Item, Licence, Response, Row, write_rows
from personae.psychometrics.people import Person, answers_PI, read_people

TWO = Instrument(
    "two", (Item("1", "I hum.", "M"), Item("2", "I sigh.", "M", -1)), Response(("no", "unsure", "yes")), Licence("MIT")
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_table_is_joined_by_column_name_and_others_are_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "people.csv", "sex,i2,age,i1\n1,3,40,1\n2,,17,2\n")
    assert read_people(path, TWO) == ({"1": 1.0, "2": 3.0}, {"1": 2.0, "2": None})


def test_labels_are_points_and_an_unknown_one_names_the_nearest(tmp_path: Path) -> None:
    assert read_people(written(tmp_path, "a.csv", "1,2\n Unsure ,YES\n"), TWO) == ({"1": 2.0, "2": 3.0},)
    with pytest.raises(FormatError, match="person 1: 'unsur' is neither a point nor a label; did you mean 'unsure'"):
        read_people(written(tmp_path, "b.csv", "1,2\nunsur,yes\n"), TWO)


def test_what_counts_as_missing_is_said_by_the_caller(tmp_path: Path) -> None:
    path = written(tmp_path, "people.json", json.dumps([{"i1": 0, "i2": 3}, {"i1": 9, "i2": "NA"}]))
    assert read_people(path, TWO, missing=[0, 9]) == ({"1": None, "2": 3.0}, {"1": None, "2": None})
    assert read_people(path, TWO)[0]["1"] == 0.0  # the linter will call it off the scale


def test_json_lines_of_objects_and_of_answer_rows_are_both_read(tmp_path: Path) -> None:
    assert read_people(written(tmp_path, "a.jsonl", '{"1": 1, "2": 2}\n{"1": 3, "2": 1}\n'), TWO)[1] == {
        "1": 3.0,
        "2": 1.0,
    }
    text = '{"1": 1, "2": 2, "said": "one\u2028two"}\n'  # to JSON this is no end of a line
    assert read_people(written(tmp_path, "d.jsonl", text), TWO)[0] == {"1": 1.0, "2": 2.0}
    row = Row("Ana", "m", "two", "1", "t", "l", "forward", 0, 0, "isolated", "parsed", "answered", 2.0)
    other = Row("Ana", "m", "two", "1", "t", "l", "reverse", 0, 0, "isolated", "parsed", "answered", 3.0)
    gone = Row("Ana", "m", "two", "2", "t", "l", "forward", 0, 0, "isolated", "parsed", "refused")
    write_rows(tmp_path / "b.jsonl", [row, other, gone])
    assert read_people(tmp_path / "b.jsonl", TWO) == ({"1": 2.5, "2": None},)
    write_rows(tmp_path / "c.jsonl", [Row(*row.cell[:2], "else", *row.cell[3:7], 0, 0, "isolated", "parsed", "empty")])
    with pytest.raises(UsageError, match="no row of the instrument 'two'"):
        read_people(tmp_path / "c.jsonl", TWO)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "1,3\n1,2\n", "no column for the item '2'"),
        ("a.csv", "", "nobody's answers"),
        ("a.json", "[]", "nobody's answers"),
        ("a.json", '{"1": 1}', "a list with one object"),
        ("a.json", "[1]", "a list with one object"),
        ("a.json", "[" * 100_000, "cannot be read as JSON"),
        ("a.json", '[{"1": [1], "2": 2}]', "neither a point nor a label"),
        ("a.json", '[{"1": 1e999, "2": 2}]', "neither a point nor a label"),
        ("a.csv", "1,2\ninf,2\n", "neither a point nor a label"),
    ],
)
def test_a_file_that_is_no_table_of_answers_is_one_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_people(written(tmp_path, name, text), TWO)


def test_the_table_follows_the_instrument_and_knows_what_is_missing() -> None:
    people: list[Person] = [{"2": 3.0, "1": None}, {"1": 1.0}]
    table = answers_PI(TWO, people)
    assert table.shape == (2, 2)
    assert table[0, 1] == 3.0
    assert table[1, 0] == 1.0
    assert (table != table).sum() == 2
    with pytest.raises(UsageError, match="no item '3'"):
        answers_PI(TWO, [{"3": 1.0}])


@given(st.binary(max_size=200), st.sampled_from(["x.csv", "x.json", "x.jsonl"]))
def test_any_bytes_are_people_or_one_line(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    with contextlib.suppress(PersonaeError):
        assert all(set(person) == {"1", "2"} for person in read_people(path, TWO))
