"""The situational behaviour test as an Inspect task."""

from .trait_mcq import trait_mcq as trait_mcq
