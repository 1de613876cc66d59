"""Internal consistency as an Inspect task."""

from .internal_consistency import internal_consistency as internal_consistency
