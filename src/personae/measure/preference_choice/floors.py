"""What the options give away by themselves: floors that need no model and no history.

An option-only floor above chance says that a set can be answered without knowing anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from personae.measure.items import share
from personae.measure.preference_choice.item import PreferenceItem
from personae.stats.choices import credit
from personae.types import Embedder, Measurement

#: What the options are compared with.
Beside = Literal["question", "preference", "both"]


def longest(items: Sequence[PreferenceItem], name: str = "longest") -> Measurement:
    """The share of questions whose longest option (in characters) is the right one; ties share the credit.

    >>> short = PreferenceItem("q", "Dinner?", ("Lentils.", "Bread...", "Fish."), 0)
    >>> longest([short]).value
    0.5
    """
    return share(name, {item.id: credit([float(len(o)) for o in item.options], item.gold) for item in items}, {})


def nearest(
    items: Sequence[PreferenceItem], embedder: Embedder, beside: Beside = "question", name: str = "similarity"
) -> Measurement:
    """The share of questions whose right option is the one most similar to the question, the preference or both.

    Cosine of the embedder's vectors, of both the sum; every text is embedded once. Questions without a stated
    preference are counted as "no preference" where that is what options are compared with.
    Similarity cannot follow a denied preference: "I hate sushi" lies near sushi.
    """
    told: dict[Beside, Callable[[PreferenceItem], tuple[str, ...]]] = {
        "question": lambda item: (item.question,),
        "preference": lambda item: (item.preference,),
        "both": lambda item: (item.preference, item.question),
    }
    beside_of = told[beside]
    known = [item for item in items if all(text.strip() for text in beside_of(item))]
    vectors = _vectors(embedder, [text for item in known for text in (*beside_of(item), *item.options)])
    values = {
        item.id: credit([sum(float(vectors[o] @ vectors[t]) for t in beside_of(item)) for o in item.options], item.gold)
        for item in known
    }
    missing = {"no preference": len(items) - len(known)} if len(known) < len(items) else {}
    return share(name, values, missing, details={"embedder": embedder.name, "beside": beside})


def _vectors(embedder: Embedder, texts: Sequence[str]) -> dict[str, Any]:
    distinct = list(dict.fromkeys(texts))
    return dict(zip(distinct, embedder.embed(distinct), strict=True))
