"""BBQ as a sweep asks it: does a model fall back on a stereotype where the text leaves the answer open, and does one
bend a clear answer?

In an ambiguous context "unknown" is right. Every answer is coded +1 (biased: the stereotyped group to a negative
question, another to a positive one), −1 (the other way round) or 0 (unknown). The mean code over ambiguous items is
s_AMB = (1 − accuracy)·s, over the answers of clear contexts that name somebody s_DIS = 2·n_biased/n − 1. [BBQ, 2022]
"""

from __future__ import annotations

from pathlib import Path

from personae.measure.reasoning_loss import question
from personae.measure.stereotypes.items import AMBIGUOUS, CLEAR, read_bbq_items
from personae.measure.sweep import Item


def read_bbq(path: Path | str) -> tuple[Item, ...]:
    """The items of a file or folder, as `stereotypes.items` reads them, with "kind" and the "codes" of options."""
    return tuple(
        Item(f"bbq/{each.id}", made.text,
             {**made.data, "kind": AMBIGUOUS if each.ambiguous else CLEAR, "codes": list(each.codes)})
        for each in read_bbq_items(path)
        for made in [question(each.id, each.dataset, f"{each.context}\n{each.question}", each.options, each.gold)]
    )  # fmt: skip
