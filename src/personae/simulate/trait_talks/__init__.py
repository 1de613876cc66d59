"""Trait talks: roles with assigned poles talk, and a blind reader has to find the poles again. [PsyPlay 2025]"""

from personae.simulate.trait_talks.back_test import Reader, Reading, outright
from personae.simulate.trait_talks.many import (
    Dialogue,
    Plan,
    bundled_roles,
    dealt,
    generate,
    generate_to,
    load_dialogues,
    read_back,
)
from personae.simulate.trait_talks.poles import SIGNS, Pole, Sign, pole, poles
from personae.simulate.trait_talks.talk import Line, Side, TraitTalk, talk

__all__ = [
    "SIGNS",
    "Dialogue",
    "Line",
    "Plan",
    "Pole",
    "Reader",
    "Reading",
    "Side",
    "Sign",
    "TraitTalk",
    "bundled_roles",
    "dealt",
    "generate",
    "generate_to",
    "load_dialogues",
    "outright",
    "pole",
    "poles",
    "read_back",
    "talk",
]
