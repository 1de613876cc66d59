"""The consistency family as Inspect scorers, for any log in which the assistant plays a persona.

inspect score LOG --scorer personae/apc -S persona=my-persona.yaml
inspect score LOG --scorer personae/self_contradiction

Every sample is one talk. What could not be scored is unscored with its reason, never a zero.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

if TYPE_CHECKING:
    from personae.measure.consistency.matrix import Exchange, Matrix
    from personae.types import PairScorer

OfMatrix = Callable[["Matrix"], float | None]


@scorer(metrics=[mean(), stderr()])
def apc(persona: str, pair_scorer: str = "embedded", raw: bool = False) -> Scorer:
    """APC / statements, 0 … 1, the mean over the replies of a talk; the full matrix is in the metadata.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
        raw: The expected number of satisfied statements instead; compares replies of one persona only.
    """
    from personae.measure.consistency import apc as forms

    form = forms.apc if raw else forms.apc_share

    def value(matrix: Matrix) -> float | None:
        found = forms.over_turns(form(matrix.asked, matrix.entailment, matrix.contradiction))
        return found.mean if found else None

    return _of_matrix(persona, pair_scorer, value, "no reply to a query", whole=True)


@scorer(metrics=[mean(), stderr()])
def delta_apc(persona: str, pair_scorer: str = "embedded") -> Scorer:
    """ΔAPC / Σ p_rel of a talk: 1 when everything asked for is shown, 0 for neutral replies, below when contradicted.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
    """
    from personae.measure.consistency.apc import delta_apc_per_asked

    def value(matrix: Matrix) -> float | None:
        return delta_apc_per_asked(matrix.asked, matrix.entailment, matrix.contradiction)

    return _of_matrix(persona, pair_scorer, value, "nothing was asked")


@scorer(metrics=[mean(), stderr()])
def c_score(persona: str, pair_scorer: str = "embedded") -> Scorer:
    """Entailed less contradicted statements, the mean over the replies of a talk.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
    """
    from personae.measure.consistency import family

    return _of_matrix(persona, pair_scorer, lambda matrix: family.c_score(matrix.kinds))


@scorer(metrics=[mean(), stderr()])
def entailed_share(persona: str, pair_scorer: str = "embedded") -> Scorer:
    """Share of the replies of a talk that entail a statement.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
    """
    from personae.measure.consistency import family

    return _of_matrix(persona, pair_scorer, lambda matrix: family.entailed_share(matrix.kinds))


@scorer(metrics=[mean(), stderr()])
def uncontradicted(persona: str, pair_scorer: str = "embedded") -> Scorer:
    """Share of the replies of a talk that contradict no statement.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
    """
    from personae.measure.consistency import family

    return _of_matrix(persona, pair_scorer, lambda matrix: family.uncontradicted_share(matrix.kinds))


@scorer(metrics=[mean(), stderr()])
def coh_con(persona: str, pair_scorer: str = "embedded") -> Scorer:
    """Share of the replies of a talk that answer their query, entail a statement and contradict none.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
    """
    from personae.measure.consistency import family

    return _of_matrix(persona, pair_scorer, lambda matrix: family.coh_con(matrix.kinds, matrix.coherence).coh_con)


@scorer(metrics=[mean(), stderr()])
def self_contradiction(pair_scorer: str = "embedded", last: int | None = None) -> Scorer:
    """Share of the assistant's turns that contradict an earlier one of its own.

    Args:
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
        last: Compare with this many earlier turns only; with all when not given.
    """
    from personae.measure.consistency.self_contradiction import self_contradictions

    async def judge(pairs: PairScorer, exchanges: list[Exchange]) -> Score:
        checks = await self_contradictions(pairs, [each.reply for each in exchanges], last=last)
        comparable = [check for check in checks if check.probability is not None]
        if not comparable:
            return Score.unscored(reason="no reply could be compared with an earlier one")
        flagged = [check.to_data() for check in comparable if check.flagged]
        metadata = {"flagged": flagged, "compared": len(comparable), "scorer": _facts(pairs)}
        return Score(value=len(flagged) / len(comparable), metadata=metadata)

    return _of_replies(pair_scorer, judge)


@scorer(metrics=[mean(), stderr()])
def recoverability(persona: str, pair_scorer: str = "embedded", others: int = 4, seed: int = 0) -> Scorer:
    """1 where the persona's own profile fits the talk best among those of others, ties shared.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
        others: Profiles of other personas to tell this one from; chance is 1 / (others + 1).
        seed: Seed of their choice.
    """
    from personae.measure.consistency.matrix import guard_of, hypotheses
    from personae.measure.consistency.measure import other_profiles
    from personae.measure.consistency.recoverability import profile_fit, recovered
    from personae.persona.find import find

    who, readable = find(persona), guard_of(pair_scorer)
    own = [each.text for each in hypotheses(who, readable)[0]]
    profiles = [own, *other_profiles(who, others, readable, seed=seed)]

    async def judge(pairs: PairScorer, exchanges: list[Exchange]) -> Score:
        if not own or len(profiles) < 2:
            return Score.unscored(reason="no statements, or no other profile to tell them from")
        fits = await profile_fit(pairs, [each.reply for each in exchanges], profiles)
        found = recovered([fits])
        return Score(value=found.hit_rate, metadata={"margin": found.margins[0], "fits": fits, "scorer": _facts(pairs)})

    return _of_replies(pair_scorer, judge)


def _of_matrix(
    persona: str, pair_scorer: str, value: OfMatrix, why_none: str = "nothing to score", *, whole: bool = False
) -> Scorer:
    """A scorer that reads one number off the matrix of a talk."""
    from personae.measure.consistency.cells import violated, worst
    from personae.measure.consistency.matrix import consistency_matrix, guard_of
    from personae.persona.find import find

    who, readable = find(persona), guard_of(pair_scorer)

    async def judge(pairs: PairScorer, exchanges: list[Exchange]) -> Score:
        matrix = await consistency_matrix(pairs, who, exchanges, readable=readable)
        if not matrix.exchanges or not matrix.statements:
            return Score.unscored(reason=_counted(matrix.missing) or "the persona has no statements")
        number = value(matrix)
        if number is None:
            return Score.unscored(reason=why_none)
        lowest = worst(matrix)
        metadata: dict[str, Any] = {
            "worst": lowest.to_data() if lowest else None,
            "violated": [cell.to_data() for cell in violated(matrix)],
            "missing": dict(matrix.missing),
            "scorer": dict(matrix.scorer),
        }
        return Score(value=number, metadata=metadata | ({"matrix": matrix.to_data()} if whole else {}))

    return _of_replies(pair_scorer, judge)


def _of_replies(pair_scorer: str, judge: Callable[[PairScorer, list[Exchange]], Awaitable[Score]]) -> Scorer:
    """A scorer of the exchanges of a talk; the pair scorer is opened now, so that a wrong name fails at once."""
    from personae.models.registry import open_pair_scorer

    pairs = open_pair_scorer(pair_scorer)

    async def score(state: TaskState, target: Target) -> Score:
        exchanges = [each for each in _exchanges(state) if each.reply]
        if not exchanges:
            return Score.unscored(reason="empty")
        found = await judge(pairs, exchanges)
        return found.model_copy(update={"answer": exchanges[-1].reply})

    return score


def _exchanges(state: TaskState) -> list[Exchange]:
    """The talk of a sample: turns a measure of ours observed, else its messages, else its output alone."""
    from personae.measure.consistency.matrix import Exchange, exchanges_of
    from personae.types import Message

    observation = state.store.get("observation") or {}
    turns = observation.get("data", {}).get("turns")
    if turns:
        return [Exchange(str(turn["turn"]), turn["user"], turn["reply"].strip()) for turn in turns]
    said = [
        Message("user" if message.role == "user" else "assistant", message.text)
        for message in state.messages
        if message.role in ("user", "assistant") and message.text.strip()
    ]
    if not any(message.role == "assistant" for message in said):
        said.append(Message("assistant", state.output.completion))
    return list(exchanges_of(said))


def _facts(pairs: PairScorer) -> dict[str, str]:
    return {"name": pairs.name, **pairs.provenance}


def _counted(missing: Any) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in missing.items())
