"""Does a persona do what it says of itself? Self-report, four tasks, and what the two have to do with each other.

`cards`, `sycophancy`, `honesty` and `association` are the tasks, each of use alone; `measure` puts them together for
one persona, `dissociation` over many models, `released` and `illusion` for results of others.
"""

from __future__ import annotations

from personae.measure.say_do.dissociation import Dissociation, Shift, shift
from personae.measure.say_do.illusion import Illusion, illusion
from personae.measure.say_do.links import Link
from personae.measure.say_do.measure import SayDo
from personae.measure.say_do.reading import claims, dilemmas, questions, word_sets
from personae.measure.say_do.released import read_released

__all__ = [
    "Dissociation",
    "Illusion",
    "Link",
    "SayDo",
    "Shift",
    "claims",
    "dilemmas",
    "illusion",
    "questions",
    "read_released",
    "shift",
    "word_sets",
]
