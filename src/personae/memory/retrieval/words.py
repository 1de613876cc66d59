"""The words a lexical search goes by: which are left out, and how the rest is brought to its stem."""

from __future__ import annotations

import re

from personae.metrics.porter import stem

_WORD = re.compile(r"[a-z0-9']+")

#: Words of questions that say nothing of what is asked about (list S of the specification).
_STOP = """
    what when where who how which did do was were have has had is are the a an my me i you your their it its in on at
    to for of with by from ago last that this there about get got give gave buy bought made make said
    """
STOP = frozenset(_STOP.split())


def terms(text: str) -> list[str]:
    """Stems of the words of a text, repeats kept, without stop words.

    A word is a lower-case run of `[a-z0-9']`.

    >>> terms("When did Melanie paint those sunrises?")
    ['melani', 'paint', 'those', 'sunris']
    """
    return [stem(word) for word in _WORD.findall(text.lower().replace("’", "'")) if word not in STOP]
