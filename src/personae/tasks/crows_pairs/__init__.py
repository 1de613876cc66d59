"""CrowS-Pairs as an Inspect task."""

from .crows_pairs import crows_pairs as crows_pairs
