"""Files of reasoning items become balanced questions, or one clear line."""

from __future__ import annotations

import contextlib
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.measure.persona_tax.items import bigtom, mmlu, read


def story(at):
    return [f"{name}{at}" for name in ("story", "seen", "unseen", "x", "y", "belief?", "z", "action?", "b-seen", "w",
                                       "a-seen", "b-unseen", "v", "a-unseen", "", "", "", "auto", "0")]  # fmt: skip


def test_bigtom_gives_800_items_in_balanced_order(data_dir):
    """200 rows, four items each; the right option stands first in half of them, of every kind."""
    found = read(data_dir / "bigtom" / "bigtom.csv")
    assert len(found.questions) == 800
    assert Counter(q.gold for q in found.questions) == {0: 400, 1: 400}
    for kind in ("belief", "action"):
        for change in ("seen", "unseen"):
            golds = Counter(q.gold for q in found.questions if q.id.endswith(f"{kind}-{change}"))
            assert golds == {0: 100, 1: 100}
    first = found.questions[0]
    assert first.id == "bigtom/001-belief-seen"
    assert first.options[first.gold] == "Noor believes the milk pitcher contains almond milk."
    assert first.context.endswith("Noor sees her coworker swapping the milk.")


def test_a_story_becomes_two_questions_with_and_without_the_change_seen():
    found = bigtom([story(1)]).questions
    assert [q.id for q in found] == [
        f"bigtom/001-{kind}-{c}" for kind in ("belief", "action") for c in ("seen", "unseen")
    ]
    assert [q.options[q.gold] for q in found] == ["b-seen1", "b-unseen1", "a-seen1", "a-unseen1"]
    assert [q.context for q in found] == ["story1 seen1", "story1 unseen1"] * 2
    assert sum(q.gold for q in found) == 2
    assert found[0].options != found[2].options[::-1]


def test_mmlu_reads_whole_folders_and_counts_what_has_equal_options(data_dir):
    found = read(data_dir / "mmlu_test")
    assert len(found.questions) + sum(found.missing.values()) == 6054
    assert found.missing == {"empty or equal options": 2}
    assert {len(q.options) for q in found.questions} == {4}


def test_quoted_commas_stay_in_their_option(tmp_path):
    (tmp_path / "x.csv").write_text('"Who, then?","a, b",c,d,e,B\n')
    (question,) = read(tmp_path / "x.csv").questions
    assert (question.question, question.options, question.gold) == ("Who, then?", ("a, b", "c", "d", "e"), 1)


@pytest.mark.parametrize("answer", [1, "B", "b", "no"])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_answers_are_an_index_a_letter_or_the_option(tmp_path, answer, suffix):
    entry = {"question": "Is snow hot?", "choices": ["yes", "no"], "answer": answer, "subject": "x"}
    path = tmp_path / f"x.{suffix}"
    path.write_text(json.dumps(entry) + "\n" if suffix == "jsonl" else json.dumps([entry]))
    (question,) = read(path).questions
    assert question.gold == 1


@pytest.mark.parametrize(
    "text",
    ["", "q,a,b,E", "q,a,A", '"unclosed', "just words", "q,,,A"],
)
def test_a_table_that_holds_no_items_is_said_in_one_line(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(FormatError) as error:
        print(read(path))
    assert "\n" not in str(error.value)


TWO = {"question": "q", "choices": ["a", "b"]}


@pytest.mark.parametrize(
    "tree", [{}, [], [3], [TWO], [TWO | {"question": 3}], [TWO | {"answer": 7}], [TWO | {"answer": True}]]
)
def test_json_without_items_is_said_in_one_line(tmp_path, tree):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(tree))
    with pytest.raises(FormatError):
        read(path)


def test_an_empty_cell_of_a_story_is_named_with_its_line():
    broken = story(2)
    broken[8] = " "
    with pytest.raises(FormatError, match="line 2"):
        bigtom([story(1), broken])


@given(st.lists(st.lists(st.text(max_size=8), max_size=7), max_size=4))
def test_any_table_is_items_or_a_format_error(rows):
    with contextlib.suppress(FormatError):
        assert all(q.gold is not None for q in mmlu(rows).questions)


@given(st.binary(max_size=200), st.sampled_from(["csv", "json", "jsonl"]))
def test_any_bytes_are_items_or_a_format_error(tmp_path_factory, data, suffix):
    path = tmp_path_factory.mktemp("any") / f"x.{suffix}"
    path.write_bytes(data)
    with contextlib.suppress(FormatError):
        assert read(path).questions
