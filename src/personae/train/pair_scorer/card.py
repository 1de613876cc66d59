"""The model card: what the weights are, what went in, what they can do, and what they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personae.train.pair_scorer.evaluate import CEILINGS, FLOORS, GATES

_HEAD = """# Pair scorer, MiniLM-L6, int8

Reads two English texts, what was said and one statement, and gives the probabilities that the statement is
contradicted, left open or entailed; and how likely a query asks for a statement.

- **Network:** all-MiniLM-L6-v2 (Apache-2.0) as a cross-encoder, mean pooling, two linear heads; its word embeddings are
  not tuned. Word pieces are the embedder's; at most 128 per pair.
- **File:** ONNX (opset 17), weights in 8 bits per channel, activations quantised as they come, softmax and temperatures
  inside. Pairs are computed one by one: in company int8 activations would make a pair depend on its neighbours.
- **Licence of the weights:** CC BY-SA 4.0, for SNLI's sake, which is share-alike. See LICENSE.
- **Rebuild:** `personae train pair-scorer --data DATA --out OUT`
"""
_LIMITS = """
## Limits

- English only; other languages and scripts are rated all the same, and wrongly: ask
  `personae.models.embedder.supported` first, as the measures do.
- Trained on descriptions of pictures, on sentences of slots, on chat of crowd workers, and on characters of our own.
  Irony, long inference, numbers in words beyond ten and knowledge of the world (which city lies where) are weak; see
  the categories above.
- "Is it contradicted?" is asked of one statement and one reply. What two statements shut out together is not seen.
- {relevance}
- Do not evaluate with the weights you optimised for: another seed and other data, or another back end, must judge.
- The slots were written, and the training rules chosen, while looking at the *training* half of Dialogue NLI (no row of
  which is in these weights); its validation half was only measured.
"""
_COSINE = """Relevance is the embedder's cosine on a calibrated curve, for replies and for queries. Labels that would
  teach a head better carry no licence, and a head taught with labels of our own (how close the true reply came to the
  statement) told queries apart worse than the cosine, so the open mix trains none."""
_OWN = """Both relevance heads were trained on labels without a licence: these weights are for research and may not be
  passed on."""


def card(about: Mapping[str, Any]) -> str:
    """The card of a folder of weights as Markdown, from its `about.json`."""
    relevance = _OWN if about["relevance"]["reply"] == "head" else _COSINE
    parts = [_HEAD, _data(about), _gates(about), _figures(about), _LIMITS.format(relevance=relevance)]
    return "\n".join(parts)


def _data(about: Mapping[str, Any]) -> str:
    rows = [f"| {name} | {count:,} | {about['licences'][name]} |" for name, count in about["rows"].items()]
    dropped = ", ".join(f"{name} {count:,}" for name, count in about["dropped"].items()) or "none"
    recipe = ", ".join(f"{name} {value}" for name, value in about["recipe"].items() if name != "seed")
    return "\n".join(
        [
            f"## Data (version `{about['data']}`)", "", "| source | rows | licence |", "|---|---|---|", *rows, "",
            "`slots` and `characters` are our own sentences; `personachat` are pairs our own rules make of its",
            "training half.",
            f"Leak check: rows that also stand in a test were dropped before training ({dropped}).", "",
            f"Recipe: {recipe}. Temperature: {about['temperatures']['nli']:.3f}.", "",
        ]
    )  # fmt: skip


def _gates(about: Mapping[str, Any]) -> str:
    gates = GATES["open" if about["data"].startswith("open") else "research"]
    lines = ["## Gates", "", "| figure | this file | seeds, mean ± sd | gate |", "|---|---|---|---|"]
    for name, least in gates.items():
        lines.append(f"| {name} | {about['figures'][name]:.3f} | {_spread(about, name)} | ≥ {least} |")
    for name, most in CEILINGS.items():
        lines.append(f"| {name} | {about['figures'][name]:.3g} | {_spread(about, name)} | ≤ {most} |")
    missed = [head for head, reached in about["passes"].items() if not reached]
    verdict = (
        f"Below their gates: {', '.join(missed)}; their values say so." if missed else "All heads reach their gates."
    )
    floors = [
        f"| {name} | {majority} | {hypothesis} | {words} | {frozen} |"
        for name, (majority, hypothesis, words, frozen) in FLOORS.items()
    ]
    return "\n".join(
        [
            *lines, "", verdict, "", "Floors (accuracy):", "",
            "| set | majority | hypothesis alone | words and overlap | frozen vectors, trained on it |",
            "|---|---|---|---|---|", *floors, "",
        ]
    )  # fmt: skip


def _figures(about: Mapping[str, Any]) -> str:
    rows = [f"| {name} | {value:.4g} | {_spread(about, name)} |" for name, value in about["figures"].items()]
    one = len(about["seeds"]) == 1
    this = about["chosen"] if one else f"the average of the weights of {', '.join(about['seeds'])}"
    head = ["## Figures", "", f"This file is {this}.", ""]
    return "\n".join([*head, "| figure | this file | seeds, mean ± sd |", "|---|---|---|", *rows, ""])


def _spread(about: Mapping[str, Any], name: str) -> str:
    mean, deviation = about["spread"][name]
    return f"{mean:.3f} ± {deviation:.3f}"
