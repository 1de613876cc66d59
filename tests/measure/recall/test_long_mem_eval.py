"""LongMemEval's metrics on hand-made records."""

from __future__ import annotations

import math

import pytest

from personae.errors import FormatError
from personae.measure.recall.long_mem_eval import haystack, scores


def record(name="q1", **changes):
    said = {"role": "assistant", "content": "I see.", "has_answer": False}
    return {
        "question_id": name,
        "question_type": "single-session-user",
        "question": "Where do I live?",
        "answer": "Faro",
        "haystack_session_ids": ["s1", "answer_2", "answer_3"],
        "haystack_sessions": [
            [{"role": "user", "content": "Hello."}, said],
            [{"role": "user", "content": "It rains.", "has_answer": False}, said,
             {"role": "user", "content": "I live in Faro.", "has_answer": True}],
            [{"role": "user", "content": "I sail.", "has_answer": False}, said | {"has_answer": True}],
        ],
        "answer_session_ids": ["answer_2", "answer_3"],
    } | changes  # fmt: skip


def test_sessions_are_the_users_turns_joined_by_a_blank():
    found = haystack(record())
    assert found.documents == {"s1": "Hello.", "answer_2": "It rains. I live in Faro.", "noans_3": "I sail."}
    assert found.right == ("answer_2",)


def test_turns_are_right_where_they_are_marked():
    found = haystack(record(), "turn")
    assert list(found.documents) == ["s1_1", "noans_2_1", "answer_2_3", "noans_3_1"]
    assert found.right == ("answer_2_3",)


def test_abstaining_and_unanswerable_questions_are_left_out_and_counted():
    stacks = [haystack(one) for one in (record("a"), record("b_abs"), record("c", haystack_sessions=[[], [], []]))]
    found = scores(stacks, {"a": ["s1", "answer_2"]})
    assert found.left_out == {"abstains": 1, "no right document": 1}
    assert found.any[1].value == 0
    assert found.any[3].value == found.all[3].value == 1
    assert found.ndcg[3].value == pytest.approx(1 / math.log2(3))


@pytest.mark.parametrize(
    "change", [{"haystack_sessions": [[]]}, {"haystack_session_ids": None}, {"haystack_sessions": 3}]
)
def test_a_broken_record_is_named(change):
    with pytest.raises(FormatError, match="'q1'"):
        haystack(record(**change))
