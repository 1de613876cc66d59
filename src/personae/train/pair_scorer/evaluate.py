"""What the shipped file is worth: held-out sets, floors and gates, measured on the file as users get it."""

from __future__ import annotations

import json
import random
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from personae.errors import FormatError
from personae.metrics.classification import accuracy, calibration_error, macro_f1
from personae.stats.correlation import auc
from personae.train.pair_scorer.persona_pairs import FOLDER, Pair
from personae.train.pair_scorer.rows import MixName, read_pairs
from personae.types import CONTRADICTION, PairScorer

#: Floors on the same sets: majority, hypothesis alone, words and overlap, a regression on frozen MiniLM vectors.
FLOORS: Mapping[str, tuple[float, float, float, float]] = {
    "dnli_valid": (0.341, 0.522, 0.622, 0.717),
    "snli_test": (0.343, 0.585, 0.641, 0.674),
}
#: What must be reached by the weights of each mix. Relevance must do as well as the embedder's cosine.
GATES: Mapping[MixName, Mapping[str, float]] = {
    "open": {"snli_test accuracy": 0.78, "dnli_valid macro-F1": 0.58, "reply AUC": 0.969, "query AUC": 0.63},
    "research": {"snli_test accuracy": 0.73, "dnli_valid macro-F1": 0.78, "reply AUC": 0.975, "query AUC": 0.66},
}
#: Errors that must stay below.
CEILINGS: Mapping[str, float] = {"third person called C, of 50": 2, "snli_test calibration error": 0.05}
NLI_SETS = ("snli_test", "dnli_valid", "conj_dev", "breaking")


async def measure(scorer: PairScorer, data: Path) -> dict[str, float]:
    """Every figure of the model card by name. `data` is the folder that holds `nli-compiled`."""
    figures: dict[str, float] = {}
    compiled = data / "nli-compiled"
    for name in NLI_SETS:
        pairs = read_pairs(compiled / f"nli_test_{name}.jsonl")
        rows = await scorer.score([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
        truth = [pair.label for pair in pairs]
        figures |= _nli(name, rows, truth)
        if name == "snli_test":
            figures["snli_test accuracy, hypotheses shuffled"] = await _shuffled(scorer, pairs[:2000])
        if name == "breaking":
            figures |= _by_category(pairs, rows.argmax(axis=1), data / "nli-breaking" / "breaking_nli_dataset.zip")
    figures |= await _relevance(scorer, compiled / "relevance_test.jsonl")
    controls = third_person_controls()
    told = (await scorer.score([said for said, _ in controls], [own for _, own in controls])).argmax(axis=1)
    figures["third person called C, of 50"] = int((told == CONTRADICTION).sum())
    return figures


def third_person_controls() -> list[tuple[str, str]]:
    """What was said of somebody else, beside a statement of the speaker."""
    return [(said, own) for said, own in YAML(typ="safe").load((FOLDER / "third_person.yaml").read_text("utf-8"))]


def passes(figures: Mapping[str, float], mix: MixName = "open") -> dict[str, bool]:
    """Which heads reach their gates: "nli", "reply", "query"."""
    gates = GATES[mix]
    nli = all(figures[name] >= least for name, least in gates.items() if not name.endswith("AUC"))
    return {
        "nli": nli and all(figures[name] <= most for name, most in CEILINGS.items()),
        "reply": figures["reply AUC"] >= gates["reply AUC"],
        "query": figures["query AUC"] >= gates["query AUC"],
    }


def category_recall(
    pairs: Sequence[Pair], told: Sequence[int], categories: Mapping[tuple[str, str], str]
) -> dict[str, tuple[int, int]]:
    """Contradictions found, and how many there are, by category."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair, label in zip(pairs, told, strict=True):
        if pair.label == CONTRADICTION:
            count = counts[categories.get((pair.premise, pair.hypothesis), "other")]
            count[0] += int(label == CONTRADICTION)
            count[1] += 1
    return {name: (found, every) for name, (found, every) in sorted(counts.items())}


def _nli(name: str, rows: Any, truth: Sequence[int]) -> dict[str, float]:
    told = rows.argmax(axis=1)
    return {
        f"{name} accuracy": accuracy(truth, told),
        f"{name} macro-F1": macro_f1(truth, told), f"{name} calibration error": calibration_error(rows, truth),
    }  # fmt: skip


async def _shuffled(scorer: PairScorer, pairs: Sequence[Pair]) -> float:
    hypotheses = [pair.hypothesis for pair in pairs]
    random.Random(0).shuffle(hypotheses)
    rows = await scorer.score([pair.premise for pair in pairs], hypotheses)
    return accuracy([pair.label for pair in pairs], rows.argmax(axis=1))


def _by_category(pairs: Sequence[Pair], told: Sequence[int], archive: Path) -> dict[str, float]:
    categories = read_categories(archive) if archive.is_file() else {}
    counts = category_recall(pairs, told, categories)
    return {f"breaking recall of C, {name} ({every})": found / every for name, (found, every) in counts.items()}


def read_categories(archive: Path) -> dict[tuple[str, str], str]:
    """(premise, hypothesis) → category of the Breaking_NLI pairs. Raises FormatError for a damaged archive."""
    found: dict[tuple[str, str], str] = {}
    try:
        with zipfile.ZipFile(archive) as opened:
            member = next(name for name in opened.namelist() if name.endswith("dataset.jsonl"))
            lines = opened.read(member).decode("utf-8").splitlines()
        for line in lines:
            row = json.loads(line)
            found[row["sentence1"], row["sentence2"]] = str(row["category"])
    except (zipfile.BadZipFile, StopIteration, KeyError, ValueError) as error:
        raise FormatError(f"{str(archive)!r} is not the Breaking_NLI archive: {error!r}") from error
    return found


async def _relevance(scorer: PairScorer, file: Path) -> dict[str, float]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    statements, used = [row["persona"] for row in rows], [row["score"] > 0.5 for row in rows]
    reply = await scorer.relevance(statements, [row["response"] for row in rows], to="reply")
    query = await scorer.relevance(statements, [row["query"] for row in rows], to="query")
    cosines = await _cosines(rows)
    return {
        "reply AUC": auc(reply, used), "query AUC": auc(query, used),
        "reply AUC of cosine": auc(cosines[0], used), "query AUC of cosine": auc(cosines[1], used),
    }  # fmt: skip


async def _cosines(rows: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    from personae.models.embedder import MiniLM

    texts = sorted({text for row in rows for text in (row["persona"], row["response"], row["query"]) if text.strip()})
    vectors = dict(zip(texts, MiniLM().embed(texts), strict=True))
    nothing = np.zeros(384, dtype=np.float32)

    def cosines(key: str) -> Any:
        return np.array([float(vectors[row["persona"]] @ vectors.get(row[key], nothing)) for row in rows])

    return cosines("response"), cosines("query")
