"""Say and do as an Inspect task."""

from .say_do import say_do as say_do
