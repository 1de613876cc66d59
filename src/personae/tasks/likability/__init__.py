"""Likability as an Inspect task."""

from .likability import likability as likability
