"""Decisions in character: would it choose as the person it plays has chosen?

decision.py    what a decision is: who decides, what they are like and remember, the question, four options
shapes.py      LifeChoice records and our own set files, as pydantic models at the edge
reading.py     decisions from files, and our own set
describing.py  a description where a record has none
nearness.py    how near texts are to a query: by shared words, or by meaning
mapping.py     which memories come to mind: of the scenario alone, or through what the persona is like (CharMap)
prompting.py   a decision as a multiple-choice question, with what was recalled
kept.py        an answered question as plain JSON, and back
measure.py     the measure `lifechoice`: the same decisions under several conditions
synthetic.py   decisions whose determining memory is known, to try a retrieval on
"""

from personae.measure.decisions.decision import Decision
from personae.measure.decisions.mapping import CharMap, Recalled
from personae.measure.decisions.measure import CONDITIONS, Decisions
from personae.measure.decisions.nearness import ByMeaning, ByWords, Nearness
from personae.measure.decisions.reading import load_decisions, own_decisions
from personae.measure.decisions.synthetic import compare_retrieval, synthetic_decisions

__all__ = [
    "CONDITIONS",
    "ByMeaning",
    "ByWords",
    "CharMap",
    "Decision",
    "Decisions",
    "Nearness",
    "Recalled",
    "compare_retrieval",
    "load_decisions",
    "own_decisions",
    "synthetic_decisions",
]
