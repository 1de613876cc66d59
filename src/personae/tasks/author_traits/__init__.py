"""Traits called forth by questions as an Inspect task."""

from .author_traits import author_traits as author_traits
