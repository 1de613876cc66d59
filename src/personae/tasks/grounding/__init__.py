"""Grounding as an Inspect task."""

from .grounding import grounding as grounding
