"""Contradicting memories are merged, told apart or kept: the refinement policy of CAFFEINE.

Commonsense-augmented Memory Construction and Management in Long-term Conversations (2024), as specified in 2.9 of
the faithfulness specification. Nothing is deleted: what was replaced stays, marked as superseded.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from personae.errors import ModelError, UsageError
from personae.memory.conflicts import EDGE, Conflict, conflicts_of, first_of, pairs_to_score, without
from personae.memory.facts import Fact, outranks, weaker_origin
from personae.memory.verdicts import Verdict, read_verdict, verdict_messages
from personae.models.pairs.unanswered import PairsUnanswered
from personae.types import CONTRADICTION, Model, Outcome, PairScorer, Settings, Usage

#: Temperature 1 and 500 tokens as in the paper.
SETTINGS = Settings(temperature=1.0, top_p=1.0, max_tokens=500)
#: After so many questions to the model, the rest is kept.
MAX_CALLS = 50
#: Pairs given to the scorer at once.
BATCH = 4096

Action = Literal["resolved", "disambiguated", "no_conflict", "given_wins", "kept"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one conflict.

    "resolved" and "disambiguated" replaced both facts by `produced`; "no_conflict" left both as the model said;
    "given_wins" set a stated fact above an expansion without a question; "kept" left both and `reason` tells why.
    `outcome` is how the model's answer ended, None where it was not asked.
    """

    conflict: Conflict
    action: Action
    outcome: Outcome | None = None
    produced: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refined:
    """All facts, old and new – the old ones in the order they came –, what was decided, and what it cost.

    `unscored` counts ordered pairs that the scorer had no answer for; they make no edge.
    """

    facts: tuple[Fact, ...]
    decisions: tuple[Decision, ...] = ()
    calls: int = 0
    usage: Usage = field(default=Usage())
    unscored: int = 0

    @property
    def active(self) -> tuple[Fact, ...]:
        """The facts that nothing has replaced."""
        return tuple(fact for fact in self.facts if fact.active)


async def refine(
    facts: Iterable[Fact],
    scorer: PairScorer,
    model: Model,
    *,
    settings: Settings = SETTINGS,
    max_calls: int = MAX_CALLS,
    edge: float = EDGE,
) -> Refined:
    """Settle the contradictions among the active facts of one person.

    The conflict graph has an edge where P(contradiction) ≥ `edge` in either direction. The edge with the most
    weight around it comes first (`conflicts.first_of`). A stated fact wins over an expansion without a question: it
    leaves the graph, the expansion stays in it. For any other edge the model is asked once, and both facts leave.
    When no edge is left, what is new is scored, and the graph is built again of conflicts nobody has decided, until
    there is none. Answers that cannot be read keep both facts; so does a model that fails, which is not asked again
    in this run, and a spent `max_calls`.

    Decided pairs are remembered in `Fact.beside`, so a second run over the result changes nothing and asks nothing.
    Pairs kept because the model failed or the calls were spent are open, and a later run takes them up.

    Raises UsageError if an id occurs twice or `max_calls` is negative, and the scorer's `ModelError` if it cannot be
    reached at the start; pairs it has no answer for are counted, and make no edge.

    >>> import asyncio
    >>> from personae.models import Scripted, ScriptedPairs
    >>> old, new = Fact("1", "I live in Porto."), Fact("2", "I live in Faro.", "extracted")
    >>> scorer = ScriptedPairs({(old.text, new.text): (0.95, 0.05, 0.0)})
    >>> done = asyncio.run(refine([old, new], scorer, Scripted(["[Resolution] I moved from Porto to Faro."])))
    >>> [fact.text for fact in done.active], done.facts[0].superseded_by
    (['I moved from Porto to Faro.'], ('1+2',))
    """
    if max_calls < 0:
        raise UsageError(f"max_calls is {max_calls!r}; give 0 or more")
    run = _Run(_by_id(facts), scorer, model, settings, max_calls, edge)
    await run.score(None)
    while graph := run.conflicts():
        before = set(run.facts)
        while graph:
            graph = without(graph, await run.decide(first_of(graph)))
        await run.score(run.facts.keys() - before)
        run.note_told_apart(run.facts.keys() - before)
    return Refined(tuple(run.facts.values()), tuple(run.decisions), run.calls, run.usage, run.unscored)


def _by_id(facts: Iterable[Fact]) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.id in found:
            raise UsageError(f"fact id {fact.id!r} is used twice; give each fact its own id")
        found[fact.id] = fact
    return found


