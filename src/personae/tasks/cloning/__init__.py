"""Person cloning as an Inspect task."""

from .cloning import cloning as cloning
