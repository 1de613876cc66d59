"""The report of a run as plain data, and two runs beside each other."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.errors import FormatError, UsageError
from personae.measure.recall.evaluate import CUTS, Evaluation
from personae.measure.recall.locomo import CODES
from personae.measure.recall.rankings import level_of
from personae.memory.retrieval import Weights
from personae.memory.retrieval.fusion import CHOSEN_ON
from personae.stats.intervals import Interval, bootstrap
from personae.stats.paired import sign_flip

FORMAT = "personae.memory_recall/1"
FIGURES = {"r_any": "any", "r_all": "all", "mrr": "reciprocal_rank", "ndcg": "ndcg"}


def as_data(found: Evaluation, *, embedder: str | None, source: str, seed: int = 0) -> dict[str, Any]:
    """The whole report: the setup, figures with intervals by code and overall, and every ranked list."""
    setup, k = found.setup, found.setup.k
    codes = sorted({row.question.code for row in found.rows})
    return {
        "format": FORMAT,
        "source": source,
        "retriever": setup.retriever,
        "level": level_of(setup.retriever, setup.level),
        "evidence": setup.reading,
        "per_session": setup.per_session,
        "k": k,
        "seed": seed,
        "embedder": embedder,
        "weights": weights_told(setup.retriever, setup.weights),
        "weights_chosen_on": _chosen_on(found),
        "questions": len(found.rows),
        "candidates": _mean([row.candidates for row in found.rows]),
        "excluded": dict(found.excluded),
        "evidence_strings": found.strings,
        "malformed_strings": found.malformed,
        "dropped_evidence": list(found.dropped),
        "recall": _shown(found.figure("recall", k, seed=seed)),
        "by_code": {str(code): _of_code(found, code, k, seed) for code in codes},
        "at": {str(cut): found.figure("recall", cut, seed=seed).value for cut in sorted({*CUTS, k})},
        **{name: _shown(found.figure(what, k, seed=seed)) for name, what in FIGURES.items()},
        "rows": [row.as_data(k) for row in found.rows],
    }


def weights_told(retriever: str, weights: Weights | None = None) -> dict[str, Any] | None:
    """The weights of the default retriever as plain data; None for one that has none."""
    used = weights or (Weights() if retriever == "default" else None)
    return dataclasses.asdict(used) if used is not None else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Recall of run a minus run b over the questions both have, with a paired bootstrap interval.

    p: two-sided sign-flip test. better, worse: questions whose recall rose or fell; `changed` names them with both.
    """

    recall: Interval
    p: float
    better: int
    worse: int
    only_in_one: int
    changed: tuple[tuple[str, float, float], ...]


def difference(a: Mapping[str, float], b: Mapping[str, float], *, seed: int = 0) -> Difference:
    """Compare two runs question by question.

    >>> difference({"q1": 1.0, "q2": 0.5, "q3": 0.0}, {"q1": 0.0, "q2": 0.5, "q3": 0.0}).better
    1
    """
    shared = [key for key in a if key in b]
    if not shared:
        raise FormatError("the two runs share no question; compare runs over the same file")
    deltas = [a[key] - b[key] for key in shared]
    changed = tuple((key, a[key], b[key]) for key in shared if a[key] != b[key])
    return Difference(
        bootstrap(deltas, seed=seed),
        sign_flip(deltas, seed=seed),
        sum(delta > 0 for delta in deltas),
        sum(delta < 0 for delta in deltas),
        len(a.keys() ^ b.keys()),
        changed,
    )


def values_in(tree: Any, where: str) -> dict[str, float]:
    """Question id → recall of a report written before, or of a published list. Raises FormatError for other files."""
    rows = tree.get("rows") if isinstance(tree, dict) else tree
    if not isinstance(rows, list) or not all(isinstance(row, dict) and _is_share(row.get("recall")) for row in rows):
        raise FormatError(f"{where!r} is no report of evidence recall; write one with --out")
    numbers: Counter[str] = Counter()
    found = {}
    for row in rows:
        name = str(row.get("sample_id"))
        found[str(row.get("id") or f"{name}/{numbers[name]}")] = float(row["recall"])
        numbers[name] += 1
    return found


def check_alike(one: Any, other: Any) -> None:
    """Raises UsageError for two reports that rank different things, cut at another k or read evidence differently."""
    for what in ("level", "k", "evidence"):
        first, second = _said(one, what), _said(other, what)
        if first is not None and second is not None and first != second:
            raise UsageError(f"one run has the {what} {first!r}, the other {second!r}; compare like with like")


def _said(tree: Any, what: str) -> Any:
    """What a report says of itself; of a published list the level, which its ids show."""
    if isinstance(tree, dict):
        return tree.get(what)
    ids = tree[0].get("retrieved_ids") if tree else None
    return "session" if what == "level" and ids and str(ids[0]).startswith("session_") else None


def _of_code(found: Evaluation, code: int, k: int, seed: int) -> dict[str, Any]:
    shown = _shown(found.figure("recall", k, [code], seed=seed))
    return {"name": CODES.get(code, "unknown"), **shown}


def _chosen_on(found: Evaluation) -> list[str]:
    """The conversations of this run on which its weights were chosen; what is found on them is not to be reported."""
    ours = found.setup.retriever == "default" and found.setup.weights is None
    return sorted({row.dialogue for row in found.rows} & CHOSEN_ON) if ours else []


def _shown(figure: Interval) -> dict[str, Any]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}


def _mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1
