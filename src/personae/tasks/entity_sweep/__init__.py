"""The entity audit as an Inspect task."""

from .entity_sweep import entity_sweep as entity_sweep
