"""The lorebook of the card fixtures, read by hand, and a scan with few words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from personae.persona.lorebook.book import Entry, Lorebook
from personae.persona.lorebook.engine import scan
from personae.persona.lorebook.trace import Activation
from personae.types import Message


def words(text: str) -> int:
    return len(text.split())


def talk(*lines: str) -> list[Message]:
    """User and assistant in turn, the user first."""
    return [Message("assistant" if number % 2 else "user", line) for number, line in enumerate(lines)]


@pytest.fixture
def fixture_book(data_dir: Path) -> Lorebook:
    tree = json.loads((data_dir / "card_fixtures" / "lorebook_v3.json").read_text("utf-8"))["data"]
    return Lorebook.model_validate(tree)


@pytest.fixture
def run() -> Callable[..., Activation]:
    def run_scan(entries: Sequence[Entry | dict[str, Any]] | Lorebook, *lines: str, **options: Any) -> Activation:
        book_fields = options.pop("book", {})
        book = entries if isinstance(entries, Lorebook) else Lorebook(entries=tuple(entries), **book_fields)
        return scan(book, talk(*lines), **{"count_tokens": words, "char": "Ana", "user": "Rui", **options})

    return run_scan
