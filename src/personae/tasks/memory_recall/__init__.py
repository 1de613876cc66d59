"""Evidence recall as an Inspect task."""

from .memory_recall import memory_recall as memory_recall
