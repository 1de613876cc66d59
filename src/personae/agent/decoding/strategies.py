"""How much persona each strategy of emotional support carries.

Source: PAL (2023). It adds α times the difference the persona makes; the guidance weight is w = 1 + α.
"""

from __future__ import annotations

import re
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

#: What ESConv (2021) calls them where a reply is labelled, in lower case.
LABELS: dict[str, Strategy] = {
    "questions": "question", "restatement or paraphrasing": "restatement", "reflection of feelings": "reflection",
    "affirmation and reassurance": "affirmation", "providing suggestions": "suggestions", "others": "other",
    **{name: name for name in STRATEGIES},
}  # fmt: skip


def tagged(reply: str) -> tuple[Strategy | None, str]:
    """The strategy a reply is labelled with, and its text; None where it has no label, or one that is not known.

    >>> tagged("[Reflection of feelings] That must have hurt."), tagged("[sighs] Go on.")
    (('reflection', 'That must have hurt.'), (None, '[sighs] Go on.'))
    """
    match = re.match(r"\s*\[([A-Za-z -]{1,40})\]\s*", reply)
    strategy = LABELS.get(match[1].lower()) if match else None
    return strategy, reply[match.end() :] if match and strategy else reply


def strategy_weight(strategy: str) -> float:
    """The guidance weight w = 1 + α of a strategy, for `Guidance`. Raises `UsageError` for an unknown name.

    >>> strategy_weight("affirmation"), strategy_weight("question")
    (1.75, 1.0)
    """
    for known, alpha in ALPHAS.items():
        if known == strategy:
            return 1 + alpha
    raise UsageError(f"no strategy is called {strategy!r}; known are {', '.join(STRATEGIES)}")
