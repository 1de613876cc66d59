"""Which option a reply to a multiple-choice question ends on. Two variants, named, for they disagree.

`strict` takes what follows the last "answer is". `published`, the rule of the released code of [Bias Runs Deep, 2024],
falls back to the first bracketed letter anywhere, so that "(A) … cannot be determined" becomes an answer.
"""

from __future__ import annotations

import re
from typing import Literal

Extractor = Literal["strict", "published"]

#: Of a longer reply only the end is read.
MAX_CHARS = 20_000

_STATED = re.compile(r"answer is:?\s*(.*)", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([a-z])\)", re.IGNORECASE)


def letter(text: str, extractor: Extractor = "strict") -> str | None:
    """The letter a reply answers with, upper case, or None where it gives none.

    >>> letter("(A) looks odd. Therefore, the answer is (B) 4."), letter("(A) or (B) cannot be told.")
    ('B', None)
    >>> letter("(A) or (B) cannot be told.", "published")
    'A'
    """
    text = text[-MAX_CHARS:]
    stated = _STATED.findall(text)
    found = _BRACKETED.search(stated[-1]) if stated else None
    if found is None and extractor == "published":
        found = _BRACKETED.search(text)
    return found[1].upper() if found else None
