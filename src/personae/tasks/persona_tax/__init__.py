"""The persona tax as an Inspect task."""

from .persona_tax import persona_tax as persona_tax
