"""What a persona answers to a questionnaire, how far its answers can be trusted, and whether a score may be printed."""

from __future__ import annotations

from personae.measure.personality.measure import Personality

__all__ = ["Personality"]
