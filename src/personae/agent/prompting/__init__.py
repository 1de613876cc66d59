"""What the model reads: the role-play prompt, its parts and its budget."""

from personae.agent.prompting.fitting import fitting
from personae.agent.prompting.role_play import RolePlayPrompt, called, opening

__all__ = ["RolePlayPrompt", "called", "fitting", "opening"]
