"""Consistency as an Inspect task, and its scorers for any log."""

from .consistency import consistency as consistency
