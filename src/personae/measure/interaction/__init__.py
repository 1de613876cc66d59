"""Drift after interaction: people fill in a questionnaire, write a story, alone or after a partner's, and fill it in
again. [LLM Agents in Interaction 2024]
"""

from personae.measure.interaction.drift import Claim, Person, TraitDrift, apart, claims, drift
from personae.measure.interaction.measure import Interaction
from personae.measure.interaction.questionnaire import ItemList, Questionnaire, administer, twenty
from personae.measure.interaction.recoverability import recoverability
from personae.measure.interaction.stories import Story, write
from personae.measure.interaction.word_categories import categories, function_word_counts

__all__ = [
    "Claim",
    "Interaction",
    "ItemList",
    "Person",
    "Questionnaire",
    "Story",
    "TraitDrift",
    "administer",
    "apart",
    "categories",
    "claims",
    "drift",
    "function_word_counts",
    "recoverability",
    "twenty",
    "write",
]
