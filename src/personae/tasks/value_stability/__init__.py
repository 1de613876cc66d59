"""Value stability as an Inspect task."""

from .value_stability import value_stability as value_stability
