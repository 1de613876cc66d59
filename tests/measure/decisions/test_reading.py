"""LifeChoice records and our own sets: the shapes that occur, and those that would be a guess."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError
from personae.measure.decisions import Decision, load_decisions, own_decisions
from personae.measure.decisions.decision import passages, sentences
from personae.measure.decisions.shapes import LifeChoice
from personae.persona.formats.decode import validated

RECORD = {
    "character_name": "Ana Reis",
    "input_text": "Ana was born in Porto. She sang.\n\nLater she moved to the coast.",
    "Scenario": "It rains.",
    "Question": "Does Ana go?",
    "Options": ["A. She goes.", "B. She stays.", "C. She calls.", "D. She sleeps."],
    "Correct Answer": "B",
}


def read(tmp_path, tree, name="set.json") -> tuple[Decision, ...]:
    (tmp_path / name).write_text(tree if isinstance(tree, str) else json.dumps(tree), "utf-8")
    return load_decisions(tmp_path / name)


def test_a_record_is_read_with_its_text_as_memories(tmp_path):
    (decision,) = read(tmp_path, [RECORD])
    assert decision.options == ("She goes.", "She stays.", "She calls.", "She sleeps.")
    assert decision.gold == 1
    assert decision.memories == ("Ana was born in Porto. She sang.", "Later she moved to the coast.")
    assert decision.id == "00000"


@pytest.mark.parametrize(
    "answer", ["B", "b", "B.", "(B)", "[B]", "B. She stays.", "She stays.", "she  stays", "(b) She stays"]
)
def test_the_correct_answer_may_be_a_letter_or_a_text_or_both(tmp_path, answer):
    assert read(tmp_path, [RECORD | {"Correct Answer": answer}])[0].gold == 1


@pytest.mark.parametrize("answer", ["E", "", "She flies.", "B. She goes.", "A or B", None, 1, ["B"]])
def test_an_answer_that_is_none_of_the_options_is_refused(tmp_path, answer):
    with pytest.raises(FormatError, match=r"set\.json"):
        read(tmp_path, [RECORD | {"Correct Answer": answer}])


def test_nested_lettered_and_lined_records_are_the_same_decision(tmp_path):
    (plain,) = read(tmp_path, RECORD)
    question = {key: RECORD[key] for key in ("Scenario", "Question", "Options", "Correct Answer")}
    who = {key: RECORD[key] for key in ("character_name", "input_text")}
    lettered = dict(zip("ABCD", ["She goes.", "She stays.", "She calls.", "She sleeps."], strict=True))
    for tree in (
        [{**who, "Multiple Choice Question": question}],
        {"data": [RECORD]},
        [RECORD | {"Options": lettered}],
        [RECORD | {"input_text": ["Ana was born in Porto. She sang.", "Later she moved to the coast."]}],
        [RECORD | {"book": "A book", "chapter": 3}],
    ):
        assert read(tmp_path, tree) == (plain,)
    assert read(tmp_path, json.dumps(RECORD) + "\n\n", "set.jsonl") == (plain,)


def test_letters_go_only_where_each_option_has_its_own(tmp_path):
    options = ["A. Smith is asked.", "She goes.", "She calls.", "She sleeps."]
    (decision,) = read(tmp_path, [RECORD | {"Options": options}])
    assert decision.options[0] == "A. Smith is asked."


@pytest.mark.parametrize(
    "change",
    [
        {"Options": ["a", "b", "c"]},
        {"Options": ["a", "b", "c", "d", "e"]},
        {"Options": ["a", "a", "b", "c"]},
        {"Options": ["a", "", "b", "c"]},
        {"Options": {"A": "a", "B": "b", "C": "c", "E": "d"}},
        {"Options": "A. a B. b C. c D. d"},
        {"Scenario": "  "},
        {"Question": None},
        {"character_name": ""},
    ],
)
def test_a_bad_record_is_named_and_nothing_is_skipped(tmp_path, change):
    with pytest.raises(FormatError, match=r"set\.json \[1\]"):
        read(tmp_path, [RECORD, RECORD | change])


def test_what_is_no_set_is_refused(tmp_path):
    for tree in ([], [1], "x", {"data": []}):
        with pytest.raises(FormatError):
            read(tmp_path, tree)
    with pytest.raises(FormatError, match="there twice"):
        read(tmp_path, [RECORD | {"id": "x"}, RECORD | {"id": "x"}])
    with pytest.raises(FormatError, match="decisions"):
        read(tmp_path, "- a\n", "set.yaml")
    with pytest.raises(FormatError, match="cannot read"):
        load_decisions(tmp_path / "none.json")


def test_our_own_decisions_are_complete_and_their_answers_stand_in_all_places():
    own = own_decisions()
    assert len(own) == 24
    assert {decision.gold for decision in own} == {0, 1, 2, 3}
    longest = sum(len(each.options[each.gold]) == max(map(len, each.options)) for each in own)
    assert longest <= 9  # of 24; 6 would be chance


def test_passages_are_whole_sentences_and_nothing_is_lost():
    text = "One two three. Four five!\nSix “seven.” Eight\n\n- Nine ten."
    assert passages(text, words=5) == ("One two three. Four five!", "Six “seven.” Eight", "Nine ten.")
    assert sentences("1. ...\n***") == ()


@given(st.text(max_size=200))
def test_no_letter_of_a_text_is_lost_in_passages(text):
    kept = "".join(passages(text))
    assert [c for c in kept if c.isalpha()] == [c for c in "".join(sentences(text)) if c.isalpha()]
    assert [c for c in text if c.isalpha()] == [c for c in kept if c.isalpha()]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*RECORD, "mcq", "people", "id"), JSON)))
def test_any_record_is_a_decision_or_an_error_of_ours(tree):
    with contextlib.suppress(PersonaeError):
        validated(LifeChoice, RECORD | tree, "any").to_decision("any")
