"""Lists of people: what files may look like, what is wrong with a released one, and that ours has no fault."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.measure.sweep import Subject
from personae.measure.sweep.people import lint_people, people, read_people
from personae.measure.sweep.subjects import with_controls


def test_the_released_list_has_73_generic_and_89_specific_personas_and_its_faults_are_flagged(data_dir):
    found = read_people(data_dir / "universal_persona" / "universal_persona.json")
    counted = [sum(each.category == kind for each in found) for kind in ("generic", "specific")]
    assert (counted, len(found)) == ([73, 89], 162)
    faults = {(each.rule, each.subject) for each in lint_people(found)}
    assert {("stray word", "boxer"), ("article", "asexual"), ("article", "orthodontist")} <= faults
    assert {subject for rule, subject in faults if rule == "spelling"} == {
        "sikhism", "judaism", "islam", "hinduism", "christianity", "buddhism", "atheism",
    }  # fmt: skip
    assert [subject for rule, subject in faults if rule == "stray word"] == ["boxer"]
    assert ("names somebody", "alexander") in faults


def test_our_list_has_no_fault_and_every_pair_is_there():
    found = people()
    assert lint_people(found) == ()
    assert len(with_controls(found)) == len(found) + 3
    by_id = {each.id: each for each in found}
    assert all(by_id[each.pair].category == each.category for each in found if each.pair)
    with pytest.raises(FormatError, match="'trades'"):
        people(["trades"])


def test_a_list_may_be_text_json_or_yaml(tmp_path):
    (tmp_path / "a.txt").write_text("# trades\na baker\n\nI'm a nurse\n")
    (tmp_path / "b.json").write_text('["a baker", "i am a nurse"]')
    (tmp_path / "c.yaml").write_text("trade:\n  - {id: baker, phrase: a baker, pair: nurse}\n  - a nurse\n")
    assert [each.phrase for each in read_people(tmp_path / "a.txt")] == ["a baker", "a nurse"]
    assert read_people(tmp_path / "b.json") == read_people(tmp_path / "a.txt")
    assert read_people(tmp_path / "c.yaml")[0] == Subject("baker", "a baker", "trade", pair="nurse")


@pytest.mark.parametrize("text", ["", "3", "[]", "{a: 3}", "[3]", "[{id: x}]", "[[a]]"])
def test_what_is_no_list_is_refused(text, tmp_path):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(FormatError):
        read_people(tmp_path / "a.yaml")


def test_a_line_of_a_text_list_may_be_marked_and_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "a.md").write_text("- a baker\n* a well-to-do nurse\n")
    (tmp_path / "b.txt").write_bytes(b"a baker\n\xff\xfe\x00\n")
    assert [each.phrase for each in read_people(tmp_path / "a.md")] == ["a baker", "a well-to-do nurse"]
    with pytest.raises(FormatError, match="no text in UTF-8"):
        read_people(tmp_path / "b.txt")


@pytest.mark.parametrize("odd", [{"id": ["x"]}, {"pair": [1]}, {"pair": {}}])
def test_an_id_or_a_pair_that_is_no_name_is_refused(odd, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"phrase": "a baker", **odd}]))
    with pytest.raises(FormatError, match="are names"):
        read_people(tmp_path / "a.json")


def test_words_that_the_user_bars_are_found():
    assert [each.rule for each in lint_people([Subject("x", "a Rotten egg")], ["rotten"])] == ["listed word"]
    assert [each.rule for each in lint_people([Subject("x", "a cook"), Subject("y", "A cook")])] == ["twice"]


@given(st.text(max_size=60))
def test_any_phrase_can_be_checked(phrase):
    lint_people([Subject("x", phrase)])
