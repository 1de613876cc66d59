"""Beliefs about groups as an Inspect task."""

from .group_beliefs import group_beliefs as group_beliefs
