"""Replies beside reference replies as an Inspect task."""

from .mmrole import mmrole as mmrole
