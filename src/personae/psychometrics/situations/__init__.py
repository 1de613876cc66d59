"""What would you advise? A test of behaviour in situations, with two answers that speak for a trait and two against.

After TRAIT ("Do LLMs Have Distinct and Consistent Personality?", 2024), whose files load too. `items` knows what a
situation is, `wording` how it is put, `asking` puts it in balanced orders, `scoring` makes numbers of the answers.
"""

from __future__ import annotations

from personae.psychometrics.situations.asking import ask_situation
from personae.psychometrics.situations.items import Situation, chosen, own_situations, read_situations
from personae.psychometrics.situations.scoring import ItemScore, TraitScore, score_items, score_traits
from personae.psychometrics.situations.wording import Template, read_trait_prompts, templates

__all__ = [
    "ItemScore",
    "Situation",
    "Template",
    "TraitScore",
    "ask_situation",
    "chosen",
    "own_situations",
    "read_situations",
    "read_trait_prompts",
    "score_items",
    "score_traits",
    "templates",
]
