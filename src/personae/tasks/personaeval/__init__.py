"""Role identification as an Inspect task."""

from .personaeval import personaeval as personaeval
