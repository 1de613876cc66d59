"""A second look at a draft: mend what contradicts the persona, ask again, or tell one of its stories."""

from personae.agent.refinement.by_model import ByModel
from personae.agent.refinement.from_statement import from_statement
from personae.agent.refinement.minimal_edit import Change, Edit, MinimalEdit, edit
from personae.agent.refinement.spans import ReplySpan, contradicting_spans
from personae.agent.refinement.stories import Stories, TellStory
from personae.agent.refinement.verify import Attempt, Verified, VerifyAndRetry

__all__ = [
    "Attempt",
    "ByModel",
    "Change",
    "Edit",
    "MinimalEdit",
    "ReplySpan",
    "Stories",
    "TellStory",
    "Verified",
    "VerifyAndRetry",
    "contradicting_spans",
    "edit",
    "from_statement",
]
