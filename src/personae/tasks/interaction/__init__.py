"""Drift after interaction as an Inspect task."""

from .interaction import interaction as interaction
