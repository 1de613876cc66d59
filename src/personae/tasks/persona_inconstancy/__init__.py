"""Persona inconstancy as an Inspect task."""

from .persona_inconstancy import persona_inconstancy as persona_inconstancy
