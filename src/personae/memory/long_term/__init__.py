"""What lasts: an agent's memory over a store. Turns are kept word for word, a profile is read from them, and both come
back in later talks."""

from personae.memory.long_term.believed import Believed
from personae.memory.long_term.forgetting import forget, forget_belief
from personae.memory.long_term.memory import LongTerm

__all__ = ["Believed", "LongTerm", "forget", "forget_belief"]
