"""PsyPlay as an Inspect task."""

from .psyplay import psyplay as psyplay
