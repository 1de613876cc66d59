"""What an agent remembers: the role `Memory`, and `Window`, the newest messages that fit."""

from personae.memory.roles import Memory, Recalled
from personae.memory.window import Window

__all__ = ["Memory", "Recalled", "Window"]
