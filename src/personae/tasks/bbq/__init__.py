"""BBQ as an Inspect task."""

from .bbq import bbq as bbq
