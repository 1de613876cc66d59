"""Several prompts advanced in step: what mixes them, and how a token is picked from the mixture.

A *world* is one prompt: with the persona, without it, with somebody else's. At every token the model reads all worlds,
a *mix* turns their log-probabilities into one score per token, and one token is said in all of them. Who offers
`step_worlds` (here `HfModel` and `Embedded`) knows nothing of the formulas; the mixes (`personae.agent.decoding`) know
nothing of the model.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from personae.types import Settings

_T = TypeVar("_T")


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model.

    read:    gives the text each token adds, by id; "" for special tokens.
    ends:    ids that end a turn.
    vectors: gives the input embeddings, float32 of shape (tokens, dimensions); None where the model hides them.
    """

    read: Callable[[], tuple[str, ...]]
    ends: frozenset[int]
    vectors: Callable[[], Any] | None = None

    @functools.cached_property
    def pieces(self) -> tuple[str, ...]:
        """The text each token adds; read at first use, for there are many."""
        return self.read()

    def once(self, make: Callable[[Vocabulary], _T]) -> _T:
        """What `make` gives for this vocabulary, made at the first call and kept: indices over all tokens are dear."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(_T, self._made[make])

    @functools.cached_property
    def _made(self) -> dict[Any, Any]:
        return {}


class Blend(Protocol):
    """A mix at work on one answer."""

    def scores(self, logprobs: Any) -> Any:
        """One score per token, shape (tokens,), up to a constant a log-probability; `-inf` forbids a token.

        `logprobs` holds the natural-log probabilities in every world, shape (worlds, tokens).
        """
        ...

    def said(self, token: int) -> None:
        """The token that was taken; the next call of `scores` is about the one after it."""
        ...


class Mix(Protocol):
    """How worlds are mixed. A value without state; what moves during an answer lives in the `Blend`."""

    def begin(self, worlds: int, vocabulary: Vocabulary) -> Blend:
        """Start an answer. Raises `UsageError` if this mix cannot work with so many worlds."""
        ...


def normalised(scores: Any) -> Any:
    """Scores as log-probabilities: exp sums to 1 over the last axis.

    >>> import numpy as np
    >>> np.exp(normalised(np.log([2.0, 1.0, 1.0]))).tolist()
    [0.5, 0.25, 0.25]
    """
    import numpy as np

    top = scores.max(axis=-1, keepdims=True)
    shifted = scores - top
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def pick(scores: Any, settings: Settings, rng: Any) -> int:
    """The next token: the best one at temperature 0, else drawn with `rng` from the smallest set that holds `top_p`.

    >>> import numpy as np
    >>> pick(np.log([0.1, 0.7, 0.2]), Settings(temperature=0), None)
    1
    """
    import numpy as np

    if settings.temperature == 0:
        return int(scores.argmax())
    logprobs = normalised(np.asarray(scores, dtype=np.float64) / settings.temperature)
    kept = likeliest(logprobs, settings.top_p)
    share = np.exp(normalised(logprobs[kept]))
    return int(rng.choice(kept, p=share / share.sum()))


def likeliest(logprobs: Any, top_p: float) -> Any:
    """The fewest tokens that hold `top_p`, the likeliest first. A few are sorted where a few are enough."""
    import numpy as np

    for many in (1000, len(logprobs)):
        chosen = np.argpartition(-logprobs, many)[:many] if many < len(logprobs) else np.arange(len(logprobs))
        order = chosen[np.argsort(-logprobs[chosen], kind="stable")]
        reached = np.cumsum(np.exp(logprobs[order]))
        if reached[-1] >= top_p:
            break
    return order[: int(np.searchsorted(reached, top_p)) + 1]


def path_logprobs(mix: Mix, logprobs: Any, tokens: Sequence[int], vocabulary: Vocabulary) -> tuple[float, ...]:
    """How likely a mix is to say these tokens: one log-probability each, ≤ 0.

    `logprobs` has the shape (worlds, len(tokens), vocabulary): row t is read before token t is said.
    """
    blend = mix.begin(len(logprobs), vocabulary)
    path = []
    for place, token in enumerate(tokens):
        path.append(min(0.0, float(normalised(blend.scores(logprobs[:, place]))[token])))
        blend.said(token)
    return tuple(path)
