"""What a test over private documents is made of: people, chunks of their documents, questions, where the truth is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Chunk:
    """One session of somebody's documents, as the text a retriever sees; `source` says what it is cut from."""

    id: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """A question somebody asks about themselves.

    kind:     what it is about ("Basic information", "Preference", "Social", "Subjective").
    answer:   the gold values, `outdated` those that were true once.
    evidence: for each value the chunks that hold it, any of which will do.
    """

    id: str
    question: str
    answer: tuple[str, ...]
    kind: str
    difficulty: str = "easy"
    outdated: tuple[str, ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, their own chunks, and the questions about them; `missing` counts questions left out, by reason."""

    name: str
    chunks: tuple[Chunk, ...]
    questions: tuple[DocumentQuestion, ...]
    missing: Mapping[str, int] = field(default_factory=dict)
