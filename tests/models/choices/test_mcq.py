"""Multiple-choice questions: what is one, in which orders it is shown, and how a long context is cut."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.models.choices import Mcq, orders, rotations
from personae.models.choices.mcq import last_words
from personae.types import Message


def question(n: int, id: str = "q") -> Mcq:
    return Mcq(id, "Which?", tuple(f"option {i}" for i in range(n)), gold=0)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_up_to_five_options_each_stands_once_in_each_place(n):
    shown = orders(question(n))
    assert len(shown) == n
    for place in range(n):
        assert sorted(order[place] for order in shown) == list(range(n))


def test_more_options_get_five_seeded_orders():
    shown = orders(question(8), seed=1)
    assert len(shown) == 5
    assert all(sorted(order) == list(range(8)) for order in shown)
    assert shown == orders(question(8), seed=1)
    assert shown != orders(question(8), seed=2)


def test_the_seed_and_the_id_decide_where_a_rotation_starts():
    starts = Counter(orders(question(4, f"q{i}"))[0].index(0) for i in range(400))
    assert all(70 < count < 130 for count in starts.values())
    assert rotations(4)[0] == (0, 1, 2, 3)


@pytest.mark.parametrize(
    "broken",
    [
        {"options": ("one",)},
        {"options": ("same", "same")},
        {"options": ("", "b")},
        {"question": "  "},
        {"gold": 2},
        {"gold": -1},
    ],
)
def test_what_is_no_question_is_an_error(broken):
    with pytest.raises(UsageError):
        Mcq(**{"id": "q", "question": "Who?", "options": ("a", "b"), "gold": None, **broken})


def test_the_bare_question_has_nothing_before_or_above_it():
    asked = Mcq("q", "Who?", ("a", "b"), before=(Message("system", "You are Ana."),), context="Ana enters.")
    assert [m.content for m in asked.messages()] == ["You are Ana.", "Ana enters.\n\nWho?"]
    assert [m.content for m in asked.bare().messages()] == ["Who?"]
    assert [m.content for m in asked.messages(words=0)] == ["You are Ana.", "Who?"]


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(0, 30))
def test_a_cut_keeps_the_end_as_it_stands(text, count):
    kept = last_words(text, count)
    if count >= len(text.split()):
        assert kept == text
    else:
        assert len(kept.removeprefix("… ").split()) == count
        assert text.endswith(kept.removeprefix("… "))
