"""Evidence recall over histories of any form: LongMemEval's, REALTALK's, one's own.

For every question the turns or sessions of its history are ranked; told is whether some and whether all of its evidence
stands among the first k, and the gain with discount, at 1, 3, 5, 10, 30 and 50, as LongMemEval (2024) does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personae.errors import UsageError
from personae.measure.recall.evaluate import warmed
from personae.measure.recall.figures import Recall, recall_of
from personae.measure.recall.locomo import Dialogue, Question
from personae.measure.recall.long_mem_eval import CUTS
from personae.measure.recall.rankings import Level, RetrieverName, level_of, ranker, texts_of
from personae.measure.recall.report import FORMAT, weights_told
from personae.memory.formats import Histories, Probe, load_history
from personae.memory.turns import Turn
from personae.stats.intervals import bootstrap
from personae.types import Embedder

#: The forms that can be evaluated, and the level each is measured at unless another is asked for.
LEVELS: Mapping[str, Level] = {"longmemeval": "session", "realtalk": "turn", "own": "turn"}
ABSTAINS, NO_EVIDENCE = "abstains", "no evidence"

OnStep = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Looked:
    """A question and what was found for it: `top` are the first k ids, `at` the figures at each cut."""

    probe: Probe
    evidence: tuple[str, ...]
    top: tuple[str, ...]
    candidates: int
    at: Mapping[int, Recall]


@dataclass(frozen=True, slots=True)
class Recalls:
    """The questions of a run, how many were left out, by reason, and evidence that no turn is ("question: id")."""

    form: str
    retriever: RetrieverName
    level: Level
    k: int
    rows: tuple[Looked, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    @property
    def cuts(self) -> tuple[int, ...]:
        """Where lists are cut: LongMemEval's places, and k."""
        return tuple(sorted({*CUTS, self.k}))


def recalls(
    path: Path | str,
    form: str,
    *,
    retriever: RetrieverName = "default",
    level: Level | None = None,
    k: int = 10,
    embedder: Embedder | None = None,
    on_step: OnStep | None = None,
) -> Recalls:
    """Rank for every question of a file and judge the ranking.

    Of LongMemEval the user's turns are searched, by their words alone; a turn is right if it is marked `has_answer` and
    its session's id holds "answer", a session if one of its turns is; questions that abstain are left out. Of the other
    forms all turns are searched, and the probe's evidence is right. Questions without evidence are left out.

    Raises UsageError for an unknown form or retriever, a level it has not, a k that is not 1 … 1,000, and a file
    without any question; FormatError as the form's loader does.
    """
    if form not in LEVELS:
        raise UsageError(f"no recall of {form!r}; there are {', '.join(LEVELS)}")
    if not 1 <= k <= 1000:
        raise UsageError(f"k is {k!r}; give 1 to 1000")
    asked = level or ("session" if retriever in ("raw", "hybrid-session") else LEVELS[form])
    level = level_of(retriever, asked)
    histories = load_history(form, str(path))
    if not histories.probes:
        raise UsageError(f"{str(path)!r} asks nothing; a question is a row with 'question' and 'evidence'")
    rows: list[Looked] = []
    left_out: Counter[str] = Counter()
    parts = _by_history(histories)
    for at, (turns, probes) in enumerate(parts, 1):
        dialogue, usable, reasons = _dialogue(turns, probes, marked=form == "longmemeval")
        left_out.update(reasons)
        if usable:
            rows += _rows(dialogue, usable, retriever, level, k, embedder, on_step if len(parts) < 20 else None)
        if on_step is not None:
            on_step("histories", at, len(parts))
    return Recalls(form, retriever, level, k, tuple(rows), dict(left_out), tuple(_dropped(parts)))


def _dropped(parts: Iterable[tuple[Sequence[Turn], Sequence[Probe]]]) -> Iterable[str]:
    for turns, probes in parts:
        known = {turn.id for turn in turns}
        yield from (f"{one.id}: {id}" for one in probes for id in dict.fromkeys(one.evidence) if id not in known)


