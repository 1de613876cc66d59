"""Trait accuracy as an Inspect task."""

from .trait_accuracy import trait_accuracy as trait_accuracy
