"""The examples run, and stay short."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_under_60_lines(example: Path):
    assert len(example.read_text("utf-8").splitlines()) < 60


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path):
    result = subprocess.run(
        [sys.executable, example], cwd=tmp_path, capture_output=True, text=True, timeout=240, env=os.environ
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
