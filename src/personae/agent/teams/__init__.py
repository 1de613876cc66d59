"""Several readers of one prompt answer together: with the persona, without it, and one who judges between them."""

from __future__ import annotations

from personae.agent.teams.confusion import Confusion
from personae.agent.teams.evaluator import Decision, Evaluator, Expected, ModelEvaluator, decide, expected
from personae.agent.teams.jekyll_hyde import JekyllHyde, TeamDecoded, final_answer

__all__ = [
    "Confusion",
    "Decision",
    "Evaluator",
    "Expected",
    "JekyllHyde",
    "ModelEvaluator",
    "TeamDecoded",
    "decide",
    "expected",
    "final_answer",
]
