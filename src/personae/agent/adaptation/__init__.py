"""The persona for one turn: what of it matters now, what it makes up, what it does by habit.

choose_one  one statement for the turn, with its prior          (COMPAC)
invent      a fact where the profile has no answer, written down (Persona Extending)
pool        where such facts come from
notebook    where they are kept
in_turn     several of these, one after the other
asking      what the user asks right now
habits      what lies behind a habit the turn touches           (We are what we repeatedly do)
style       how much of the partner's style to take on         (Synchrony–Stability Frontier)
"""

from __future__ import annotations

from personae.agent.adaptation.choose_one import ChooseOne, Chosen, prior
from personae.agent.adaptation.habits import HabitParaphrase, HabitsInMind
from personae.agent.adaptation.in_turn import InTurn
from personae.agent.adaptation.invent import Invent, Invention
from personae.agent.adaptation.notebook import Notebook
from personae.agent.adaptation.pool import Pool
from personae.agent.adaptation.style import AdaptStyle, style_space

__all__ = [
    "AdaptStyle",
    "ChooseOne",
    "Chosen",
    "HabitParaphrase",
    "HabitsInMind",
    "InTurn",
    "Invent",
    "Invention",
    "Notebook",
    "Pool",
    "prior",
    "style_space",
]
