"""What a judge's words say, and what they do not say."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.judges.verdicts import (
    Problem,
    read_certainty,
    read_object,
    read_pair,
    read_score,
    read_scores,
    read_side,
)

SENTENCE = "He stays himself. Therefore, the final score is "


@pytest.mark.parametrize(
    "said",
    [
        "4",
        "4.",
        "**4**",
        "**4**.",
        "**4.**",
        "4/5",
        "4/5.",
        "**4/5**",
        "4 / 5",
        "4.0",
        "4.0/5",
        "`4`",
        "“4”.",
        "4\n",
        "4. ",
    ],
)
def test_a_score_is_read_in_every_form_judges_give_it(said):
    assert read_score(SENTENCE + said) == 4


@pytest.mark.parametrize(
    "text",
    [
        "Final score: 4",
        "**Final score:** 4",
        "Final Score = 4/5",
        "Therefore, the final score is: 4.",
        "therefore, the final score is\n4",
        "The final score is 4. Thank you.",
        "The final score is 4.\r\n",
        "the final score is 4 \nSo, the final score is **4**.",
        "4",
        "**4/5**",
        "<think>Is the final score is 1 right?</think>\nTherefore, the final score is 4.",
    ],
)
def test_the_lead_may_differ_and_a_lone_number_will_do(text):
    assert read_score(text) == 4


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "no final score"),
        ("He deserves a 4.", "no final score"),
        (SENTENCE + "four.", "no final score"),
        (SENTENCE + "4 or 5.", "no final score"),
        (SENTENCE + "4-5.", "no final score"),
        (SENTENCE + "4 because he hesitates.", "no final score"),
        (SENTENCE + "4 out of 5.", "no final score"),
        (SENTENCE + "4th.", "no final score"),
        (SENTENCE + "between 3 and 4.", "no final score"),
        (SENTENCE + "not 4.", "no final score"),
        (SENTENCE + "٤.", "no final score"),
        (SENTENCE + "0.", "not from 1 to 5"),
        (SENTENCE + "6.", "not from 1 to 5"),
        (SENTENCE + "-4.", "not from 1 to 5"),
        (SENTENCE + "4.5.", "no whole number"),
        (SENTENCE + "4,5.", "no whole number"),
        (SENTENCE + "4/10.", "out of 10"),
        (SENTENCE + "4. No: the final score is 5.", "4 and 5"),
    ],
)
def test_what_is_not_exactly_one_score_in_range_is_a_problem(text, because):
    got = read_score(text)
    assert isinstance(got, Problem)
    assert because in got.text


@given(st.integers(-20, 20), st.sampled_from(["{}", "**{}**", "{}/5", "{}.0", "{}."]))
def test_a_score_is_itself_or_a_problem_never_another_number(number, form):
    got = read_score(SENTENCE + form.format(number))
    assert got == number if 1 <= number <= 5 else isinstance(got, Problem)


@given(st.text(max_size=300))
def test_no_text_makes_a_reader_fall_over(text):
    assert isinstance(read_score(text), int | Problem)
    assert isinstance(read_scores(text, 3), tuple | Problem)
    assert isinstance(read_object(text), dict | Problem)
    assert isinstance(read_side(text, ties=True), str | Problem)
    assert isinstance(read_pair(text), tuple | Problem)
    assert isinstance(read_certainty(text), int | Problem)


@pytest.mark.parametrize(
    "piece",
    ["final score is ", "[[", "[[ ", "```json\n", "```\n", "[scores] (", "[scores]: (1,", "Reply 1\n", "certainty: ",
     "<think>", "{", "[", '{"a":', " ", "*", "\n", "-", "1", "<think></think>"],
)  # fmt: skip
def test_a_hostile_answer_takes_no_long_time(piece):
    text = piece * (99_000 // len(piece))
    started = time.process_time()
    for read in (read_score, read_object, read_side, read_pair, read_certainty, lambda said: read_scores(said, 5)):
        assert isinstance(read(text), int | Problem)
    assert time.process_time() - started < 3.0


def block(place: int, score: int) -> str:
    return f"### Reply {place}\nWell played.\nTherefore, the final score is {score}."


def test_a_batch_needs_exactly_its_blocks_in_order():
    blocks = [block(1, 3), block(2, 5), block(3, 1)]
    assert read_scores("\n\n".join(blocks), 3) == (3, 5, 1)
    for wrong in (blocks[:2], [*blocks, block(4, 2)], [blocks[0], blocks[2], blocks[1]], [blocks[0], *blocks[:2]]):
        assert isinstance(read_scores("\n\n".join(wrong), 3), Problem)


def test_one_bad_block_spoils_the_batch_and_is_named():
    got = read_scores("\n".join([block(1, 3), block(2, 7)]), 2)
    assert isinstance(got, Problem)
    assert "'Reply 2'" in got.text
    assert "7" in got.text


@pytest.mark.parametrize(
    "text",
    ['{"flaws": []}', '```json\n{"flaws": []}\n```', 'Here:\n```\n{"flaws": []}\n```\nDone.', ' \n{"flaws": []}\n'],
)
def test_json_may_stand_alone_or_in_one_fence(text):
    assert read_object(text) == {"flaws": []}


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '"text"',
        '{"flaws": []} and more',
        'Sure! {"flaws": []}',
        '{"flaws": [], "flaws": [1]}',
        '{"severity": NaN}',
        '{"flaws": [',
        "{'flaws': []}",
        '```json\n{"flaws": []}\n```\n```json\n{"flaws": []}\n```',
        "[" * 5000,
        '{"a":' * 5000,
        json.dumps({"a": "x" * 100_001}),
    ],
)
def test_json_that_would_have_to_be_guessed_at_is_a_problem(text):
    assert isinstance(read_object(text), Problem)


@pytest.mark.parametrize(
    "text", ["[[A]]", "B is flat. [[A]]", "[[ A ]]", "a", "(A)", "**A**", "A.", "Verdict: A", "[[A]] [[A]]"]
)
def test_a_side_is_read_from_a_mark_or_a_lone_letter(text):
    assert read_side(text) == "A"


@pytest.mark.parametrize(
    "text", ["", "A is better than B.", "[[A]] [[B]]", "[[C]]", "[[A]] or [[?]]", "AB", "[[tie]]", "tie"]
)
def test_anything_else_is_no_side(text):
    assert isinstance(read_side(text), Problem)


def test_a_tie_is_a_verdict_only_where_it_was_offered():
    assert read_side("[[tie]]", ties=True) == "tie"
    assert read_side("[[Tie]]", ties=True) == "tie"


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("[Scores]: (8, 9)", (8, 9)),
        ("So:\n**[Scores]:** (8, 9)", (8, 9)),
        ("[scores] (8.5,10)", (8.5, 10)),
        ("[Scores]:\n(8, 9)\n[Scores]: (8, 9)", (8, 9)),
    ],
)
def test_a_pair_of_scores_is_read(text, pair):
    assert read_pair(text) == pair


@pytest.mark.parametrize(
    "text",
    ["(8, 9)", "[Scores]: (0, 9)", "[Scores]: (8, 11)", "[Scores]: (8)", "[Scores]: (a, b)",
     "[Scores]: (8, 9)\n[Scores]: (9, 8)", "[Scores]: (8, 1.2.3)", "[Scores]: 8, 9"],
)  # fmt: skip
def test_a_pair_out_of_range_or_in_another_form_is_a_problem(text):
    assert isinstance(read_pair(text), Problem)


def test_a_certainty_is_a_whole_number_from_1_to_100():
    assert read_certainty("**Certainty:** 85\n[[A]]") == 85
    assert read_certainty("Certainty: 85\nCertainty: 85") == 85
    for text in (
        "",
        "Certainty: high",
        "Certainty: 0",
        "Certainty: 101",
        "Certainty: 8.5",
        "Certainty: 1\nCertainty: 2",
    ):
        assert isinstance(read_certainty(text), Problem)
