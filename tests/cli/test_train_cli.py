"""`personae train`: clear words where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from personae.cli.main import main


def test_missing_data_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "pair-scorer", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert "nli-compiled" in capsys.readouterr().err


def test_seeds_must_be_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "pair-scorer", "--data", str(tmp_path), "--out", str(tmp_path), "--seeds", "one"])
    assert "'one'" in capsys.readouterr().err


def test_a_soft_prompt_needs_personachat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "soft-prompt", "--persona", "elder", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert "personachat" in capsys.readouterr().err
