"""In which order an NLI classifier keeps its classes: asked with six plain pairs, compared with what it says itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from personae.errors import UsageError
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

#: The columns of contradiction, neutral and entailment in a model's output.
Order = tuple[int, int, int]

NAMES = ("contradiction", "neutral", "entailment")
#: Premise, hypothesis, and what every NLI model must say: two pairs for each relation.
PROBES: tuple[tuple[str, str, int], ...] = (
    ("A woman is sleeping in a chair.", "A woman is asleep.", ENTAILMENT),
    ("Three boys are playing football in the park.", "Some children are outdoors.", ENTAILMENT),
    ("The man is standing on the roof.", "The man is not standing on the roof.", CONTRADICTION),
    ("The shop is closed and empty.", "The shop is open and full of people.", CONTRADICTION),
    ("A girl is reading a book on the train.", "The girl is travelling to see her uncle.", NEUTRAL),
    ("Two people are eating at a table.", "They have been married for ten years.", NEUTRAL),
)

#: So many of the six may come out otherwise, for a small model need not be a good one.
MISSES = 1


def check_classes(source: str, labels: Sequence[str]) -> None:
    """Raise `UsageError` unless a classifier has three classes.

    >>> check_classes("some-model", ["entailment", "neutral", "contradiction"])
    """
    if len(labels) == 2:
        raise UsageError(
            f"{source!r} tells only {list(labels)!r} apart: it does not separate a contradiction from what was merely "
            "not said, so it cannot judge a persona; give a model with three classes"
        )
    if len(labels) != 3:
        raise UsageError(f"{source!r} has {len(labels)} classes, {list(labels)!r}; NLI needs three: {', '.join(NAMES)}")


def probed_order(source: str, labels: Sequence[str], probed: Any) -> Order:
    """The order that answers to `PROBES` tell: `probed` is an array of probabilities, shape (6, 3), own order.

    Raises `UsageError` unless five of the six answers agree on one order – a weak model may miss one, and every class
    is still seen – and that order is the one which the labels name (if they name one; "LABEL_0" does not).
    """
    relations = [relation for _, _, relation in PROBES]
    orders: list[Order] = [(one, two, 3 - one - two) for one, two in permutations(range(3), 2)]
    best = max(orders, key=lambda order: sum(row[order[y]] for row, y in zip(probed, relations, strict=True)))
    found = f"[{', '.join(NAMES[best.index(column)] for column in range(3))}]"
    advice = f"if you know the order, give it: labels={list(NAMES)!r}"
    wrong = [pair for pair, row in zip(PROBES, probed, strict=True) if int(row.argmax()) != best[pair[2]]]
    if len(wrong) > MISSES:
        premise, hypothesis, relation = wrong[0]
        raise UsageError(
            f"the labels of {source!r} stay unclear: it calls them {list(labels)!r}, six plain pairs fit best as "
            f"{found}, but {len(wrong)} of them disagree, such as {premise!r} / {hypothesis!r} ({NAMES[relation]}); "
            f"is it an NLI model? {advice}"
        )
    named = _named(labels)
    if named is not None and named != best:
        raise UsageError(
            f"{source!r} calls its labels {list(labels)!r}, but six plain pairs say that they are {found}; {advice}"
        )
    return best


def stated_order(labels: Sequence[str]) -> Order:
    """The order of labels given in our words.

    >>> stated_order(["entailment", "neutral", "contradiction"])
    (2, 1, 0)
    """
    if sorted(labels) != sorted(NAMES):
        raise UsageError(f"labels must name {', '.join(NAMES)} once each, not {list(labels)!r}")
    return (labels.index(NAMES[0]), labels.index(NAMES[1]), labels.index(NAMES[2]))


def _named(labels: Sequence[str]) -> Order | None:
    """The order that the labels themselves name, or None where they do not name all three."""
    words = [next((name for name in NAMES if label.lower().startswith(name[:6])), "") for label in labels]
    return stated_order(words) if sorted(words) == sorted(NAMES) else None
