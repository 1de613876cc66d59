"""Maximum mutual information (Li et al. 2016): a reply that fits any message is worth less than one that fits this.

Also the plain likelihood of a reply, per token or in all. Both need a model that scores whole texts exactly.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.decoding.best_of import BestOf
from personae.agent.decoding.scores import last_said
from personae.agent.roles import Decoded, OnText, Prompted, Scores
from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.types import Message, Model, OptionScores, Settings

#: How the model is asked for the message behind a reply.
BACKWARDS = 'Somebody answered: "{reply}"\nWhich message was this the answer to? Write that message only.'
#: Scored beside a text that would stand alone, since a model compares at least two.
_FILLERS = ("Hello.", "Well.")


@dataclass(frozen=True)
class Likelihood:
    """log p(reply | talk) by a model; per token unless `per_token` is off, so that short replies have no start."""

    model: Model
    per_token: bool = True

    async def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> Scores:
        """The likelihood, natural log, ≤ 0, with "tokens". Raises UsageError for a model that only picks letters."""
        logprobs, tokens = await _likelihoods(self.model, context, candidates)
        score = [value / count for value, count in zip(logprobs, tokens, strict=True)] if self.per_token else logprobs
        return {"score": score, "logprob": logprobs, "tokens": [float(count) for count in tokens]}


@dataclass(frozen=True)
class MMI:
    """log p(R | M, v) + backward · log p(M | R) + length · |R|, |R| in tokens; M is the last user turn, v the persona.

    The paper tunes its weights; .5 and .1 are where to start tuning on your own talks. With both 0 it is the plain
    likelihood. `model` scores (None: the one that samples). log p(M | R) is the likelihood of M as the answer to our
    question which message R replied to: one more call per candidate. Without a user turn there is nothing to
    predict, and that term is left out.
    """

    n: int = 16
    backward: float = 0.5
    length: float = 0.1
    model: Model | None = None

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """Samples `n` replies and takes the best."""
        scored_by = dataclasses.replace(self, model=self.model or model)
        return await BestOf(self.n, scored_by.rank)(model, prompted, settings, persona=persona, on_text=on_text)

    async def rank(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> Scores:
        """Scores "forward", "backward" (natural logs) and "tokens". Raises UsageError without an exact model."""
        if self.model is None:
            raise UsageError("MMI ranks given candidates by a model; write MMI(model=…)")
        forward, tokens = await _likelihoods(self.model, context, candidates)
        score = [value + self.length * count for value, count in zip(forward, tokens, strict=True)]
        columns: dict[str, list[float]] = {"forward": forward, "tokens": [float(count) for count in tokens]}
        message = last_said(context, "user").strip()
        if message and self.backward:
            back = [await self._back(self.model, message, text) for text in candidates]
            score = [value + self.backward * logprob for value, logprob in zip(score, back, strict=True)]
            columns["backward"] = back
        return {"score": score, **columns}

    async def _back(self, model: Model, message: str, reply: str) -> float:
        asked = (Message("user", BACKWARDS.format(reply=reply.strip())),)
        return (await _likelihoods(model, asked, [message]))[0][0]


async def _likelihoods(
    model: Model, context: Sequence[Message], texts: Sequence[str]
) -> tuple[list[float], tuple[int, ...]]:
    """Natural log-likelihood and number of tokens of each text as the next turn. Equal texts are scored once."""
    distinct = list(dict.fromkeys(text.strip() for text in texts))
    fillers = [filler for filler in _FILLERS if filler not in distinct][:1] if len(distinct) == 1 else []
    found = await model.logprobs(context, [*distinct, *fillers])
    _check(model, found)
    place = {text: index for index, text in enumerate(distinct)}
    rows = [place[text.strip()] for text in texts]
    return [found.logprobs[row] for row in rows], tuple(found.tokens[row] for row in rows)


def _check(model: Model, found: OptionScores) -> None:
    if found.method != "exact":
        raise UsageError(
            f"{model.name!r} scores options by {found.method!r}; the likelihood of whole replies needs a model that "
            "scores every token: the embedded one, one on Transformers, or an endpoint that returns prompt logprobs"
        )
