"""Populations of which everything is known, to try a question policy on: attributes that hang together in blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from personae.errors import UsageError
from personae.measure.elicitation.policy import PastUsers, QuestionPolicy, past_users, predicted
from personae.stats.clustered import clustered_share
from personae.types import Measurement

BUDGET = 5  #: questions, as published


def blocks(n: int, *, count: int = 4, size: int = 5, flip: float = 0.02, seed: int = 0) -> list[dict[str, str]]:
    """`n` users with `count` · `size` yes-no attributes: a fair bit a block, and each attribute of it flipped at times.

    >>> [len(user) for user in blocks(2)]
    [20, 20]
    """
    if n < 1 or count < 1 or size < 1 or not 0 <= flip <= 1:
        raise UsageError(f"n={n!r}, count={count!r}, size={size!r}, flip={flip!r}: give counts ≥ 1 and flip in 0 … 1")
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (n, count)).repeat(size, axis=1)
    table = bits ^ (rng.random((n, count * size)) < flip)
    names = [f"b{block}a{place}" for block in range(count) for place in range(size)]
    return [{name: "yes" if bit else "no" for name, bit in zip(names, row, strict=True)} for row in table]


def question_trial(
    past: Sequence[Mapping[str, str]],
    new: Sequence[Mapping[str, str]],
    policy: QuestionPolicy,
    *,
    budget: int = BUDGET,
    name: str = "rest_known",
) -> Measurement:
    """The share of unasked attributes of new users that are right after `budget` questions; 95 % interval by user.

    >>> from personae.measure.elicitation.policy import InformationGain
    >>> found = question_trial(blocks(200, seed=1), blocks(20, seed=2), InformationGain())
    >>> found.value > 0.9, found.details["budget"]
    (True, 5)
    """
    known = past_users(past)
    rows = {str(number): _rest(known, user, policy, budget) for number, user in enumerate(new)}
    found = clustered_share(rows)
    if found.value is None:
        return Measurement(name, reason="no new user has an attribute that was not asked for", unit="share")
    details = {"policy": policy.name, "budget": budget, "past": known.n, "new": len(rows)}
    return Measurement(name, found.value, None, found.low, found.high, found.n, unit="share", details=details)


def answered_questions(past: PastUsers, user: Mapping[str, str], policy: QuestionPolicy, budget: int) -> dict[str, str]:
    """What a user says to up to `budget` questions of the policy, in the order asked; what they do not know is "".

    Raises UsageError for a budget below 1.
    """
    if budget < 1:
        raise UsageError(f"budget is {budget!r}; give at least one question")
    answers: dict[str, str] = {}
    while len(answers) < budget and (attribute := policy(past, answers)) is not None:
        answers[attribute] = user.get(attribute, "")
    return answers


def _rest(past: PastUsers, user: Mapping[str, str], policy: QuestionPolicy, budget: int) -> list[bool]:
    answers = answered_questions(past, user, policy, budget)
    guesses = predicted(past, answers)
    return [guess == user[attribute] for attribute, guess in guesses.items() if attribute in user]
