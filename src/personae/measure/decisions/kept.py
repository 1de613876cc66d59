"""An answered multiple-choice question as plain JSON, and back: a log can be summarised again without a model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from personae.models.choices import Answer, Asked, Mcq
from personae.types import OptionScores, Usage


def to_data(asked: Asked) -> dict[str, Any]:
    """What came of the question, without its prompt: options, answers in each order, and words cut from the context.

    >>> to_data(Asked(Mcq("q", "?", ("a", "b"), 1), ()))["gold"]
    1
    """
    return {
        "question": asked.mcq.question,
        "options": list(asked.mcq.options),
        "gold": asked.mcq.gold,
        "outcome": asked.outcome if asked.answers else "failed",
        "shares": [round(share, 6) for share in asked.shares] if asked.answered else [],
        "cut_words": asked.cut,
        "answers": [_answer(answer) for answer in asked.answers],
    }


def from_data(id: str, data: Mapping[str, Any]) -> Asked:
    """The inverse of `to_data`; the prompt and the usage are gone."""
    mcq = Mcq(id, data["question"], tuple(data["options"]), data["gold"])
    return Asked(mcq, tuple(_restored(answer) for answer in data["answers"]), data["cut_words"])


def _answer(answer: Answer) -> dict[str, Any]:
    scores = answer.scores
    return {
        "logprobs": [None if value == -math.inf else round(value, 6) for value in scores.logprobs],
        "tokens": list(scores.tokens),
        "method": scores.method,
        "outcome": scores.outcome,
        "order": list(answer.order),
        "again": list(answer.again),
        "why": answer.why,
    }


def _restored(data: Mapping[str, Any]) -> Answer:
    logprobs = tuple(-math.inf if value is None else value for value in data["logprobs"])
    scores = OptionScores(logprobs, tuple(data["tokens"]), data["method"], data["outcome"], Usage())
    return Answer(scores, tuple(data["order"]), tuple(data["again"]), data["why"])