@dataclass
class _Run:
    """The state of one refinement."""

    facts: dict[str, Fact]
    scorer: PairScorer
    model: Model
    settings: Settings
    max_calls: int
    edge: float
    weights: dict[tuple[str, str], float] = field(default_factory=dict)
    open: set[frozenset[str]] = field(default_factory=set)
    decisions: list[Decision] = field(default_factory=list)
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    unscored: int = 0
    down: str = ""

    async def score(self, new: Iterable[str] | None) -> None:
        """P(contradiction) of all pairs of active facts, or of those with at least one new fact."""
        active = [id for id, fact in self.facts.items() if fact.active]
        pairs = pairs_to_score(active, new)
        while batch := list(itertools.islice(pairs, BATCH)):
            rows = await self._rows(batch, first=new is None)
            for pair, row in zip(batch, rows, strict=True):
                if row[CONTRADICTION] >= self.edge:
                    self.weights[pair] = float(row[CONTRADICTION])

    async def _rows(self, batch: Sequence[tuple[str, str]], first: bool) -> Any:
        """Scores of a batch, NaN where there are none. What was paid for is not lost when a later round fails."""
        premises, hypotheses = zip(*((self.facts[a].text, self.facts[b].text) for a, b in batch), strict=True)
        try:
            return await self.scorer.score(premises, hypotheses)
        except PairsUnanswered as error:
            self.unscored += len(error.reasons)
            logger.warning("%s", error)
            return error.rows
        except ModelError as error:
            if first:
                raise
            self.unscored += len(batch)
            logger.warning("%d pairs with new facts could not be scored: %s", len(batch), error)
            return [(math.nan, math.nan, math.nan)] * len(batch)

    def conflicts(self) -> tuple[Conflict, ...]:
        """The edges that nobody has decided."""
        edges = conflicts_of(self.weights, edge=self.edge)
        return tuple(edge for edge in edges if edge.pair not in self.open and not self._settled(edge))

    def note_told_apart(self, new: Collection[str]) -> None:
        """Say where the scorer still sees a contradiction between two facts that the model has told apart."""
        for edge in conflicts_of(self.weights, edge=self.edge):
            if edge.pair <= set(new) and self._settled(edge):
                self._note(edge, "kept", reason="the model told them apart, the scorer does not")

    def _settled(self, edge: Conflict) -> bool:
        first, second = self.facts[edge.first], self.facts[edge.second]
        return not (first.active and second.active) or second.id in first.beside or first.id in second.beside

    async def decide(self, edge: Conflict) -> frozenset[str]:
        """Settle one conflict; the ids that leave the graph."""
        first, second = self.facts[edge.first], self.facts[edge.second]
        for one, other in ((first, second), (second, first)):
            if outranks(one, other):
                self._note(edge, "given_wins", reason=f"{one.id!r} is {one.origin}, {other.id!r} only {other.origin}")
                self._settle(edge)
                return frozenset({one.id})
        if self.down or self.calls >= self.max_calls:
            self._note(edge, "kept", reason=self.down or f"{self.max_calls} calls are spent")
            self.open.add(edge.pair)
        else:
            await self._ask(edge, first, second)
        return edge.pair

    async def _ask(self, edge: Conflict, first: Fact, second: Fact) -> None:
        self.calls += 1
        try:
            completion = await self.model.generate(verdict_messages(first, second), self.settings)
        except ModelError as error:
            self.down = f"the model failed: {error}"
            self._note(edge, "kept", "failed", reason=self.down)
            self.open.add(edge.pair)
            return
        self.usage += completion.usage
        verdict = read_verdict(completion.text) if completion.outcome == "answered" else None
        if verdict is None:
            outcome: Outcome = "unparsed" if completion.outcome == "answered" else completion.outcome
            self._note(edge, "kept", outcome, reason=f"the answer was {outcome}: {completion.text[:60]!r}")
            self._settle(edge)
        elif verdict.kind == "no_conflict":
            self._note(edge, "no_conflict", "answered")
            self._settle(edge)
        else:
            self._replace(edge, first, second, verdict)

    def _replace(self, edge: Conflict, first: Fact, second: Fact, verdict: Verdict) -> None:
        name = f"{first.id}+{second.id}"
        names = [name] if len(verdict.sentences) == 1 else [f"{name}.{n}" for n in (1, 2)]
        ids = tuple(self._unused(name) for name in names)
        for id, text in zip(ids, verdict.sentences, strict=True):
            self.facts[id] = _made_of(first, second, id, text, beside=tuple(other for other in ids if other != id))
        for fact in (first, second):
            self.facts[fact.id] = dataclasses.replace(fact, superseded_by=ids)
        self._note(edge, "resolved" if len(ids) == 1 else "disambiguated", "answered", ids)

    def _unused(self, id: str) -> str:
        while id in self.facts:
            id += "′"
        return id

    def _settle(self, edge: Conflict) -> None:
        for one, other in ((edge.first, edge.second), (edge.second, edge.first)):
            fact = self.facts[one]
            self.facts[one] = dataclasses.replace(fact, beside=tuple(sorted({*fact.beside, other})))

    def _note(
        self,
        edge: Conflict,
        action: Action,
        outcome: Outcome | None = None,
        produced: Sequence[str] = (),
        reason: str = "",
    ) -> None:
        self.decisions.append(Decision(edge, action, outcome, tuple(produced), reason))
        level = logging.WARNING if action == "kept" else logging.INFO
        logger.log(level, "%s and %s (P(C) %.2f): %s %s", edge.first, edge.second, edge.weight, action, reason)


def _made_of(first: Fact, second: Fact, id: str, text: str, beside: tuple[str, ...]) -> Fact:
    """A new fact with the provenance of both."""
    times = [fact.at for fact in (first, second) if fact.at]
    return Fact(
        id,
        text,
        weaker_origin(first, second),
        sources=tuple(dict.fromkeys((*first.sources, *second.sources))),
        fragments=tuple(dict.fromkeys((*first.fragments, *second.fragments))),
        at=max(times, default=None),
        replaces=(first.id, second.id),
        beside=beside,
    )
