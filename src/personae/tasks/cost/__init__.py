"""Cost as an Inspect task."""

from .cost import cost as cost
