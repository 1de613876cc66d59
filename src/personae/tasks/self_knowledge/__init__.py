"""Self-knowledge as an Inspect task."""

from .self_knowledge import self_knowledge as self_knowledge
