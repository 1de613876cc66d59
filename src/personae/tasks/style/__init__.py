"""Style as an Inspect task."""

from .style import style as style
