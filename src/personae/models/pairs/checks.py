"""What every pair scorer asks of its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from personae.errors import UsageError


def check_pairs(first: Sequence[str], second: Sequence[str]) -> None:
    """Raise `UsageError` for lists of unequal length or an empty text in either.

    >>> check_pairs(["I have a dog."], ["I own a pet."])
    """
    if len(first) != len(second):
        raise UsageError(f"pairs need lists of equal length, not {len(first)} and {len(second)} texts")
    for texts in (first, second):
        for position, text in enumerate(texts):
            if not text.strip():
                raise UsageError(f"text {position} is empty; an empty text has no meaning to compare")
