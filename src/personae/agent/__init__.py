"""One turn of a persona: recall → prompt → decode → refine → keep."""

from personae.agent.agent import Agent
from personae.agent.decoding import BestOf, Sample
from personae.agent.prompting import RolePlayPrompt
from personae.agent.roles import Adapt, Candidate, Decode, Decoded, Prompt, Prompted, Refine, Section, Turn

__all__ = [
    "Adapt",
    "Agent",
    "BestOf",
    "Candidate",
    "Decode",
    "Decoded",
    "Prompt",
    "Prompted",
    "Refine",
    "RolePlayPrompt",
    "Sample",
    "Section",
    "Turn",
]
