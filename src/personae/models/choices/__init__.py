"""Multiple-choice questions put to any model: in every order, answered in one of four ways, with nothing guessed.

It stands among the models because judges, instruments, simulations and measures all ask options, and do not know each
other. `mcq` says what a question is and in which orders its options are shown, `ways` how an answer is had, `asking`
puts one question, `administration` many.
"""

from __future__ import annotations

from personae.models.choices.administration import Administration, administer
from personae.models.choices.asking import Asked, ask
from personae.models.choices.mcq import Mcq, orders, rotations
from personae.models.choices.ways import Answer, Way, read_shares

__all__ = ["Administration", "Answer", "Asked", "Mcq", "Way", "administer", "ask", "orders", "read_shares", "rotations"]
