"""Drift as an Inspect task."""

from .drift import drift as drift
