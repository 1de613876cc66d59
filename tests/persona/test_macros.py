"""Macros of the card specification."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.persona.macros import Macros


def macros(seed: int = 0, **names: str) -> Macros:
    return Macros("Ana", "Rui", random.Random(seed), seed, names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{char}} {{CHAR}} <bot> <BOT> <char>", "Ana Ana Ana Ana Ana"),
        ("{{user}} {{ User }} <USER>", "Rui Rui Rui"),
        ("a{{// hidden {{char}} }}b", "ab"),
        ("a{{comment: seen}}b", "ab"),
        ("a{{hidden_key:sea}}b", "ab"),
        ("{{reverse:abc}}", "cba"),
        ("{{reverse:{{char}}}}", "anA"),
        ("{{random:only}}", "only"),
        (r"{{pick:one\, two}}", "one, two"),
        ("{{roll:1}} {{roll:d1}} {{roll:D1}}", "1 1 1"),
        ("{{roll:0}} {{roll:x}}", "{{roll:0}} {{roll:x}}"),
        ("{{unknown}} {{unknown:a}} {{}}", "{{unknown}} {{unknown:a}} {{}}"),
        ("{{{char}}}", "{Ana}"),
        ("{{char", "{{char"),
        ("char}} {{user}}", "char}} Rui"),
        ("{{original}}", "{{original}}"),
    ],
)
def test_each_macro_stands_for_its_text(text: str, expected: str) -> None:
    assert macros()(text) == expected


def test_random_and_roll_follow_the_seed() -> None:
    text = "{{random:a,b,c,d}}{{random:a,b,c,d}}{{roll:d100}}"
    assert macros(1)(text) == macros(1)(text)
    assert len({macros(seed)(text) for seed in range(20)}) > 10


def test_roll_stays_between_one_and_its_sides() -> None:
    dice = macros()
    assert {dice("{{roll:d3}}") for _ in range(60)} == {"1", "2", "3"}


def test_pick_is_stable_within_a_prompt_and_varies_between_seeds() -> None:
    one = macros(5)
    assert len({one("{{pick:a,b,c,d}}") for _ in range(10)}) == 1
    assert len({macros(seed)("{{pick:a,b,c,d}}") for seed in range(30)}) == 4


def test_hidden_keys_show_when_entries_are_matched() -> None:
    assert macros()("a{{hidden_key:sea}}{{// no}}", reveal_hidden=True) == "asea"


def test_what_goes_in_is_never_read_again() -> None:
    evil = Macros("{{user}}", "{{char}}", names={"original": "{{char}}"})
    assert evil("{{char}} {{user}} {{original}}") == "{{user}} {{char}} {{char}}"


def test_deep_nesting_is_no_problem() -> None:
    assert macros()("{{reverse:" * 10_001 + "ab" + "}}" * 10_001) == "ba"


@given(st.text(alphabet="{}<>char:user,\\ /pick"))
def test_no_text_raises(text: str) -> None:
    assert macros()(text) == macros()(text)
