"""Evidence recall of a retriever over LoCoMo's questions: one row a question, and the table of figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.measure.recall.evidence import Reading, read, well_formed
from personae.measure.recall.figures import Recall, recall_of
from personae.measure.recall.locomo import Dialogue, Question
from personae.measure.recall.rankings import Level, Rank, RetrieverName, level_of, ranker, texts_of
from personae.memory.retrieval import Weights
from personae.memory.retrieval.dense import OnStep, embedded
from personae.stats.intervals import Interval, bootstrap
from personae.types import Embedder

NO_EVIDENCE = "no evidence"
CUTS = (1, 5, 10, 25, 50)

#: "set" counts a session once, "ids" once for each turn of it (as LoCoMo's own summary does).
PerSession = str


@dataclass(frozen=True, slots=True)
class Row:
    """A question and what was found for it: `top` are the first k ids."""

    question: Question
    dialogue: str
    top: tuple[str, ...]
    candidates: int
    at: Mapping[int, Recall]
    dropped: tuple[str, ...] = ()

    def as_data(self, k: int) -> dict[str, Any]:
        """Plain JSON, with the keys of the published lists."""
        asked, found = self.question, self.at[k]
        return {
            "id": asked.id,
            "sample_id": self.dialogue,
            "question": asked.text,
            "answer": asked.answer,
            "category": asked.code,
            "evidence": list(asked.evidence),
            "retrieved_ids": list(self.top),
            "recall": found.recall,
            "rank": found.rank,
            "ndcg": found.ndcg,
            "candidates": self.candidates,
        }


@dataclass(frozen=True, slots=True)
class Setup:
    """What was run: it stands in every report.

    level:    what is ranked, turns or sessions; None is the retriever's own.
    reading:  how evidence strings are read, see `evidence`.
    per_session: "set" or "ids", of session recall.
    """

    retriever: RetrieverName = "default"
    k: int = 10
    level: Level | None = None
    reading: Reading = "repaired"
    per_session: PerSession = "set"
    weights: Weights | None = None

    def __post_init__(self) -> None:
        level_of(self.retriever, self.level)
        if not 1 <= self.k <= 1000:
            raise UsageError(f"k is {self.k!r}; give 1 to 1000")
        if self.per_session not in ("set", "ids"):
            raise UsageError(f"per_session is {self.per_session!r}; give 'set' or 'ids'")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The rows of a run, and what could not become one."""

    setup: Setup
    rows: tuple[Row, ...]
    excluded: Mapping[str, int] = field(default_factory=dict)
    strings: int = 0
    malformed: int = 0

    @property
    def dropped(self) -> tuple[str, ...]:
        """Evidence that the conversation does not have, as "question id: turn id"."""
        return tuple(f"{row.question.id}: {one}" for row in self.rows for one in row.dropped)

    def values(self, k: int | None = None) -> dict[str, float]:
        """Question id → recall at k."""
        return {row.question.id: row.at[k or self.setup.k].recall for row in self.rows}

    def figure(self, what: str, k: int, codes: Sequence[int] | None = None, *, seed: int = 0) -> Interval:
        """The mean of one figure ("recall", "any", "all", "ndcg", "reciprocal_rank") with its bootstrap interval.

        Questions are drawn; those without evidence have no "ndcg" and are left out of that mean.
        """
        rows = [row for row in self.rows if codes is None or row.question.code in codes]
        values = [getattr(row.at[k], what) for row in rows if row.at[k].ndcg is not None or what in _WITHOUT_EVIDENCE]
        return bootstrap([value for value in values if value is not None], seed=seed)


_WITHOUT_EVIDENCE = ("recall", "any", "all")


def evaluate(
    dialogues: Sequence[Dialogue],
    setup: Setup,
    embedder: Embedder | None = None,
    *,
    on_step: Callable[[str, int, int | None], None] | None = None,
) -> Evaluation:
    """Rank for every question and judge the ranking.

    A question that has no evidence once it is read "repaired" is excluded and counted. Give an embedder that
    remembers (`CachedEmbedder`): texts are embedded once beforehand, and asked for again.
    """
    rows: list[Row] = []
    excluded = 0
    for at, dialogue in enumerate(dialogues):
        if embedder is not None:
            warmed(embedder, texts_of(setup.retriever, dialogue), f"vectors of {dialogue.id}", on_step)
        rank = ranker(setup.retriever, dialogue, embedder, level=setup.level, weights=setup.weights)
        found = rows_of(dialogue, rank, setup)
        rows += found
        excluded += len(dialogue.questions) - len(found)
        if on_step is not None:
            on_step("conversations", at + 1, len(dialogues))
    strings = [text for dialogue in dialogues for question in dialogue.questions for text in question.evidence]
    bad = sum(not well_formed(text) for text in strings)
    return Evaluation(setup, tuple(rows), {NO_EVIDENCE: excluded} if excluded else {}, len(strings), bad)


def rows_of(dialogue: Dialogue, rank: Rank, setup: Setup) -> list[Row]:
    """The rows of one conversation."""
    known = {turn.id for turn in dialogue.turns}
    level = level_of(setup.retriever, setup.level)
    there = len(known) if level == "turn" else len(dialogue.sessions)
    found = []
    for question in dialogue.questions:
        evidence = read(question.evidence, known, setup.reading)
        if not evidence.turns and setup.reading == "repaired":
            continue
        wanted = evidence.listed if level == "turn" else evidence.sessions
        if level == "session" and setup.per_session == "ids":
            wanted = tuple(one for text in evidence.listed for one in read([text], known, setup.reading).sessions)
        ranked = rank(question.text)
        at = {k: recall_of(ranked, wanted, k) for k in {*CUTS, setup.k}}
        found.append(Row(question, dialogue.id, ranked[: setup.k], there, at, evidence.dropped))
    return found


def warmed(
    embedder: Embedder, texts: Sequence[str], title: str, on_step: Callable[[str, int, int | None], None] | None
) -> None:
    """Have an embedder that remembers read the texts, in company, before they are asked for one by one."""
    step: OnStep | None = (lambda done, of: on_step(title, done, of)) if on_step is not None else None
    embedded(embedder, texts, step)
