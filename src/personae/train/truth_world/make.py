"""From seeds to numbers: does the network know what a truthful agent would say where it has never seen it?

Both worlds are trained with each seed. Beside the answers stands what a probe reads before them: by question, where
a memory of who says what is enough, and by operator, where only a persona helps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, get_args

import numpy as np

from personae.errors import UsageError
from personae.measure.answer_probe import probe, shuffled
from personae.measure.items import difference
from personae.train.truth_world.network import Network, OnStep, Recipe, answers, inside, trained
from personae.train.truth_world.world import HELD_OUT_AGENTS, Kind, World, world
from personae.types import Measurement

#: A network that says less than this of its training rows has not learned its world, and is counted apart.
LEARNED = 0.95
#: Questions a probe is trained on, of 380.
QUESTIONS = 60


@dataclass(frozen=True, slots=True)
class Trained:
    """One network.

    learned:   share of the training rows it says as its agents do.
    agreement: share of the held-out rows, where the rules differ, on which it says what the agent's rule gives: the
               mean over agents; `by_agent` has each.
    auc:       truthful answers told from others before they are said, on unseen questions ("question") and for unseen
               operators ("operator"); "shuffled" is the mean over labels dealt out anew. Empty without probes.
    """

    kind: Kind
    seed: int
    learned: float
    agreement: float
    by_agent: dict[int, float]
    auc: dict[str, float | None]


def train_one(
    kind: Kind, seed: int, recipe: Recipe | None = None, *, probes: bool = True, on_step: OnStep | None = None
) -> Trained:
    """Train a network on a world of this kind and see what it does where it was not trained."""
    made = world(kind, seed)
    network = trained(made.train, recipe or Recipe(), seed, on_step)
    rows = made.held_out.telling
    right = answers(network, rows) == rows.says
    by_agent = {agent: float(right[rows.agent == agent].mean()) for agent in HELD_OUT_AGENTS}
    return Trained(
        kind,
        seed,
        float((answers(network, made.train) == made.train.says).mean()),
        sum(by_agent.values()) / len(by_agent),
        by_agent,
        aucs(network, made, seed) if probes else {},
    )


def aucs(network: Network, made: World, seed: int) -> dict[str, float | None]:
    """What a probe reads before the answers to rows of the training part."""
    rows = made.train.telling
    drawn = np.random.default_rng(seed).choice(np.unique(rows.question), QUESTIONS, replace=False)
    rows = rows.only(np.isin(rows.question, drawn))
    said = answers(network, rows)
    ruled = (said == rows.true) | (said == rows.false)
    rows, said = rows.only(ruled), said[ruled]
    states, truthful = inside(network, rows), (said == rows.true).astype(int).tolist()
    by_question = probe(states, truthful, rows.question.tolist(), seed=seed)
    by_operator = probe(states, truthful, rows.operator.tolist(), folds=4, inner=3, seed=seed)
    null = shuffled(states, truthful, rows.question.tolist(), times=3, seed=seed)
    return {"question": by_question.auc.value, "operator": by_operator.auc.value, "shuffled": sum(null) / len(null)}


def study(
    seeds: Sequence[int] = (0, 1, 2),
    recipe: Recipe | None = None,
    *,
    probes: bool = True,
    say: Callable[[Trained], None] = lambda _: None,
    on_step: OnStep | None = None,
) -> tuple[Trained, ...]:
    """Both worlds with every seed, in order; `say` hears of each network when it is done."""
    if not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise UsageError(f"seeds are {list(seeds)!r}; give one or more from 0 on, each once")
    found = []
    for seed in seeds:
        for kind in get_args(Kind):
            found.append(train_one(kind, seed, recipe, probes=probes, on_step=on_step))
            say(found[-1])
    return tuple(found)


def persona_effect(found: Sequence[Trained]) -> Measurement:
    """Agreement in the persona world less that in the control, paired by seed; networks that did not learn are counted.

    >>> two = [Trained(kind, 0, 1.0, share, {}, {}) for kind, share in (("persona", 0.9), ("control", 0.5))]
    >>> round(persona_effect(two).value, 3)
    0.4
    """
    sides: dict[str, dict[str, float]] = {kind: {} for kind in get_args(Kind)}
    lost = {"not learned": sum(one.learned < LEARNED for one in found)}
    for one in found:
        if one.learned >= LEARNED:
            sides[one.kind][str(one.seed)] = one.agreement
    lost = {reason: count for reason, count in lost.items() if count}
    effect = difference("truth_world", sides["persona"], sides["control"], lost, unit="share")
    if effect.low is None or effect.high is None:
        return effect
    return replace(effect, low=max(-1.0, effect.low), high=min(1.0, effect.high))


def report(found: Sequence[Trained], recipe: Recipe) -> dict[str, Any]:
    """Everything as plain JSON data."""
    return {
        "recipe": asdict(recipe),
        "networks": [asdict(one) for one in found],
        "persona_effect": persona_effect(found).to_dict(),
    }
