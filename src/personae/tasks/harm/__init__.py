"""The harm audit as an Inspect task."""

from .harm import harm as harm
