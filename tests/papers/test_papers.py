"""The paper index says only what its checks prove."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

from personae.papers import Paper, papers

ROOT = Path(__file__).parents[2]


def test_every_key_stands_once():
    keys = [paper.key for paper in papers()]
    assert len(keys) == len(set(keys)) == 142


def test_a_check_names_a_test_that_exists():
    missing = [paper.key for paper in papers() if paper.check and not _exists(paper.check)]
    assert missing == []


def test_a_check_that_does_not_exist_is_noticed():
    assert _exists("tests/papers/test_papers.py::test_every_key_stands_once")
    assert not _exists("tests/papers/test_papers.py::test_nobody_wrote_this")
    assert not _exists("tests/papers/test_absent.py::test_every_key_stands_once")


def test_a_row_that_works_needs_a_check():
    row = papers()[0].model_dump() | {"status": "works", "check": None}
    with pytest.raises(ValidationError, match="without a check"):
        Paper.model_validate(row)


def _exists(check: str) -> bool:
    file, _, function = check.partition("::")
    if not (ROOT / file).is_file():
        return False
    return any(getattr(node, "name", "") == function for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))))
