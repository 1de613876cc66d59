"""Reading a schema: everything that is wrong is named by its field, nothing is guessed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.persona.habits import FIELDS, HabitSchema, dump_schemas, load_schemas, read_schema

TEA = HabitSchema(
    "I make tea at four.",
    preconditions=("There is water.",),
    goals=("I want a pause.",),
    episodes=("I warm the pot.", "I wait three minutes."),
)


def test_a_schema_written_is_a_schema_read():
    assert read_schema(json.dumps(TEA.to_dict())) == TEA


def test_a_code_fence_around_the_object_is_no_part_of_it():
    assert read_schema(f"```json\n{json.dumps(TEA.to_dict())}\n```\n") == TEA


def changed(**fields):
    return json.dumps({k: v for k, v in (TEA.to_dict() | fields).items() if v != "gone"})


@pytest.mark.parametrize("field", ["event", *FIELDS])
def test_a_missing_field_is_named(field):
    with pytest.raises(FormatError, match=rf"'schema': {field}: "):
        read_schema(changed(**{field: "gone"}))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"event": 7}, "event: 7 is not a sentence"),
        ({"event": " "}, "event: ' ' is not a sentence"),
        ({"goals": "rest"}, "goals: 'rest' is not a list of sentences"),
        ({"goals": ["rest", None]}, r"goals\[1\]: None is not a sentence"),
        ({"episodes": []}, "episodes: the list is empty"),
        ({"episodes": ["I wait."] * 21}, "episodes: 21 sentences; at most 20"),
        ({"episodes": ["x" * 301]}, r"episodes\[0\]: 301 characters; at most 300"),
        ({"steps": []}, "steps: unknown field"),
        ({"source": 3}, "source: 3 is not the id"),
    ],
)
def test_what_is_wrong_is_said_with_field_and_value(fields, message):
    with pytest.raises(FormatError, match=message):
        read_schema(changed(**fields))


@pytest.mark.parametrize("text", ["", "{", "[]", "Here it is: {}", '{"event": "a", "event": "b"}', "{} {}", "NaN"])
def test_what_is_no_single_json_object_is_an_error_that_names_the_schema(text):
    with pytest.raises(FormatError, match="'schema'"):
        read_schema(text)


def test_a_file_of_schemas_comes_back(tmp_path):
    dump_schemas([TEA, TEA], tmp_path / "habits.jsonl")
    assert load_schemas(tmp_path / "habits.jsonl") == (TEA, TEA)


def test_a_bad_line_of_a_file_is_named_with_its_field(tmp_path):
    (tmp_path / "habits.jsonl").write_text(f"{changed()}\n\n{changed(goals=1)}\n")
    with pytest.raises(FormatError, match=r"'habits.jsonl, line 3': goals: 1 is not a list"):
        load_schemas(tmp_path / "habits.jsonl")


def test_a_file_without_schemas_is_an_error(tmp_path):
    (tmp_path / "habits.jsonl").write_text("\n")
    with pytest.raises(FormatError, match="holds no schema"):
        load_schemas(tmp_path / "habits.jsonl")


LEAVES = st.none() | st.booleans() | st.floats() | st.text()


@given(st.recursive(LEAVES, lambda trees: st.lists(trees) | st.dictionaries(st.text(), trees)))
def test_any_json_is_a_schema_or_an_error_of_ours(tree):
    with pytest.raises(FormatError):
        read_schema(json.dumps(tree))
