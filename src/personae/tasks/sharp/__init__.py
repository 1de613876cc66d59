"""Stance under social relation as an Inspect task."""

from .sharp import sharp as sharp
