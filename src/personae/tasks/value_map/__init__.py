"""Value map as an Inspect task."""

from .value_map import value_map as value_map
