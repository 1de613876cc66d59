"""More of somebody: facts that probably also hold, taken from what was said, and sifted against it.

facts     the five relation slots, a fact, and what may propose facts
asked     facts from a language model
grammar   facts from templates by what a statement is about, offline
graph     facts from a commonsense graph the user has
sifting   which facts may stay
growing   all of it together
"""

from __future__ import annotations

from personae.persona.expansion.asked import AskedFacts
from personae.persona.expansion.facts import SLOTS, Dropped, Fact, Propose, Proposed
from personae.persona.expansion.grammar import GrammarFacts
from personae.persona.expansion.graph import Graph, GraphFacts, read_graph
from personae.persona.expansion.growing import Expansion, expand
from personae.persona.expansion.sifting import sift

__all__ = [
    "SLOTS",
    "AskedFacts",
    "Dropped",
    "Expansion",
    "Fact",
    "GrammarFacts",
    "Graph",
    "GraphFacts",
    "Propose",
    "Proposed",
    "expand",
    "read_graph",
    "sift",
]
