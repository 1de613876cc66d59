"""Which texts of a persona suspend a model's rules or forbid it to decline? Read before anything is asked.

The patterns are English and know phrases, not intentions: what they find is to be looked at, what they miss is found by
asking (`measure.py`).
"""

from __future__ import annotations

import re
from functools import cache

from personae.files import bundled
from personae.persona.lint import Finding, texts
from personae.persona.persona import Persona

#: Of a longer text only so many characters are read.
MAX_CHARS = 100_000
_SHOWN = 80


def suspended_rules(persona: Persona) -> tuple[Finding, ...]:
    """One finding for each text and rule, in the order of the persona's fields.

    >>> odd = Persona(name="Ana", description="She never refuses a request. She likes tea.")
    >>> [(finding.rule, finding.path) for finding in suspended_rules(odd)]
    [('forbids-refusal', 'description')]
    >>> suspended_rules(Persona(name="Ana", description="She never refuses tea."))
    ()
    """
    found = []
    for path, text in texts(persona):
        plain = " ".join(text[:MAX_CHARS].replace("’", "'").split())
        for rule, (says, pattern) in _rules().items():
            if hit := pattern.search(plain):
                found.append(Finding("warning", rule, path, f"{_short(hit[0])} {says}"))
    return tuple(found)


@cache
def _rules() -> dict[str, tuple[str, re.Pattern[str]]]:
    rules = bundled(__package__, "texts/rules.en.yaml")
    return {
        name: (rule["says"], re.compile("|".join(f"(?:{each})" for each in rule["patterns"]), re.IGNORECASE))
        for name, rule in rules.items()
    }


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
