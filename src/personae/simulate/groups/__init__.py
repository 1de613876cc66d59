"""Groups: people answer in private, talk it over, and answer in private again.

The protocol is that of Persona Inconstancy in Multi-Agent LLM Collaboration (2024).
"""

from personae.simulate.groups.forming import entropy_bits, form, partitions, speaks_for, with_member
from personae.simulate.groups.many import Session, hold, hold_to, load_session
from personae.simulate.groups.members import Member
from personae.simulate.groups.protocol import WORDINGS, Staging, discuss, onboard
from personae.simulate.groups.question import Question, bundled, load_questions
from personae.simulate.groups.talk import GroupTalk, Opinion, camps

__all__ = [
    "WORDINGS",
    "GroupTalk",
    "Member",
    "Opinion",
    "Question",
    "Session",
    "Staging",
    "bundled",
    "camps",
    "discuss",
    "entropy_bits",
    "form",
    "hold",
    "hold_to",
    "load_questions",
    "load_session",
    "onboard",
    "partitions",
    "speaks_for",
    "with_member",
]
