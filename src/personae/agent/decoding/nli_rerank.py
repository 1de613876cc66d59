"""Re-ranking by natural language inference (Welleck et al. 2019; RCDG 2020): what contradicts the persona sinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.decoding.best_of import BestOf
from personae.agent.decoding.scores import fresh_wording
from personae.agent.decoding.select import decided
from personae.agent.reading import placed, readable
from personae.agent.roles import Decoded, OnText, Prompted, Score, Scores
from personae.errors import UsageError
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, Message, Model, PairScorer, Settings


@dataclass(frozen=True)
class NLIRerank:
    """s' = s − weight · (s₍₁₎ − s₍k₎) · max P(C) over the statements; P(C) counts where contradiction is the likeliest.

    s is the score by `base`, s₍k₎ its k-th largest value (the smallest where there are fewer than k). So with the
    paper's weight λ = 1 and k = 10 a sure contradiction falls from the first place to the tenth's level; `weight` = 0
    is the order of `base`. With λ ≤ 1 nothing below the k-th place can come to the top, and is set aside unread.
    """

    scorer: PairScorer
    base: Score = fresh_wording
    n: int = 10
    k: int = 10
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.k < 1 or self.weight < 0:
            raise UsageError(f"NLIRerank needs k ≥ 1 and a weight ≥ 0, not {self.k!r} and {self.weight!r}")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """Samples `n` replies and takes the best."""
        return await BestOf(self.n, self.rank)(model, prompted, settings, persona=persona, on_text=on_text)

    async def rank(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> Scores:
        """Scores "base" of all; "contradiction" of those that were read."""
        base = await decided(self.base, context, persona, candidates)
        statements = own_texts(persona)
        if not statements or self.weight == 0:
            return {"score": base, "base": base}
        statements = [statements[place] for place in readable(self.scorer, statements, "statements")]
        ordered = sorted(readable(self.scorer, candidates, "candidates"), key=lambda index: -base[index])
        first, last = base[ordered[0]], base[ordered[: self.k][-1]]
        read = ordered[: self.k] if self.weight <= 1 else ordered
        worst = await contradictions(self.scorer, [candidates[index] for index in read], statements)
        sunk = [base[i] - (self.weight * (first - last) * p if p else 0.0) for i, p in zip(read, worst, strict=True)]
        score, contradiction = placed(read, sunk, len(base)), placed(read, worst, len(base))
        return {"score": score, "base": base, "contradiction": contradiction}


async def contradictions(scorer: PairScorer, texts: Sequence[str], statements: Sequence[str]) -> list[float]:
    """For every text its surest contradiction: the largest P(C) among the statements where C is the likeliest label.

    0 where no statement is contradicted. All pairs go to the scorer in one call.
    """
    premises = [text for text in texts for _ in statements]
    rows = await scorer.score(premises, list(statements) * len(texts))
    counted = rows[:, CONTRADICTION] * (rows.argmax(axis=1) == CONTRADICTION)
    return [float(value) for value in counted.reshape(len(texts), len(statements)).max(axis=1)]
