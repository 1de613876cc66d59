"""Putting an instrument to respondents: conditions, wording, three routes to an answer, one loop.

`design` says who answers what under which conditions, `orders` and `wording` how it is shown, `prompt` what is read;
`routes` gets an answer, `parse` and `batch` read one, `shares` turns log-probabilities into a distribution; `asking`
makes a row of it, `loop` all rows, `folder` keeps them.
"""

from __future__ import annotations

from personae.psychometrics.administration.asking import ask_item
from personae.psychometrics.administration.design import Cell, Design, Respondent, respondent_of, simulated
from personae.psychometrics.administration.loop import Administration, administer, calls
from personae.psychometrics.administration.orders import first_orders, orders
from personae.psychometrics.administration.parse import Options, read_choice
from personae.psychometrics.administration.routes import ANSWER, best_route, scoring_method
from personae.psychometrics.administration.wording import LABEL_SETS, template_names

__all__ = [
    "ANSWER",
    "LABEL_SETS",
    "Administration",
    "Cell",
    "Design",
    "Options",
    "Respondent",
    "administer",
    "ask_item",
    "best_route",
    "calls",
    "first_orders",
    "orders",
    "read_choice",
    "respondent_of",
    "scoring_method",
    "simulated",
    "template_names",
]
