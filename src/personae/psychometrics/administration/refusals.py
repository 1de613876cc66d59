"""Whether a reply declines to answer, and in which of five ways. English; the wordings of chat models, as families.

A family is looked for before any label is, because models that decline often go on to name all the labels.
"""

from __future__ import annotations

import re

#: What a model says it lacks, and what it will not do: narrow, so that "I cannot stand crowds" is no refusal.
_LACKED = (
    r"(?:(?:an?|any|the|my|such|personal|subjective|political|own|real|human)\s+){0,3}"
    r"(?:opinions?|beliefs?|feelings?|views?|preferences?|emotions?|experiences|personality|consciousness|personal)\b"
)
_GIVING = (
    r"(?:provide|offer|give|express|form|share|state|choose|pick|select|answer|respond|reply|comply|fulfil\w*|assist|"
    r"label|rate)\b"
)
_TAKING = (
    r"(?:take\s+(?:\w+\s+){0,2}(?:stance|sides?|position)|engage|participate|agree or|help|endorse|promote|support|"
    r"condone|satisfy)\b"
)
_WILL_NOT = (
    r"\b(?:i|we)(?:\s+(?:simply|just|really|also))?(?:\s+(?:can['’]?t|cannot|can not|won['’]?t|will not|"
    r"must decline to|refuse to|decline to)|(?:['’]m|\s+am)\s+(?:unable|not able|not allowed|not programmed) to)\s+"
)

#: Family → what it sounds like. In this order the first that is found names the refusal.
FAMILIES: dict[str, re.Pattern[str]] = {
    family: re.compile(pattern, re.IGNORECASE)
    for family, pattern in {
        "ai": r"\b(?:as|being|i['’]?m|i am)(?: just| only| merely)? an? (?:\w+ ){0,2}?"
        r"(?:ai|a\.i\.|artificial intelligence|language model|chatbot|virtual assistant)\b",
        "apology": r"^\W*(?:(?:i['’]?m|i am|we['’]?re)\s+(?:(?:so|very|really|truly)\s+)?)?(?:sorry|afraid(?!\s+of))\b"
        r"|^\W*(?:i|my) apologi[sz]e",
        "cannot": rf"{_WILL_NOT}(?:{_GIVING}|{_TAKING}|(?:have|hold)\s+{_LACKED})"
        rf"|\bi\s+(?:do not|don['’]?t)\s+(?:actually\s+)?(?:have|possess|hold)\s+{_LACKED}",
        "not appropriate": r"\b(?:(?:is|would|be|feel)(?: not|n['’]t)(?: be)?|neither)\s+(?:\w+\s+){0,2}?"
        rf"(?:appropriate|accurate|ethical)\s+(?:(?:or|nor)\s+\w+\s+)?(?:for (?:me|an? \w+)\b|to {_GIVING})",
        "no": r"^\W*no\b(?=\s*(?:[,.!;:–—-]|$))",
    }.items()
}


def refusal(text: str, *, no: bool = True) -> str | None:
    """The family of the refusal a reply holds, or None. `no=False` where "no" is itself an answer.

    >>> refusal("As an AI language model I have none."), refusal("I cannot stand crowds."), refusal("No, thank you.")
    ('ai', None, 'no')
    """
    for family, pattern in FAMILIES.items():
        if pattern.search(text) and (no or family != "no"):
            return family
    return None
