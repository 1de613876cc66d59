"""Words that give a feeling or an outcome away, and narration without them. English."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from personae.files import bundled
from personae.measure.decisions.decision import sentences

_WORD = re.compile(r"[^\W\d_]+")


def leaks(text: str) -> tuple[str, ...]:
    """The words of a text that tell a feeling or an outcome, in order, each once.

    >>> leaks("Anxious voices carry over the yard, and his fate is sealed.")
    ('anxious', 'fate')
    """
    pattern, innocent = _patterns()
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text))
    return tuple(word for word in words if word not in innocent and pattern.match(word))


def without_leaks(text: str, *names: str) -> str:
    """The sentences of a text that tell neither feelings nor outcomes, nor anything of these people.

    >>> without_leaks("Torches light the yard. Edmund draws his sword. The mood is tense.", "Edmund")
    'Torches light the yard.'
    """
    own = [word for name in names for word in _WORD.findall(name) if len(word) > 2 and word[0].isupper()]
    named = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in own)) if own else None
    kept = [each for each in sentences(text) if not leaks(each) and not (named and named.search(each))]
    return " ".join(kept)


@cache
def _patterns() -> tuple[re.Pattern[str], frozenset[str]]:
    lists: Any = bundled(__package__, "texts/leaks.en.yaml")
    stems = sorted({*lists["feelings"], *lists["outcomes"]}, key=lambda stem: (-len(stem), stem))
    return re.compile("|".join(stems)), frozenset(lists["not"])
