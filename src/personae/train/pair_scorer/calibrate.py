"""One temperature, found on held-out rows: probabilities that are added up, as in APC, must mean something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from personae.errors import MissingExtra
from personae.metrics.classification import calibration_error
from personae.train.pair_scorer.export import Temperatures
from personae.train.pair_scorer.network import PairNetwork, read_tokenizer
from personae.train.pair_scorer.persona_pairs import Pair
from personae.train.pair_scorer.recipe import encode_pairs, logits_of
from personae.train.pair_scorer.rows import LABELS, Mix

try:
    import torch
except ModuleNotFoundError as error:
    raise MissingExtra("train", "torch") from error

_LABEL_WORDS = {"contradiction": "C", "neutral": "N", "entailment": "E"}
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Calibration:
    """The temperature of the NLI head, and its calibration error on held-out rows before and after."""

    temperatures: Temperatures
    errors: Mapping[str, float]


def calibrate(network: PairNetwork, mix: Mix, cad_dev: Sequence[Pair] = ()) -> Calibration:
    """Whatever gives the least negative log-likelihood on the held-out rows of a mix and CAD's development pairs."""
    pairs, labels = encode_pairs(read_tokenizer(), [*mix.held_out, *cad_dev])
    nli = logits_of(network, pairs)[:, :3]
    temperature = lowest(lambda t: float(torch.nn.functional.cross_entropy(nli / t, labels)))
    errors = {
        f"held-out calibration error, {when}": calibration_error(torch.softmax(nli / t, dim=1), labels)
        for when, t in (("before", 1.0), ("after", temperature))
    }
    return Calibration(Temperatures(nli=temperature), errors)


def lowest(loss: Callable[[float], float], low: float = 0.2, high: float = 5.0, steps: int = 40) -> float:
    """Where a function with one valley is lowest, by golden section.

    >>> round(lowest(lambda t: (t - 1.5) ** 2), 3)
    1.5
    """
    for _ in range(steps):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if loss(left) <= loss(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def read_cad_dev(file: Path) -> list[Pair]:
    """CAD's development pairs (tab-separated: two sentences and a label)."""
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [Pair(row[0], row[1], LABELS[_LABEL_WORDS[row[2].strip()]], "cad_dev") for row in rows]
