"""SimOAP (2023): draw many replies, keep those that fit the question, take the one the persona entails best."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.decoding.best_of import BestOf
from personae.agent.decoding.scores import ECHO_WEIGHT, echoed, last_said
from personae.agent.reading import placed, readable
from personae.agent.roles import Decoded, OnText, Prompted, Scores
from personae.errors import UsageError
from personae.metrics.tfidf import TfIdf
from personae.persona.convert import ensure_stop
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import ENTAILMENT, Message, Model, PairScorer, Settings

#: Candidates that pass the first sieve at least.
FEWEST_KEPT = 16


@dataclass(frozen=True)
class SimOAP:
    """Over-sampling, then two sieves.

    1. Coherence: TF-IDF cosine with the last user turn, weights fitted on that turn and the candidates, minus `echo`
       times the share of word pairs taken over from it; for this cosine alone would reward the parrot. The best
       `keep` stay; None is a twentieth, as in the paper, but at least 16: of few replies the sieve loses the ones that
       keep to the persona (benchmarks/results/decoding.md). All stay when nobody has said anything yet.
    2. Consistency, which decides: P(entailment) of the candidate by the whole persona. A persona without statements
       entails nothing; then coherence decides.

    The paper draws 2,000 replies by top-k sampling with k = 100; `n` = 16 is what a CPU can pay. Settings know no
    top-k: temperature 1 with `top_p` .95 cuts the tail by its mass instead of its length. `temperature` and
    `top_p` of None leave the agent's own.
    """

    scorer: PairScorer
    n: int = 16
    keep: int | None = None
    echo: float = ECHO_WEIGHT
    temperature: float | None = 1.0
    top_p: float | None = 0.95

    def __post_init__(self) -> None:
        if self.keep is not None and self.keep < 1:
            raise UsageError(f"SimOAP keeps at least 1 candidate, not {self.keep!r}")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """Samples `n` replies and takes the best."""
        changes = {"temperature": self.temperature, "top_p": self.top_p}
        hot = dataclasses.replace(settings, **{key: value for key, value in changes.items() if value is not None})  # type: ignore[arg-type]
        return await BestOf(self.n, self.rank)(model, prompted, hot, persona=persona, on_text=on_text)

    async def rank(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> Scores:
        """Scores "nearness", "echo" and "coherence" of all, "consistency" of those that were kept."""
        coherence = self._coherence(last_said(context, "user"), candidates)
        total, statements = coherence["coherence"], own_texts(persona)
        if not statements:
            kept = self._kept(total)
            return {"score": placed(kept, [total[index] for index in kept], len(total)), **coherence}
        read = readable(self.scorer, candidates, "candidates")
        kept = [read[place] for place in self._kept([total[index] for index in read])]
        whole = " ".join(ensure_stop(statements[place]) for place in readable(self.scorer, statements, "statements"))
        rows = await self.scorer.score([whole] * len(kept), [candidates[index] for index in kept])
        consistency = placed(kept, rows[:, ENTAILMENT], len(candidates))
        return {"score": consistency, "consistency": consistency, **coherence}

    def _coherence(self, query: str, candidates: Sequence[str]) -> dict[str, list[float]]:
        nearness = TfIdf.fit([query, *candidates]).similarities(query, candidates)
        echo = [echoed(text, query) for text in candidates]
        total = [near - self.echo * share for near, share in zip(nearness, echo, strict=True)]
        return {"nearness": nearness, "echo": echo, "coherence": total}

    def _kept(self, coherence: Sequence[float]) -> list[int]:
        keep = self.keep or max(FEWEST_KEPT, len(coherence) // 20)
        if not any(coherence):
            keep = len(coherence)
        ordered = sorted(range(len(coherence)), key=lambda index: -coherence[index])
        return sorted(ordered[:keep])
