"""`personae memory eval judge | answers` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from personae.cli.memory import memory
from personae.errors import FormatError, UsageError

ROWS = [
    {"text": "I sold the boat in Porto on 7 May 2023.", "speaker": "Ines"},
    {"question": "When was the boat sold?", "gold": "7 May 2023", "code": 2},
    {"question": "When was it bought?", "gold": "June 2019", "code": 2},
    {"question": "Where was it sold?", "gold": "Porto", "code": "place"},
    {"question": "What colour is the moon car?", "adversarial": True},
    {"question": "Why?"},
]
GIVEN = [
    {"question": "Where?", "answer": "Porto", "response": "in Porto", "category": 4, "label": "CORRECT"},
    {"question": "When?", "answer": "7 May 2023", "response": "some time in spring", "category": 2, "label": "CORRECT"},
    {"question": "Who?", "answer": "Ana", "response": "", "category": 4, "label": "WRONG"},
    {"question": "What car?", "answer": "none", "response": "It is not mentioned.", "category": 5},
]


def asked(*arguments):
    return CliRunner(env={"COLUMNS": "200"}).invoke(memory, ["eval", *arguments], catch_exceptions=False)


def lines(path: Path, rows) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def test_words_alone_accept_of_rotated_golds_what_the_reference_says(data_dir):
    result = asked("judge", str(data_dir / "locomo" / "locomo_first5.json"), "--json")
    found = json.loads(result.stdout)
    assert found["judge"] == []
    rates = {code: 100 * row["accepted"] / row["of"] for code, row in found["rotated_by_words"].items()}
    assert found["rotated_by_words"]["all"]["of"] == 754
    assert [rates[code] for code in ("all", "1", "2", "3", "4")] == pytest.approx([9.4, 1.4, 36.7, 0.0, 3.4], abs=0.2)


def test_a_judge_that_says_yes_to_everything_is_shown_for_what_it_is(tmp_path):
    file = lines(tmp_path / "own.jsonl", ROWS)
    result = asked(
        "judge", file, "--form", "own", "--model", "scripted/Close. [[right]]", "--cache", str(tmp_path / "c")
    )
    assert result.exit_code == 0
    vague = next(line for line in result.stdout.splitlines() if "vague" in line)
    assert "100.0 %" in vague
    assert "0.0 %" in vague
    assert "1 adversarial, 1 no gold answer" in result.stderr
    found = json.loads(asked("judge", file, "--form", "own", "--model", "scripted/[[right]]", "--json").stdout)
    assert [row["name"] for row in found["judge"]] == [
        f"judge_stress.{name}" for name in ("rotated", "vague", "paraphrase", "gold", "repeatability")
    ]


def test_published_answers_are_scored_by_words_and_their_judge_is_held_against_them(tmp_path):
    numbers = json.loads(asked("answers", lines(tmp_path / "mem0.jsonl", GIVEN), "--json").stdout)
    lexical, words, accepted = numbers
    assert lexical["missing"] == {"empty answer": 1}
    assert lexical["details"]["codes"] == pytest.approx({"2": 0.0, "4": 2 / 3, "5": 1.0})
    assert words["value"] == 0.5
    assert (accepted["value"], accepted["details"]["two_key"], accepted["details"]["to_look_at"]) == (1.0, 0.5, ["1"])
    assert "two keys" in asked("answers", str(tmp_path / "mem0.jsonl")).stdout


def test_files_without_golds_and_broken_records_are_refused_in_one_line(tmp_path):
    with pytest.raises(UsageError, match="no question with a gold answer"):
        asked("judge", lines(tmp_path / "own.jsonl", ROWS[-1:]), "--form", "own")
    with pytest.raises(FormatError, match="label: 'maybe' is none of"):
        asked("answers", lines(tmp_path / "bad.jsonl", [{**GIVEN[0], "label": "maybe"}]))


def test_no_number_is_cut_where_the_table_goes_to_a_file(tmp_path):
    rows = [{**row, "category": 1 + at % 5} for at, row in enumerate([GIVEN[1]] * 12_345)]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(memory, ["eval", "answers", lines(tmp_path / "given.jsonl", rows)])
    assert "12345" in result.stdout
    assert "…" not in result.stdout.replace(" … ", "")
