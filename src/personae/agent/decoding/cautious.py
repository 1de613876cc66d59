"""Cautious decoding: where the model is unsure, try several ways to the next mark and go the least surprised one.

[Cautious Next Token Prediction, 2025]
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from personae.agent.decoding.worlds import MixedDecoded, fallback
from personae.agent.roles import Decode, OnText, Prompted
from personae.errors import ModelUnreachable, UsageError
from personae.models.branches import Branches, has_branches, walk_branches
from personae.models.mixes import likeliest, normalised
from personae.persona.persona import Persona
from personae.types import Completion, Model, Settings, StopReason, Usage

#: The paper's text and its code turn the entropy into a number of trials in two ways.
Variant = Literal["code", "paper"]

#: Entropies from one trial to the most, in nats.
LOW, HIGH = 0.01, 1.5
#: A trial ends with the first token that holds one of these, or after so many tokens.
MARKS, LONGEST = frozenset(".,\n?!:;)]}"), 40


def trials(entropy: float, variant: Variant = "code", most: int = 10) -> int:
    """How many ways are tried at this entropy in nats: f = clamp((H − .01) / 1.49, 0, 1), then for "code"
    ⌊1 + (most − 1)·f⌋, for "paper" ⌊most·f⌋, at least 1.

    >>> [trials(h) for h in (0, 0.5, 1.5)], [trials(h, "paper") for h in (0, 0.5, 1.5)]
    ([1, 3, 10], [1, 3, 10])
    """
    f = min(1.0, max(0.0, (entropy - LOW) / (HIGH - LOW)))
    if variant == "code":
        return int(1 + (most - 1) * f)
    return max(1, min(most, math.floor(most * f + 1e-9)))


@dataclass(frozen=True, slots=True)
class CautiousDecoded(MixedDecoded):
    """What `Cautious` gives.

    entropies: at every place where it was decided how many ways to try, in nats; `tried` how many they were.
    logprobs:  of each token of the answer, under the distribution it was drawn from.
    computed:  tokens that were computed for the tokens of the answer; the ratio is the cost factor.
    """

    entropies: tuple[float, ...] = ()
    tried: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = field(default=(), repr=False)
    computed: int = 0

    @property
    def cost(self) -> float | None:
        """Tokens computed for each token said; None for an answer without any."""
        return self.computed / len(self.logprobs) if self.logprobs else None

    @property
    def perplexity(self) -> float | None:
        """exp of the mean −ln p of the answer's tokens; None for an answer without any."""
        return math.exp(-math.fsum(self.logprobs) / len(self.logprobs)) if self.logprobs else None


@dataclass(frozen=True)
class Cautious:
    """Samples token by token; where the entropy is high, several continuations up to the next mark, of which the one
    with the lowest perplexity is kept.

    variant:   how entropy becomes a number of trials, see `trials`; the two differ between the ends.
    most:      the most trials; 1 is plain sampling, token by token.
    otherwise: what answers when the model hides its distributions (any API model). Without it such a model raises
               `UsageError`.

    Entropy and perplexity are of the distribution that is drawn from, after temperature and top-p; the paper takes
    temperature .6 or 1.2 and top-p .9. At temperature 0 nothing is uncertain, and nothing is tried.
    """

    variant: Variant = "code"
    most: int = 10
    otherwise: Decode | None = None

    def __post_init__(self) -> None:
        if self.variant not in ("code", "paper") or self.most < 1:
            raise UsageError(f"variant {self.variant!r} with {self.most!r} trials; give code or paper, and 1 or more")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> MixedDecoded:
        """The answer with its trace; `on_text` hears it whole."""
        if not has_branches(model):
            return await fallback(
                self.otherwise, "Cautious", model, prompted, settings, persona=persona, on_text=on_text
            )
        walk = _Walk(self, settings)
        completion = await walk_branches(model, prompted.messages, settings, walk)
        if on_text is not None:
            on_text(completion.text)
        return walk.decoded(completion)

    def along(self, branches: Branches, settings: Settings) -> CautiousDecoded:
        """The same along branches at hand."""
        walk = _Walk(self, settings)
        return walk.decoded(walk(branches))


