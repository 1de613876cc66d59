"""Does a persona say what is so, or what pleases whom it loves and vexes whom it hates? The design is SHARP's."""

from personae.measure.stance.claims import Claim, load_claims, own_claims
from personae.measure.stance.measure import Stances
from personae.measure.stance.reading import Reading, Stance, read_stance
from personae.measure.stance.relations import RELATIONS, Relation, Standing, standings

__all__ = [
    "RELATIONS",
    "Claim",
    "Reading",
    "Relation",
    "Stance",
    "Stances",
    "Standing",
    "load_claims",
    "own_claims",
    "read_stance",
    "standings",
]
