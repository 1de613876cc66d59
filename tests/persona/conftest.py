"""Arbitrary personas for property tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("personae", deadline=None, max_examples=60)
settings.load_profile("personae")
