"""Behaviour chains: does it go on behaving as the person it plays did, step after step?

chain.py       nodes and chains, and what is wrong with one
shapes.py      our chain format and the released one, as pydantic models at the edge
reading.py     chains from files and into files, and our own chains
leaks.py       words that give an outcome or a feeling away, and contexts without them
building.py    chains from scenes, offline: behaviours of others in like contexts as distractors
measure.py     the measure `behaviour_chain`: accuracy, chain scores, the snowball test
open_ended.py  behaviours in the model's own words, judged against what was done
"""

from personae.measure.behaviour_chains.building import Built, build_chains
from personae.measure.behaviour_chains.chain import Chain, Node, problems
from personae.measure.behaviour_chains.measure import BehaviourChains
from personae.measure.behaviour_chains.reading import load_chains, own_chains, save_chains

__all__ = [
    "BehaviourChains",
    "Built",
    "Chain",
    "Node",
    "build_chains",
    "load_chains",
    "own_chains",
    "problems",
    "save_chains",
]
