"""The distraction test as an Inspect task."""

from .distraction import distraction as distraction
