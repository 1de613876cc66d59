"""Pairs judged by asking a language model: the relation of a reply to a statement, and whether a text bears on it.

The three questions are those of APC (Peng and Shang, 2024: relevant to the query, entailed, contradicted), the last two
asked as one; the wording in `texts/` is ours. A general model is no calibrated scorer, and small ones answer by habit.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.models.many import Question, Result, logprobs_many
from personae.models.pairs.checks import check_pairs
from personae.models.pairs.unanswered import PairsUnanswered
from personae.types import Message, Model, OptionScores, PairScorer, Side

_FIELD = re.compile(r"\{(statement|text|choices)\}")


def open_judge_pairs(model: str | None, **options: Any) -> PairScorer:
    """`JudgePairs` on a model named as in `open_model`; `limit` goes to the judge, other options to the model."""
    from personae.models.registry import open_model

    if not model:
        raise UsageError("'judge' needs a model to ask: judge/embedded, judge/http/MODEL, judge/openai/MODEL")
    limit = options.pop("limit", 20)
    return JudgePairs(open_model(model, **options), limit)


@dataclass(frozen=True, slots=True)
class JudgePairs:
    """A language model that is asked about each pair, at most `limit` calls at a time.

    Where the model tells how likely each choice is, a question is put once per choice, each choice standing once in
    each place, and the probabilities are averaged: the preference for a place cancels. Where its answer can only be
    read, that answer gets probability 1; an unreadable one is asked for once more with the choices in another order.

    Raises `PairsUnanswered` when a pair has no answer then: refused, empty, cut off, unreadable, or too long for the
    model. Errors that would meet every pair (keys, rates, an unreachable server) come as they are.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> judge = JudgePairs(Scripted(option_scores={"open": -9.0, "confirmed": -0.1, "contradicted": -9.0}))
    >>> asyncio.run(judge.score(["My dog is called Bo."], ["I have a dog."])).round(2).tolist()
    [[0.0, 0.0, 1.0]]
    """

    model: Model
    limit: int = 20

    @property
    def name(self) -> str:
        """ "judge/" and the model's name."""
        return f"judge/{self.model.name}"

    @property
    def provenance(self) -> Mapping[str, str]:
        """The model's name, its fingerprint where it has one, and that of our wording. No gate was measured."""
        fingerprint = getattr(self.model, "fingerprint", None)
        checkpoint = self.model.name + (f"@{fingerprint}" if fingerprint else "")
        return {"checkpoint": checkpoint, "data": "none", "validity": "unmeasured", "wording": _wording()[1]}

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """P(contradiction), P(neutral), P(entailment): float32 of shape (pairs, 3)."""
        check_pairs(premises, hypotheses)
        return await self._judge("relation", hypotheses, premises)

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: Side = "reply") -> Any:
        """P(yes): float32 of shape (pairs,)."""
        check_pairs(statements, texts)
        return (await self._judge(to, statements, texts))[:, 1]

    async def _judge(self, use: str, statements: Sequence[str], texts: Sequence[str]) -> Any:
        import numpy as np

        options = tuple(_wording()[0][use]["options"])
        answers = await self._ask(use, options, statements, texts)
        rows = [answer.shares or (math.nan,) * len(options) for answer in answers]
        table = np.array(rows, dtype=np.float32).reshape(len(rows), len(options))
        reasons = {place: answer.reason for place, answer in enumerate(answers) if not answer.shares}
        if reasons:
            place = min(reasons)
            raise PairsUnanswered(
                f"{self.name!r} gave no answer for {len(reasons)} of {len(rows)} pairs, first for "
                f"{texts[place][:80]!r} and {statements[place][:80]!r}: {reasons[place]}; try another model",
                table if use == "relation" else table[:, 1],
                reasons,
            )
        return table

    async def _ask(
        self, use: str, options: tuple[str, ...], statements: Sequence[str], texts: Sequence[str]
    ) -> list[_Vote]:
        """Every pair with the choices as written; then, in turned orders, the pairs that still need it."""
        pairs = list(zip(statements, texts, strict=True))
        votes: list[list[_Vote]] = [[] for _ in pairs]
        for turn in range(len(options)):
            order = options[turn:] + options[:turn]
            places = [place for place, got in enumerate(votes) if _unsettled(got)]
            questions: list[Question] = [(_question(use, order, *pairs[place]), order) for place in places]
            results = await logprobs_many(self.model, questions, limit=self.limit)
            for place, result in zip(places, results, strict=True):
                votes[place].append(_read(result, order, options))
        return [_settled(got) for got in votes]


@dataclass(frozen=True, slots=True)
class _Vote:
    """One answer: probabilities in the order of the options, or the reason why there are none."""

    shares: tuple[float, ...] = ()
    reason: str = ""
    parsed: bool = False


def _question(use: str, order: Sequence[str], statement: str, text: str) -> tuple[Message, ...]:
    fields = {"statement": statement, "text": text, "choices": f"{', '.join(order[:-1])} or {order[-1]}"}
    asked = _FIELD.sub(lambda found: fields[found[1]], _wording()[0][use]["question"])
    return (Message("system", _wording()[0]["system"]), Message("user", asked))


def _read(result: Result[OptionScores], order: Sequence[str], options: Sequence[str]) -> _Vote:
    """What one call says of one pair; an error that would meet every pair is raised."""
    scores = result.value
    if scores is None:
        if isinstance(result.error, BadResponse | ContextOverflow):
            return _Vote(reason=f"failed: {result.error}")
        raise result.error or BadResponse("a call ended with neither an answer nor an error; ask again")
    if scores.best() is None:
        return _Vote(reason=scores.outcome if scores.outcome != "answered" else "unparsed")
    top = max(scores.logprobs)
    weights = {option: math.exp(score - top) for option, score in zip(order, scores.logprobs, strict=True)}
    total = sum(weights.values())
    return _Vote(tuple(weights[option] / total for option in options), parsed=scores.method == "parsed")


def _unsettled(votes: Sequence[_Vote]) -> bool:
    """Whether to ask (again): never after a read choice, and at most once more after an unreadable one."""
    return not any(vote.parsed for vote in votes) and sum(not vote.shares for vote in votes) < 2


def _settled(votes: Sequence[_Vote]) -> _Vote:
    """The mean of the answered votes, or the last reason."""
    answered = [vote.shares for vote in votes if vote.shares]
    if not answered:
        return votes[-1]
    return _Vote(tuple(sum(column) / len(answered) for column in zip(*answered, strict=True)))


@cache
def _wording() -> tuple[Any, str]:
    """The texts, and what changes when they do."""
    from ruamel.yaml import YAML

    text = (files(__package__) / "texts" / "judge.en.yaml").read_text("utf-8")
    return YAML(typ="safe").load(text), hashlib.sha256(text.encode()).hexdigest()[:12]