def _by_history(histories: Histories) -> list[tuple[list[Turn], list[Probe]]]:
    """Turns and probes of each history that is asked about."""
    found: dict[str, tuple[list[Turn], list[Probe]]] = {}
    for probe in histories.probes:
        found.setdefault(probe.history, ([], []))[1].append(probe)
    for turn in histories.turns:
        if turn.scope.conversation in found:
            found[turn.scope.conversation][0].append(turn)
    return list(found.values())


def _dialogue(
    turns: Sequence[Turn], probes: Sequence[Probe], *, marked: bool
) -> tuple[Dialogue, dict[str, Probe], list[str]]:
    """What is searched, the probes that can be judged, and why the others cannot."""
    kept = [turn for turn in turns if turn.speaker == turn.scope.user] if marked else list(turns)
    may = {turn.id for turn in kept if not marked or "answer" in turn.session}
    questions: list[Question] = []
    usable: dict[str, Probe] = {}
    reasons: list[str] = []
    for probe in probes:
        evidence = tuple(id for id in dict.fromkeys(probe.evidence) if id in may)
        if marked and probe.adversarial:
            reasons.append(ABSTAINS)
        elif not evidence:
            reasons.append(NO_EVIDENCE)
        else:
            questions.append(Question(probe.id, probe.question, 0, evidence, probe.gold))
            usable[probe.id] = probe
    return Dialogue(probes[0].history, tuple(kept), tuple(questions), bare=marked), usable, reasons


def _rows(
    dialogue: Dialogue,
    probes: Mapping[str, Probe],
    retriever: RetrieverName,
    level: Level,
    k: int,
    embedder: Embedder | None,
    on_step: OnStep | None,
) -> Iterable[Looked]:
    if embedder is not None:
        warmed(embedder, texts_of(retriever, dialogue), f"vectors of {dialogue.id}", on_step)
    rank = ranker(retriever, dialogue, embedder, level=level)
    sessions = {turn.id: f"session_{turn.session}" for turn in dialogue.turns}
    there = len(dialogue.turns) if level == "turn" else len(set(sessions.values()))
    for question in dialogue.questions:
        evidence = question.evidence
        if level == "session":
            evidence = tuple(dict.fromkeys(sessions[id] for id in evidence))
        ranked = rank(question.text)
        at = {cut: recall_of(ranked, evidence, cut) for cut in {*CUTS, k}}
        yield Looked(probes[question.id], evidence, ranked[:k], there, at)


def as_data(found: Recalls, *, embedder: str | None, source: str, seed: int = 0) -> dict[str, Any]:
    """The whole report: figures with intervals at each cut, by type at k, and every ranked list.

    `rows` have the keys of LoCoMo's reports, so that two runs are compared in the same way.
    """
    kinds = sorted({row.probe.code for row in found.rows})
    figures = {"recall_any": "any", "recall_all": "all", "ndcg_any": "ndcg", "recall_at": "recall"}
    return {
        "format": FORMAT,
        "source": source,
        "form": found.form,
        "retriever": found.retriever,
        "level": found.level,
        "k": found.k,
        "seed": seed,
        "embedder": embedder,
        "weights": weights_told(found.retriever),
        "questions": len(found.rows),
        "candidates": sum(row.candidates for row in found.rows) / len(found.rows) if found.rows else None,
        "left_out": dict(found.left_out),
        "dropped_evidence": list(found.dropped),
        **{
            name: {str(cut): _figure(found.rows, what, cut, seed) for cut in found.cuts}
            for name, what in figures.items()
        },
        "by_type": {
            kind: _figure([row for row in found.rows if row.probe.code == kind], "any", found.k, seed) for kind in kinds
        },
        "rows": [_plain(row, found.k) for row in found.rows],
    }


def _figure(rows: Sequence[Looked], what: str, cut: int, seed: int) -> dict[str, Any]:
    found = bootstrap([float(getattr(row.at[cut], what)) for row in rows], seed=seed)
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n}


def _plain(row: Looked, k: int) -> dict[str, Any]:
    found = row.at[k]
    return {
        "id": row.probe.id,
        "sample_id": row.probe.history,
        "question": row.probe.question,
        "answer": row.probe.gold,
        "category": row.probe.code,
        "evidence": list(row.evidence),
        "retrieved_ids": list(row.top),
        "recall": found.recall,
        "rank": found.rank,
        "ndcg": found.ndcg,
        "candidates": row.candidates,
    }
