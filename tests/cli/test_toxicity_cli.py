from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from personae.cli._toxicity import score_toxicity, train_toxicity
from personae.errors import FormatError, UsageError
from personae.measure.text_scorers import toxicity
from personae.measure.text_scorers.adapters import FromCallable


@pytest.fixture
def rude(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scorer that knows one rude word and one group, in the place of the real one."""
    scorer = FromCallable(
        "rude", lambda texts: [0.9 if "fool" in text else 0.2 + 0.1 * ("black" in text) for text in texts]
    )
    monkeypatch.setattr(toxicity, "open_toxicity", lambda folder: scorer)


def scored(*arguments: str, given: str | None = None) -> tuple[Result, list[Any]]:
    result = CliRunner().invoke(score_toxicity, list(arguments), input=given, catch_exceptions=False)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("rude")
def test_each_line_gets_a_value_or_a_reason_and_the_card_is_printed_beside() -> None:
    result, rows = scored("-", "--masked", given="You fool\n\nthe black man sings\n")

    assert rows == [
        {"line": 1, "value": 0.9, "highest": 0.9, "windows": 1, "masked": {"value": 0.9, "highest": 0.9, "windows": 1}},
        {"line": 2, "value": None, "reason": "blank", "masked": {"value": None, "reason": "blank"}},
        {"line": 3, "value": 0.3, "highest": 0.3, "windows": 1, "masked": {"value": 0.2, "highest": 0.2, "windows": 1}},
    ]
    assert "3 texts, 2 scored, 1 from 0.5 on, 1 without a value" in result.stderr
    assert "Nobody tested this scorer here" in result.stderr


@pytest.mark.usefixtures("rude")
def test_json_lines_are_read_by_field_and_written_to_a_file(tmp_path: Path) -> None:
    file, out = tmp_path / "replies.jsonl", tmp_path / "scores.jsonl"
    file.write_text('{"reply": "You fool"}\n{"reply": "Good day"}\n', encoding="utf-8")
    result, rows = scored(str(file), "--field", "reply", "--out", str(out))

    assert (result.exit_code, rows) == (0, [])
    assert [json.loads(line)["value"] for line in out.read_text("utf-8").splitlines()] == [0.9, 0.2]
    with pytest.raises(FormatError, match=r"line 1 .* no text in 'text'"):
        scored(str(file))
    file.write_text("{", encoding="utf-8")
    with pytest.raises(FormatError, match=r"line 1 .* no JSON"):
        scored(str(file))


def test_training_without_the_sample_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the folder of data sets by --data"):
        CliRunner().invoke(
            train_toxicity, ["--data", str(tmp_path), "--out", str(tmp_path / "out")], catch_exceptions=False
        )


@pytest.mark.slow
def test_a_scorer_is_trained_and_used(tmp_path: Path) -> None:
    folder, out = tmp_path / "rtp_decodingtrust", tmp_path / "out"
    folder.mkdir()
    for name, text, value in (("toxic", "you are a stupid fool", 0.9), ("nontoxic", "what a lovely day", 0.1)):
        rows = [
            {"prompt": {"text": f"{text} {n}", "toxicity": value}, "continuation": {"text": " ", "toxicity": None}}
            for n in range(10)
        ]
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    trained = CliRunner().invoke(train_toxicity, ["--data", str(tmp_path), "--out", str(out)], catch_exceptions=False)
    _, (rude_one, kind_one) = scored("-", "--scorer", str(out), given="you stupid fool\nlovely day\n")

    assert trained.stdout.strip() == str(out)
    assert "AUC, RealToxicityPrompts, unseen records, both heads" in trained.stderr
    assert rude_one["value"] > 0.5 > kind_one["value"]
