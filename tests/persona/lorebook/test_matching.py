"""Keys from strangers: what matches, what is not tried, and that nothing takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.persona.lorebook.matching import MAX_TEXT, PlainKey, Text, compile_pattern, is_slashed


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"/\bfog(gy)?\b/i", "FOGGY", True),
        (r"\bfog\b", "foggy", False),
        (r"/a\/b/", "a/b", True),
        (r"(?<who>Ana) (?<=Ana )came", "Ana came", True),
        (r"\w+\s+room", "the Tejo room", True),
        (r"(?:red|blue)+ door", "redblue door", True),
        ("/fog/q", "fog", False),  # unknown flag: not slashed, searched as it stands
    ],
)
def test_patterns_match(pattern: str, text: str, found: bool) -> None:
    assert compile_pattern(pattern).found_in(Text(text)) is found


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(bad[", "invalid regex"),
        ("(a+)+$", "a repeat inside a repeat"),
        ("((a*)b?)*c", "a repeat inside a repeat"),
        ("(a|a[b])*c", "a repeated choice"),
        ("(?:ab|a)+$", "a repeated choice"),
        (r"(\w|\d)*x|(x+x+)+y", "a repeat inside a repeat"),
        (".*.*.*.*x", "too many open repeats"),
        ("a" * 2000, "too long"),
    ],
)
def test_dangerous_patterns_are_not_tried(pattern: str, fault: str) -> None:
    assert fault in (compile_pattern(pattern).fault or "")


@pytest.mark.parametrize("pattern", [r"\s+$", ".*.*=x", "a*a*a*b", r"(\w+) \1 \1z", "(?:a?){8}b"])
def test_the_worst_accepted_patterns_stay_fast(pattern: str) -> None:
    key = compile_pattern(pattern)
    start = time.process_time()
    for letter in ("a", " ", "a "):
        key.found_in(Text(letter * MAX_TEXT))
    assert time.process_time() - start < 10  # exponential time would take years


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_a_fault(pattern: str) -> None:
    key = compile_pattern(pattern)
    assert (key.pattern is None) == (key.fault is not None)
    key.found_in(Text("some text with fog"))


def test_a_plain_key_is_read_letter_by_letter() -> None:
    assert PlainKey("C++ (old)").found_in(Text("i like c++ (old) code"))
    assert not PlainKey("").found_in(Text("anything"))
    assert PlainKey("two words", whole_word=True).found_in(Text("xtwo wordsx"))


def test_a_path_is_not_a_slashed_pattern() -> None:
    assert is_slashed("/fog/i")
    assert not is_slashed("/usr/bin")
