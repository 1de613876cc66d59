"""Decisions in character as an Inspect task."""

from .lifechoice import lifechoice as lifechoice
