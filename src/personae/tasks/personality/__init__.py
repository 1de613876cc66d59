"""Personality as an Inspect task."""

from .personality import personality as personality
