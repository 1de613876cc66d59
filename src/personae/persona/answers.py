"""How the answer of a model that was asked for JSON is read: strictly, for a guess at what it meant would be data."""

from __future__ import annotations

import json
import re
from typing import Any

from personae.metrics.nidf import is_content
from personae.metrics.text import unicode_words

_FENCE = re.compile(r"\s*```(?:json)?[ \t]*\n(.*)\n\s*```\s*", re.DOTALL)


def parse_items(text: str, key: str) -> list[Any] | None:
    """The list under `key` of an answer that is one JSON object with that key alone, a code fence around it allowed.

    None for anything else.

    >>> parse_items('{"statements": [1]}', "statements"), parse_items('Sure! {"statements": []}', "statements")
    ([1], None)
    """
    fenced = _FENCE.fullmatch(text)
    try:
        tree = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None
    items = tree.get(key) if isinstance(tree, dict) and len(tree) == 1 else None
    return items if isinstance(items, list) else None


def content(text: str) -> frozenset[str]:
    """The words of an English text that say something, in lower case, numbers included.

    >>> sorted(content("She has 2 cats, and the cats sleep."))
    ['2', 'cats', 'sleep']
    """
    return frozenset(word for word in unicode_words(text) if word.isdigit() or is_content(word))
