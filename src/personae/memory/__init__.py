"""What an agent remembers: the role `Memory`, `Window`, the newest messages that fit, and `refine`, which settles facts
that contradict each other."""

from personae.memory.facts import Fact
from personae.memory.refine import Refined, refine
from personae.memory.roles import Memory, Recalled, Recollection
from personae.memory.window import Window

__all__ = ["Fact", "Memory", "Recalled", "Recollection", "Refined", "Window", "refine"]
