"""Can it be told from their texts who wrote them? If so alone and no longer after a talk, their language aligned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personae.errors import UsageError
from personae.stats.intervals import wilson
from personae.stats.logistic import Validated, cross_validated
from personae.types import Measurement

#: Folds and weight of the data in the source.
FOLDS, C = 10, 1.0


def recoverability(
    features: Any, groups: Sequence[str], *, name: str = "recoverability", folds: int = FOLDS
) -> Measurement:
    """The share of texts whose group is told from their features by a model that has not seen them, 0 … 1.

    features: (texts, features), such as rows of `function_word_counts`; groups: two labels. Logistic regression, L2
    with C = 1, on features z-scored within the training rows; stratified folds in the order given. Wilson's interval.
    "train" in the details is the share told right by a model of all texts, "chance" the share of the larger group;
    "marks" say which texts were told right. A group with fewer texts than folds gives a reason. Raises UsageError
    unless there are two groups.

    Source: LLM Agents in Interaction (2024), with 63 counts of a proprietary word list; z-scoring is done within
    folds here, which changes none of the published figures.

    >>> rows = [[float(i % 3)] for i in range(20)] + [[5.0 + i % 3] for i in range(20)]
    >>> recoverability(rows, ["analytic"] * 20 + ["creative"] * 20).value
    1.0
    """
    labels = sorted(set(groups))
    if len(labels) != 2:
        raise UsageError(f"recoverability tells two groups apart; got {labels!r}")
    sizes = {label: sum(group == label for group in groups) for label in labels}
    if min(sizes.values()) < folds:
        return Measurement(name, reason=f"{sizes} texts; each group needs {folds}, one a fold", unit="share")
    found: Validated = cross_validated(features, [labels.index(group) for group in groups], folds=folds, C=C)
    share = wilson(sum(found.marks), len(found.marks))
    details = {
        "train": found.train,
        "chance": max(sizes.values()) / len(groups),
        "groups": sizes,
        "folds": folds,
        "marks": list(found.marks),
    }
    return Measurement(name, share.value, None, share.low, share.high, share.n, {}, "share", details)
