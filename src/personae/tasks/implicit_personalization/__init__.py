"""The implicit-personalization audit as an Inspect task."""

from .implicit_personalization import implicit_personalization as implicit_personalization
