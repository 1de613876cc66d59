"""Style adaptation as an Inspect task."""

from .style_adaptation import style_adaptation as style_adaptation
