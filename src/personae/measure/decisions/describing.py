"""A description where a record has none: sentences of the lived text that say, by name, what the character is like.

They stand as they are written, nothing is resolved or reworded. Released descriptions are written by a model that reads
the whole book; give one (`description`) where you have it. English.
"""

from __future__ import annotations

import dataclasses
import re

from personae.measure.decisions.decision import Decision, sentences

#: Sentences of a description at most, and their longest.
MOST, LONGEST = 30, 40

#: What tells a trait, a habit, a tie or a wish from a mere deed.
_TELLING = re.compile(
    r"\b(?:is|was|has been|had been|always|never|often|every|used to|would rather|hate[sd]?|love[sd]?|like[sd]?"
    r"|fear(?:s|ed)?|believe[sd]?|trust(?:s|ed)?|promised?|swore|vowed|want(?:s|ed)?|dream(?:s|ed)?|refuse[sd]?"
    r"|cannot|could not"
    r"|brother|sister|mother|father|wife|husband|daughter|son|friend)\b",
    re.IGNORECASE,
)


def described(decision: Decision) -> Decision:
    """The decision with a description: its own, or the first telling sentences of its memories that name the character.

    >>> lived = ("Ana Reis was afraid of boats. She left.", "Ana opened the door.", "Rui loved Ana.")
    >>> told = Decision("d", "Ana Reis", "A boat waits.", "Well?", ("a", "b", "c", "d"), 0, memories=lived)
    >>> described(told).parts
    ('Ana Reis was afraid of boats.', 'Rui loved Ana.')
    """
    if decision.description.strip():
        return decision
    words = [word for word in re.findall(r"[^\W_]+", decision.character) if len(word) > 2 and not word.islower()]
    if not words:
        return decision
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    found = (each for memory in decision.memories for each in sentences(memory) if named.search(each))
    telling = (each for each in dict.fromkeys(found) if len(each.split()) <= LONGEST and _TELLING.search(each))
    kept = [each for _, each in zip(range(MOST), telling, strict=False)]
    return dataclasses.replace(decision, description="\n".join(kept))
