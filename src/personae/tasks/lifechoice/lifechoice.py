"""Decisions in character: does the model decide as the character did, and does persona-mapped recall help it?

"Character is Destiny: Can Role-Playing Language Agents Make Persona-Driven Decisions?", 2024 (LifeChoice, CharMap).

inspect eval personae/lifechoice --model personae/embedded
inspect eval personae/lifechoice --model openai/gpt-4o -T data=LifeChoice.json -T nearness=meaning -T anonymise=true
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

if TYPE_CHECKING:
    from personae.measure.decisions import Decision

CONDITIONS = "mapped,scenario,description,floor"


@task
def lifechoice(
    data: str | None = None,
    persona: str | None = None,
    conditions: str = CONDITIONS,
    nearness: str = "words",
    bearing: str = "nearness",
    way: str = "whole",
    anonymise: bool = False,
    context_words: int | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Each decision in all rotations of its options (once where whole options can be scored), under each condition.

    Args:
        data: LifeChoice records (.json, .jsonl) or a set of our own form (.yaml); the bundled set when not given.
        persona: Path or starter whose name and description stand in for those of the characters.
        conditions: What the model gets to read: mapped, scenario, description, text, floor; the first is the score.
        nearness: How memories are found: words, or meaning (the embedded sentence embedder, English).
        bearing: Who selects the parts of the description to ask memories with: nearness, or the model itself.
        way: How it answers: whole, letters, spoken or shares.
        anonymise: Give everybody in the texts a neutral name.
        context_words: Give at most so many words of a context, cut from the left.
        seed: Seed of the orders in which options are shown.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import MeasureTask, observe, observed, summary
    from personae.measure.decisions import CharMap, Decisions, load_decisions, own_decisions
    from personae.measure.decisions.measure import decisions_of
    from personae.measure.decisions.nearness import nearness_named
    from personae.persona.find import find
    from personae.persona.persona import Persona
    from personae.types import Settings

    decisions = load_decisions(data) if data else own_decisions()
    who = find(persona) if persona else Persona(name="everybody in the set")
    measure = Decisions(
        decisions_of(who, decisions) if persona else decisions,
        tuple(name.strip() for name in conditions.split(",")),
        CharMap(nearness_named(nearness)),
        way,  # type: ignore[arg-type]
        anonymise,
        context_words,
        seed,
        bearing=bearing,  # type: ignore[arg-type]
    )
    plan = measure.plan(who)
    return MeasureTask(
        measure,
        plan,
        name=measure.name,
        dataset=MemoryDataset([record_to_sample(decision) for decision in measure.decisions]),
        solver=observe(measure, who, plan.cases, Settings(seed=seed), cache),
        scorer=observed(),
        metrics=[summary(measure, who)],
        fail_on_error=True,
        metadata={"seed": seed, "conditions": conditions, "recall": nearness, "bearing": bearing},
    )


def record_to_sample(decision: Decision) -> Sample:
    """A decision as a sample; its id is that of the record, or its place in the file."""
    return Sample(
        id=decision.id,
        input=f"{decision.scenario}\n\n{decision.question}",
        choices=list(decision.options),
        target="ABCD"[decision.gold],
        metadata={"character": decision.character},
    )