class _Walk:
    """One answer under way."""

    def __init__(self, how: Cautious, settings: Settings) -> None:
        import numpy as np

        self.how, self.settings, self.rng = how, settings, np.random.default_rng(settings.seed)
        self.said: list[int] = []
        self.logprobs: list[float] = []
        self.entropies: list[float] = []
        self.tried: list[int] = []
        self.computed = 0

    def __call__(self, branches: Branches) -> Completion:
        started = time.perf_counter()
        stop: StopReason | None = None
        while stop is None:
            if time.perf_counter() - started >= self.settings.timeout_s:
                raise ModelUnreachable(
                    f"no answer within {self.settings.timeout_s:g} s; raise `timeout_s` or lower `max_tokens`"
                )
            (next_one,) = branches.logprobs()
            ids, shares = warped(next_one, self.settings)
            self.entropies.append(entropy(shares))
            self.tried.append(trials(self.entropies[-1], self.how.variant, self.how.most))
            if self.tried[-1] == 1:
                token, logprob = draw(ids, shares, self.rng)
                self.computed += 1
                stop = self._keep(branches, [token], [logprob])
                if stop is None:
                    branches.add([token])
            else:
                best = self._try(branches, next_one)
                stop = self._keep(branches, best.tokens, best.logprobs)
                if stop is None:
                    branches.keep(best.row, len(best.tokens))
        text = self._text(branches, self.said)
        usage = Usage(branches.read, self.computed, 0, time.perf_counter() - started)
        return Completion(text, usage, stop)

    def _try(self, branches: Branches, next_one: Any) -> _Trial:
        """The best of several ways to the next mark."""
        under_way = [_Trial(row) for row in range(self.tried[-1])]
        branches.fork(len(under_way))
        rows = [next_one] * len(under_way)
        while True:
            for trial in under_way:
                if not trial.over:
                    trial.take(*draw(*warped(rows[trial.row], self.settings), self.rng))
                    trial.over = self._over(branches, trial.tokens)
                    self.computed += 1
            if all(trial.over for trial in under_way):
                # the last tokens are read as well, so that the one that is kept can be gone on from
                branches.add([None if trial.closed else trial.close() for trial in under_way])
                return min(under_way, key=lambda trial: trial.surprise)
            branches.add([None if trial.closed else trial.close() if trial.over else trial.tokens[-1]
                          for trial in under_way])  # fmt: skip
            rows = branches.logprobs()

    def _over(self, branches: Branches, tokens: list[int]) -> bool:
        """Whether a trial ends here: at a mark, the end of the answer, or its longest."""
        vocabulary, last = branches.vocabulary, tokens[-1]
        if last in vocabulary.ends or MARKS.intersection(vocabulary.pieces[last]):
            return True
        if len(tokens) >= min(LONGEST, self.settings.max_tokens - len(self.said)):
            return True
        return bool(self.settings.stop) and self._cut(branches.text([*self.said, *tokens])) is not None

    def _keep(self, branches: Branches, tokens: list[int], logprobs: list[float]) -> StopReason | None:
        """Say these tokens; how the answer ends, if it ends with them."""
        self.said += tokens
        self.logprobs += logprobs
        if tokens[-1] in branches.vocabulary.ends:
            return "stop"
        if self.settings.stop and self._cut(branches.text(self.said)) is not None:
            return "stop"
        return "length" if len(self.said) >= self.settings.max_tokens else None

    def _text(self, branches: Branches, said: list[int]) -> str:
        ended = said[-1] in branches.vocabulary.ends
        text = branches.text(said[:-1] if ended else said)
        return text[: self._cut(text)]

    def _cut(self, text: str) -> int | None:
        return min((at for mark in self.settings.stop if (at := text.find(mark)) >= 0), default=None)

    def decoded(self, completion: Completion) -> CautiousDecoded:
        trace = tuple(self.entropies), tuple(self.tried), tuple(self.logprobs), self.computed
        made = partial(CautiousDecoded, completion, entropies=trace[0], tried=trace[1], logprobs=trace[2])
        shown = " ".join(f"{h:.2f}/{n}" for h, n in zip(*trace[:2], strict=True))
        cost = self.computed / len(self.said)
        return made(computed=self.computed, note=f"{cost:.2f} tokens computed for each one said; H/trials {shown}")


@dataclass(slots=True)
class _Trial:
    """One way to the next mark. `closed` once its last token was handed over."""

    row: int
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    over: bool = False
    closed: bool = False

    def take(self, token: int, logprob: float) -> None:
        self.tokens.append(token)
        self.logprobs.append(logprob)

    def close(self) -> int:
        self.closed = True
        return self.tokens[-1]

    @property
    def surprise(self) -> float:
        """The log of its perplexity."""
        return -math.fsum(self.logprobs) / len(self.logprobs)


def warped(logprobs: Any, settings: Settings) -> tuple[Any, Any]:
    """The tokens that may be drawn, the likeliest first, and their probabilities, which sum to 1.

    >>> import numpy as np
    >>> ids, shares = warped(np.log([0.1, 0.6, 0.3]), Settings(temperature=1.0, top_p=0.8))
    >>> ids.tolist(), shares.round(3).tolist()
    ([1, 2], [0.667, 0.333])
    """
    import numpy as np

    if settings.temperature == 0:
        return np.array([int(logprobs.argmax())]), np.ones(1)
    scaled = normalised(np.asarray(logprobs, dtype=np.float64) / settings.temperature)
    kept = likeliest(scaled, settings.top_p)
    shares = np.exp(normalised(scaled[kept]))
    return kept, shares / shares.sum()


def entropy(shares: Any) -> float:
    """Of a distribution, in nats.

    >>> import numpy as np
    >>> round(entropy(np.array([0.5, 0.5, 0.0])), 4)
    0.6931
    """
    import numpy as np

    positive = shares[shares > 0]
    return max(0.0, -float((positive * np.log(positive)).sum()))


def draw(ids: Any, shares: Any, rng: Any) -> tuple[int, float]:
    """A token drawn as `models.mixes.pick` draws it, and its log-probability."""
    place = int(rng.choice(len(ids), p=shares))
    return int(ids[place]), math.log(shares[place])
