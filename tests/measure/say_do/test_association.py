"""Word association: the bias formula, the reading of lists, and the files it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.say_do.asking import Speaker
from personae.measure.say_do.association import Counts, WordSet, associate, counts, shuffles
from personae.measure.say_do.reading import dilemmas, questions, word_sets
from personae.models import Scripted

FLOWERS = WordSet("f", ("flower",), ("insect",), ("sweet", "ice cream"), ("sting", "itch"))
SHUFFLE = shuffles(FLOWERS)[0]


@pytest.mark.parametrize(
    ("beside", "bias"),
    [((8, 0, 0, 8), 1.0), ((0, 8, 8, 0), -1.0), ((4, 4, 4, 4), 0.0), ((7, 1, 3, 5), 0.5), ((8, 8, 0, 0), None)],
)
def test_the_bias_is_that_of_the_formula(beside, bias):
    assert Counts(*beside).bias == bias


def test_lists_are_read_in_the_forms_models_write_them():
    said = "Here:\n1. Sweet - Flower\n- ice cream: flower.\n* **sting** -> insect\ninsect – itch\nThanks!"
    assert counts(said, FLOWERS, SHUFFLE) == Counts(2, 0, 0, 2, unplaced=0)


def test_a_word_with_two_places_or_none_is_unplaced():
    said = "sweet - flower\nsweet - insect\nice cream - flower\nwasp - insect"
    assert counts(said, FLOWERS, SHUFFLE) == Counts(1, 0, 0, 0, unplaced=3)


@given(st.text(max_size=300))
def test_any_text_places_each_word_once_at_most(text):
    found = counts(text, FLOWERS, SHUFFLE)
    assert found.a_with_a + found.a_with_b + found.b_with_a + found.b_with_b + found.unplaced == 4


def test_shuffles_differ_repeat_with_the_seed_and_take_turns_in_who_is_named_first():
    three = shuffles(FLOWERS, 3, seed=4)
    assert three == shuffles(FLOWERS, 3, seed=4)
    assert {each.a_first for each in three} == {True, False}
    assert all(sorted(each.words) == ["ice cream", "itch", "sting", "sweet"] for each in three)


async def test_a_list_that_places_too_little_is_no_answer(reed):
    model = Scripted(["I like flowers."] * 2)
    answer = await associate(Speaker(Agent(reed, model), persona=False), FLOWERS, SHUFFLE)
    assert (answer.value, answer.reason) == (None, "unparsed")


def test_a_set_with_an_empty_list_or_a_word_on_both_sides_is_refused():
    with pytest.raises(UsageError, match="empty list"):
        WordSet("x", ("a",), ("b",), ("c",), ())
    with pytest.raises(UsageError, match="'c' stands on both sides"):
        WordSet("x", ("a",), ("b",), ("c",), (" C ",))


def test_released_stimuli_are_read_from_json_and_from_csv(data_dir):
    from_json = word_sets(data_dir / "personality-illusion" / "behavioral_tasks" / "datasets" / "iat_stimuli.json")
    from_csv = word_sets(data_dir / "llm-implicit-bias" / "iat_stimuli.csv")
    assert (len(from_json), len(from_csv)) == (21, 21)
    assert from_json == from_csv


def test_released_dilemmas_and_questions_are_read(data_dir):
    folder = data_dir / "personality-illusion" / "behavioral_tasks" / "datasets"
    assert len(dilemmas(folder / "dilemmas.json")) == 52
    found = questions(folder / "norm300_syn.csv")
    assert (len(found), sum(not question.answers for question in found)) == (75, 25)


@pytest.mark.parametrize("read", [dilemmas, questions, word_sets])
@pytest.mark.parametrize(
    "text", ["", "[]", "{a: [", "just words", '[{"id": 1}]', "a: &a [*a]", '[{"id": "x", "text": 3}, 7]']
)
def test_a_file_that_holds_something_else_is_said_in_one_line(tmp_path, read, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(FormatError) as error:
        read(path)
    assert "\n" not in str(error.value)


def test_a_table_without_the_columns_names_the_first_that_is_missing(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Question\nWho?\n")
    with pytest.raises(FormatError, match="'answer'"):
        questions(path)
