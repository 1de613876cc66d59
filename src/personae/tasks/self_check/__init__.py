"""Self-check as an Inspect task."""

from .self_check import self_check as self_check
