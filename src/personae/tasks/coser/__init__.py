"""Given-circumstance acting as an Inspect task."""

from .coser import coser as coser
