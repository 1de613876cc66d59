"""Continuing a chat as one of its speakers, as an Inspect task."""

from .continue_as import continue_as as continue_as
