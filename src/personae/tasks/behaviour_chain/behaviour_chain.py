"""Behaviour chains: does the model go on behaving as the character did, step after step?

"How Far are LLMs from Being Our Digital Twins? A Benchmark for Persona-Based Behavior Chain Simulation", 2025.

inspect eval personae/behaviour_chain --model personae/embedded
inspect eval personae/behaviour_chain --model openai/gpt-4o -T data=chains.jsonl -T judge=openai/gpt-4o
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

if TYPE_CHECKING:
    from personae.measure.behaviour_chains import Chain

#: A behaviour in the model's own words is a sentence or two.
BEHAVIOUR_TOKENS = 64


@task
def behaviour_chain(
    data: str | None = None,
    way: str = "whole",
    anonymise: bool = False,
    context_words: int | None = None,
    judge: str | None = None,
    judge_card: str | None = None,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Each node in all rotations of its options (once where whole options can be scored), with and without history.

    Args:
        data: Chains (.jsonl, .yaml, or a released .json); the bundled ones when not given.
        way: How it answers: whole, letters, spoken or shares.
        anonymise: Give everybody in the texts a neutral name.
        context_words: Give at most so many words of what went before, cut from the left.
        judge: A model that judges behaviours in the model's own words against the true ones; none when not given.
        judge_card: The card that `personae judge qualify` wrote for the judge.
        seed: Seed of the orders in which options are shown, of sampling, and of the permutations.
        temperature: Temperature of behaviours in the model's own words.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.judges.relative import RelativeJudge
    from personae.measure.as_inspect import MeasureTask, observe, observed, summary
    from personae.measure.behaviour_chains import BehaviourChains, load_chains, own_chains
    from personae.persona.persona import Persona
    from personae.tasks._models import judged_by
    from personae.types import Settings

    grader, note = judged_by(judge, judge_card, cache)
    judging = RelativeJudge(grader, "personality_consistency") if grader else None
    chains = load_chains(data) if data else own_chains()
    measure = BehaviourChains(chains, way, anonymise, context_words, judging, note, seed=seed)  # type: ignore[arg-type]
    who = Persona(name="everybody in the chains")
    plan = measure.plan(who)
    settings = Settings(temperature=temperature, max_tokens=BEHAVIOUR_TOKENS, seed=seed)
    return MeasureTask(
        measure,
        plan,
        name=measure.name,
        dataset=MemoryDataset([sample for chain in chains for sample in chain_to_samples(chain)]),
        solver=observe(measure, who, plan.cases, settings, cache),
        scorer=observed(),
        metrics=[summary(measure, who)],
        fail_on_error=True,
        metadata={"seed": seed, "chains": len(chains), "judge": note},
    )


def chain_to_samples(chain: Chain) -> list[Sample]:
    """A sample per node; its id is that of the chain and the node's place from 01."""
    return [
        Sample(
            id=chain.node_id(index),
            input=node.context,
            choices=list(node.options),
            target="A",
            metadata={"character": chain.character, "chain": chain.id, "node": index},
        )
        for index, node in enumerate(chain.nodes)
    ]
