"""Elicitation as an Inspect task."""

from .elicitation import elicitation as elicitation
