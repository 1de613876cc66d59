"""The deception matrix as an Inspect task."""

from .deception import deception as deception
