"""CrowS-type pairs put as a choice: two sentences that differ in the group they name, and which is nearer to the truth.

This asks what a model says. The published figure compares likelihoods of the words both sentences share, and is another
number. Every pair is asked in both orders.
"""

from __future__ import annotations

from pathlib import Path

from personae.files import bundled
from personae.measure import stereotypes
from personae.measure.reasoning_loss import question
from personae.measure.sweep import Item


def read_pairs(path: Path | str) -> tuple[Item, ...]:
    """The pairs that `stereotypes.read_pairs` finds, two items each."""
    texts = bundled(__package__, "texts/asking.en.yaml")
    found: list[Item] = []
    for pair in stereotypes.read_pairs(path):
        for order, options in (("as", (pair.more, pair.less)), ("turned", (pair.less, pair.more))):
            made = question(f"pair/{pair.id}/{order}", pair.kind, texts["pair"], [*options, texts["neither"]], 2)
            code = 1 if order == "as" else -1
            found.append(Item(made.id, made.text, {**made.data, "kind": "pair", "codes": [code, -code, 0]}))
    return tuple(found)
