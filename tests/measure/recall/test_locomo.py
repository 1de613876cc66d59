"""LoCoMo's file: what it holds, and what is said of a broken one."""

from __future__ import annotations

import copy
import json
from collections import Counter

import pytest

from personae.errors import FormatError
from personae.measure.recall import Setup, evaluate, load_locomo


def test_turns_have_ids_times_and_captions(small):
    first, second = load_locomo(small)
    assert [turn.id for turn in first.turns][:4] == ["D1:1", "D1:2", "D1:3", "D2:1"]
    assert first.turns[3].at == "2023-05-02T13:02:00"
    assert first.turns[2].caption == "some boats"
    assert second.sessions == ("session_1", "session_2")
    assert [question.id for question in second.questions][:2] == ["conv-2/0", "conv-2/1"]


def broken(tree, change):
    tree = copy.deepcopy(tree)
    change(tree)
    return tree


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda tree: tree.clear(), "no list of conversations"),
        (lambda tree: tree[1].pop("sample_id"), "conversation 1: 'sample_id'"),
        (lambda tree: tree[0]["qa"][2].pop("evidence"), "qa conv-1/2: 'evidence'"),
        (lambda tree: tree[0]["qa"][0].update(evidence=[1]), "list of strings"),
        (lambda tree: tree[0]["qa"][0].update(category="4"), "'category'"),
        (lambda tree: tree[0]["qa"][0].update(question=" "), "question is empty"),
        (lambda tree: tree[0]["conversation"]["session_1"][0].pop("text"), "session_1: 'text'"),
        (lambda tree: tree[0]["conversation"].update(session_1_date_time="noon"), "no time like"),
        (lambda tree: tree[0]["conversation"]["session_2"][0].update(dia_id="D1:1"), "dia_id twice"),
        (lambda tree: tree[1].update(sample_id="conv-1"), "two conversations"),
        (lambda tree: tree[0].update(conversation={}), "no session_1"),
    ],
)
def test_a_broken_file_is_told_by_file_record_and_key(small, change, told):
    small.write_text(json.dumps(broken(json.loads(small.read_text()), change)))
    with pytest.raises(FormatError, match=told) as error:
        load_locomo(small)
    assert "locomo.json" in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", "[1]"])
def test_what_is_no_locomo_at_all_is_refused(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(FormatError):
        load_locomo(path)


def test_the_reference_conversations_are_all_there(locomo):
    assert sum(len(one.sessions) for one in locomo) == 128
    assert sum(len(one.turns) for one in locomo) == 2760
    codes = Counter(question.code for one in locomo for question in one.questions)
    assert [codes[code] for code in range(1, 6)] == [142, 156, 46, 418, 237]
    found = evaluate(locomo, Setup("bm25", reading="strict_legacy"))
    assert (found.strings, found.malformed, len(found.rows)) == (1350, 3, 999)
    assert sum(not row.question.evidence for row in found.rows) == 2


def test_a_file_twice_as_long_runs_as_well(locomo, data_dir, tmp_path):
    tree = json.loads((data_dir / "locomo" / "locomo_first5.json").read_text())
    more = [one | {"sample_id": f"{one['sample_id']}-again"} for one in tree]
    path = tmp_path / "ten.json"
    path.write_text(json.dumps(tree + more))
    assert len(load_locomo(path)) == 10
