"""Many people who do not exist: users with mixed tastes, and a census of personas.

mixtures    users as weights over scorers, how mixed and how divided they are
scorers     what a reply has, as numbers that need no judge
histories   what users chose; who is tested
baselines   zero, one, three examples, or those of like-minded users
fitting     joint tables from margins
margins     the YAML file of a population; an invented country
census      people drawn from it, and what rules cost
people      rows as personas, one attribute less, JSON lines
answering   four modes of answering, two critics
analysis    leave-one-attribute-out, intersections, pass@k
[PersonalLLM 2024; PERSONA: Reproducible Testbed 2024]
"""

from __future__ import annotations

from personae.simulate.population.analysis import intersections, leave_one_out, pass_at_k
from personae.simulate.population.answering import MODES, answer, review
from personae.simulate.population.baselines import Library, serve
from personae.simulate.population.census import ImpossibleMargins, Population, joints, sample
from personae.simulate.population.fitting import Fitted, Margin, fit
from personae.simulate.population.histories import History, Pair, histories, part
from personae.simulate.population.margins import Margins, example, read_margins
from personae.simulate.population.mixtures import (
    Concentration,
    Standard,
    concentration,
    mixture_users,
    pair_disagreement,
    rewards,
    without_near,
)
from personae.simulate.population.people import lines, personas, read_people, row_of, without
from personae.simulate.population.scorers import Similarity, Support, TextScorer, offline_scorers, score_all

__all__ = [
    "MODES",
    "Concentration",
    "Fitted",
    "History",
    "ImpossibleMargins",
    "Library",
    "Margin",
    "Margins",
    "Pair",
    "Population",
    "Similarity",
    "Standard",
    "Support",
    "TextScorer",
    "answer",
    "concentration",
    "example",
    "fit",
    "histories",
    "intersections",
    "joints",
    "leave_one_out",
    "lines",
    "mixture_users",
    "offline_scorers",
    "pair_disagreement",
    "part",
    "pass_at_k",
    "personas",
    "read_margins",
    "read_people",
    "review",
    "rewards",
    "row_of",
    "sample",
    "score_all",
    "serve",
    "without",
    "without_near",
]
