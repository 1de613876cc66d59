"""Personalization tests as Inspect tasks: questions with options, and pairs of replies."""

from .preference_choice import persona_choice as persona_choice
from .preference_choice import preference_choice as preference_choice
