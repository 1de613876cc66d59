"""The formulas that mix worlds: guidance along the persona, and pragmatic self-consciousness. Numbers only, no model.

World 0 is always the persona's own. All log-probabilities are natural; nothing leaves log space, so nothing
underflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personae.errors import UsageError
from personae.models.mixes import Blend, Vocabulary, normalised

#: Beyond this a mixture stops being language (spec range of the intensity knob).
MAX_INTENSITY = 2.5

#: What is less likely than e⁻¹⁰⁰ without the persona counts as e⁻¹⁰⁰: a token cannot gain by being absurd there.
FLOOR = -100.0

#: Stands for −∞ where worlds are compared, so that a token no world can say leaves the belief as it was.
IMPOSSIBLE = -1e4


@dataclass(frozen=True)
class Guidance:
    """Classifier-free guidance: `z = z₀ + w·(z_p − z₀)`, with the persona's world first and one without it second.

    `w` is how much persona the answer carries: 0 none, 1 the plain prompt, above 1 more than the prompt alone gives;
    0 ≤ w ≤ 2.5. PAL (2023) writes the same as (1 + α)·z_p − α·z₀, so w = 1 + α; the attention routing of Zheng et al.
    (2020) has α in 0 … 1 and maps to w = α.

    `plausible` forbids, where w > 1, tokens less likely than this share of the plain prompt's best one: what is absurd
    in both worlds may otherwise win by being less absurd in one (contrastive decoding, Li et al. 2023, has 0.1). 0 is
    the formula as it stands.
    """

    w: float = 1.75  # α = .75, PAL's strongest strategy
    plausible: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.plausible <= 1:
            raise UsageError(f"plausible is {self.plausible!r}; give a share of the best token's probability, 0 … 1")
        if not 0 <= self.w <= MAX_INTENSITY:
            raise UsageError(f"the intensity w is {self.w!r}; give 0 (no persona) … {MAX_INTENSITY} (1: plain prompt)")

    def begin(self, worlds: int, vocabulary: Vocabulary) -> Blend:
        """Two worlds: with the persona, without it."""
        if worlds != 2:
            raise UsageError(f"guidance mixes 2 worlds, the persona's and one without it, not {worlds!r}")
        return _Guided(self.w, self.plausible)


@dataclass(frozen=True)
class _Guided:
    w: float
    plausible: float

    def scores(self, logprobs: Any) -> Any:
        return guided(logprobs[0], logprobs[1], self.w, self.plausible)

    def said(self, token: int) -> None:
        pass


def guided(persona: Any, none: Any, w: float, plausible: float = 0.0) -> Any:
    """`none + w·(persona − none)` on log-probabilities, normalised; exactly one of the two at w = 0 and w = 1.

    >>> import numpy as np
    >>> p, none = np.log([0.7, 0.2, 0.1]), np.log([0.4, 0.4, 0.2])
    >>> np.exp(guided(p, none, 1.75)).round(5).tolist()
    [0.85654, 0.09564, 0.04782]
    """
    import numpy as np

    if w in (0, 1):
        return persona if w == 1 else none
    floored = np.maximum(none, FLOOR)
    mixed = np.where(np.isneginf(persona), persona, floored + w * (np.maximum(persona, FLOOR) - floored))
    if plausible and w > 1:
        mixed = np.where(persona < persona.max() + np.log(plausible), -np.inf, mixed)
    return normalised(mixed)


@dataclass(frozen=True)
class SelfConscious:
    """Rational speech acts (Kim et al. 2020): say what a listener would take for this persona's words.

    The listener knows all worlds: `L₀(i|u) ∝ S₀(u|i)^β · p_t(i)` over the worlds, for every token u. The speaker wants
    to be told apart: `S₁(u) ∝ S₀(u|0) · L₀(0|u)^α` over the vocabulary. What was said moves the listener's belief:
    `p_{t+1}(i) = L₀(i|u_t)`, with p₀ uniform. α = 0 is the plain persona prompt, exactly.

    Defaults are for speaking (α 2, β ½); `RANKING` is for ranking (α 8, β 1). The paper uses three worlds.
    """

    alpha: float = 2.0
    beta: float = 0.5

    def __post_init__(self) -> None:
        if self.alpha < 0 or self.beta < 0:
            raise UsageError(f"alpha and beta must be ≥ 0, got {self.alpha!r} and {self.beta!r}")

    def begin(self, worlds: int, vocabulary: Vocabulary) -> Blend:
        """At least two worlds: the persona's first, then distractors."""
        if worlds < 2:
            raise UsageError(f"self-consciousness needs the persona's world and others to differ from, not {worlds!r}")
        return Listener(self.alpha, self.beta, worlds)


#: For ranking given replies by their mean log S₁ per token.
RANKING = SelfConscious(alpha=8.0, beta=1.0)


class Listener:
    """What a listener believes while an answer is spoken. `log_prior` has the shape (worlds,)."""

    def __init__(self, alpha: float, beta: float, worlds: int) -> None:
        import numpy as np

        self.alpha, self.beta = alpha, beta
        self.log_prior = np.full(worlds, -np.log(worlds))
        self._read: Any = None

    def scores(self, logprobs: Any) -> Any:
        """log S₁ over the vocabulary, normalised."""
        self._read = logprobs
        if self.alpha == 0:
            return logprobs[0]
        return speaker(logprobs[0], listener(logprobs, self.log_prior, self.beta)[0], self.alpha)

    def said(self, token: int) -> None:
        """The belief after hearing a token of the last `scores`."""
        self.log_prior = listener(self._read[:, token : token + 1], self.log_prior, self.beta)[:, 0]


def listener(logprobs: Any, log_prior: Any, beta: float) -> Any:
    """log L₀(world | token), shape (worlds, tokens): every column is normalised over the worlds.

    A token that no world can say leaves the listener with its prior.

    >>> import numpy as np
    >>> two = np.log([[0.5, 0.3, 0.2], [0.5, 0.1, 0.4]])
    >>> np.exp(listener(two, np.log([0.5, 0.5]), 1.0))[0].round(4).tolist()
    [0.5, 0.75, 0.3333]
    """
    import numpy as np

    joint = beta * np.maximum(logprobs, IMPOSSIBLE) + np.asarray(log_prior, dtype=logprobs.dtype)[:, None]
    top = joint.max(axis=0)
    return joint - (top + np.log(np.exp(joint - top).sum(axis=0)))


def speaker(persona: Any, log_l0: Any, alpha: float) -> Any:
    """log S₁ over the tokens, normalised; S₀ unchanged at α = 0.

    >>> import numpy as np
    >>> two = np.log([[0.5, 0.3, 0.2], [0.5, 0.1, 0.4]])
    >>> np.exp(speaker(two[0], listener(two, np.log([0.5, 0.5]), 1.0)[0], 1.0)).round(5).tolist()
    [0.46154, 0.41538, 0.12308]
    """
    return persona if alpha == 0 else normalised(persona + alpha * log_l0)
