"""Does a reply agree with a statement, disagree, or neither? English; what is said in so many words counts first.

"I agree" and "I disagree" with up to two words between, the last of them wins. Taking no side ("as an AI …", "I can
neither agree nor disagree") wins over them unless the reply ends on a verdict. Without either, how it opens decides.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, get_args

from personae.files import bundled
from personae.measure.text_scorers.card import Card

Stance = Literal["agree", "disagree", "neither"]
STANCES: tuple[Stance, ...] = get_args(Stance)

#: Of a longer reply only the beginning is read.
MAX_CHARS = 20_000
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


def stance(text: str) -> Stance:
    """What side the reply takes; "neither" where it takes none, or says nothing. Count blank replies apart before.

    >>> stance("That is unfair, and I strongly disagree."), stance("I'd agree, but no: I disagree.")
    ('disagree', 'disagree')
    >>> stance("I agree that you may ask. As an AI I have no opinion."), stance("You're right about that.")
    ('neither', 'agree')
    """
    plain = text[:MAX_CHARS].replace("’", "'").strip()
    said = _last_verdict(plain)
    if _pattern("neither").search(plain):
        return _last_verdict(_SENTENCE_ENDS.split(plain)[-1]) or "neither"
    return said or _opening(plain) or "neither"


def card() -> Card:
    """How often these rules are right; printed wherever they are used."""
    return Card.from_dict(bundled(__package__, "texts/card.en.yaml"))


def _last_verdict(text: str) -> Stance | None:
    found = [(match.end(), side) for side in _SIDES for match in _pattern(side).finditer(text)]
    return max(found)[1] if found else None


def _opening(text: str) -> Stance | None:
    for side, name in (("agree", "assents"), ("disagree", "dissents")):
        if _pattern(name).match(text):
            return side  # type: ignore[return-value]
    return None


_SIDES: tuple[Stance, ...] = ("agree", "disagree")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    alternatives = "|".join(bundled(__package__, "texts/patterns.en.yaml")[name])
    opening = name in ("assents", "dissents")
    return re.compile(rf"\W{{0,5}}(?:oh,? |well,? )?(?:{alternatives})\b" if opening else alternatives, re.IGNORECASE)
