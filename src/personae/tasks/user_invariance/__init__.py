"""User invariance as an Inspect task."""

from .user_invariance import user_invariance as user_invariance
