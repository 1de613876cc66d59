"""How much persona each strategy of emotional support carries.

Source: PAL (2023). It adds α times the difference the persona makes; the guidance weight is w = 1 + α.
"""

from __future__ import annotations

from typing import Literal, get_args

from personae.errors import UsageError

Strategy = Literal[
    "question",
    "restatement",
    "reflection",
    "self-disclosure",
    "affirmation",
    "suggestions",
    "information",
    "other",
]

#: PAL's order.
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

#: α of each strategy (PAL 2023): what is about the partner's situation gains, what is about the talk itself does not.
ALPHAS: dict[Strategy, float] = dict(zip(STRATEGIES, (0.0, 0.75, 0.0, 0.0, 0.75, 0.75, 0.75, 0.375), strict=True))


def strategy_weight(strategy: str) -> float:
    """The guidance weight w = 1 + α of a strategy, for `Guidance`. Raises `UsageError` for an unknown name.

    >>> strategy_weight("affirmation"), strategy_weight("question")
    (1.75, 1.0)
    """
    for known, alpha in ALPHAS.items():
        if known == strategy:
            return 1 + alpha
    raise UsageError(f"no strategy is called {strategy!r}; known are {', '.join(STRATEGIES)}")
