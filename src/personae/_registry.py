"""What Inspect finds under the name `personae` (entry point group `inspect_ai`): lazy factories, nothing else.

Inspect loads this file at the first use of any model in the environment, so it imports tasks (which
import nothing of ours until they are called) and no model.
"""

from __future__ import annotations

from inspect_ai.model import ModelAPI, modelapi

from personae.tasks.author_traits import author_traits as author_traits
from personae.tasks.bbq import bbq as bbq
from personae.tasks.behaviour_chain import behaviour_chain as behaviour_chain
from personae.tasks.cloning import cloning as cloning
from personae.tasks.consistency import consistency as consistency
from personae.tasks.consistency.scorers import apc as apc
from personae.tasks.consistency.scorers import c_score as c_score
from personae.tasks.consistency.scorers import coh_con as coh_con
from personae.tasks.consistency.scorers import delta_apc as delta_apc
from personae.tasks.consistency.scorers import entailed_share as entailed_share
from personae.tasks.consistency.scorers import recoverability as recoverability
from personae.tasks.consistency.scorers import self_contradiction as self_contradiction
from personae.tasks.consistency.scorers import uncontradicted as uncontradicted
from personae.tasks.continue_as import continue_as as continue_as
from personae.tasks.coser import coser as coser
from personae.tasks.cost import cost as cost
from personae.tasks.crows_pairs import crows_pairs as crows_pairs
from personae.tasks.deception import deception as deception
from personae.tasks.distraction import distraction as distraction
from personae.tasks.drift import drift as drift
from personae.tasks.elicitation import elicitation as elicitation
from personae.tasks.entity_sweep import entity_sweep as entity_sweep
from personae.tasks.grounding import grounding as grounding
from personae.tasks.group_beliefs import group_beliefs as group_beliefs
from personae.tasks.harm import harm as harm
from personae.tasks.identity_cards import identity_cards as identity_cards
from personae.tasks.implicit_personalization import implicit_personalization as implicit_personalization
from personae.tasks.interaction import interaction as interaction
from personae.tasks.internal_consistency import internal_consistency as internal_consistency
from personae.tasks.lifechoice import lifechoice as lifechoice
from personae.tasks.likability import likability as likability
from personae.tasks.memory_recall import memory_recall as memory_recall
from personae.tasks.mmrole import mmrole as mmrole
from personae.tasks.persona_inconstancy import persona_inconstancy as persona_inconstancy
from personae.tasks.persona_tax import persona_tax as persona_tax
from personae.tasks.personaeval import personaeval as personaeval
from personae.tasks.personagym import personagym as personagym
from personae.tasks.personality import personality as personality
from personae.tasks.preference_choice import persona_choice as persona_choice
from personae.tasks.preference_choice import preference_choice as preference_choice
from personae.tasks.private_documents import private_documents as private_documents
from personae.tasks.psyplay import psyplay as psyplay
from personae.tasks.questionnaire import big_five as big_five
from personae.tasks.questionnaire import honesty as honesty
from personae.tasks.questionnaire import questionnaire as questionnaire
from personae.tasks.questionnaire import value_survey as value_survey
from personae.tasks.reasoning_loss import reasoning_loss as reasoning_loss
from personae.tasks.safety_gate import safety_gate as safety_gate
from personae.tasks.say_do import say_do as say_do
from personae.tasks.self_check import self_check as self_check
from personae.tasks.self_knowledge import self_knowledge as self_knowledge
from personae.tasks.sharp import sharp as sharp
from personae.tasks.style import style as style
from personae.tasks.style_adaptation import style_adaptation as style_adaptation
from personae.tasks.superposition import superposition as superposition
from personae.tasks.trait_accuracy import trait_accuracy as trait_accuracy
from personae.tasks.trait_mcq import trait_mcq as trait_mcq
from personae.tasks.user_invariance import user_invariance as user_invariance
from personae.tasks.value_map import value_map as value_map
from personae.tasks.value_stability import value_stability as value_stability
from personae.tasks.with_and_without import with_and_without as with_and_without


@modelapi(name="personae")
def personae() -> type[ModelAPI]:
    """Models named `personae/embedded`, `personae/embedded/PATH` and `personae/http/MODEL`."""
    from personae.models._inspect_providers import PersonaeAPI

    return PersonaeAPI
