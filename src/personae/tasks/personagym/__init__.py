"""PersonaGym as an Inspect task."""

from .personagym import personagym as personagym
