"""Superposition as an Inspect task."""

from .superposition import superposition as superposition
