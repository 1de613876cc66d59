"""Personalization tests: does the model use what it knows of its user, or would any answer have done?

"Know Me, Respond to Me: Benchmarking LLMs for Dynamic User Profiling and Personalized Responses at Scale" (PersonaMem),
2025; PersonaMem-v2, 2025; "Do LLMs Recognize Your Preferences?" (PrefEval), 2025; "PersonaFeedback", 2025.

inspect eval personae/preference_choice --model personae/embedded
inspect eval personae/preference_choice --model openai/gpt-4o -T data=prefeval -T form=prefeval -T turns=10
inspect eval personae/persona_choice --model openai/gpt-4o -T data=persona_feedback.jsonl
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

if TYPE_CHECKING:
    from personae.measure.preference_choice import PersonaPair, PreferenceItem
    from personae.measure.protocol import Measure


@task
def preference_choice(
    data: str | None = None,
    form: str = "own",
    contexts: str | None = None,
    turns: int = 0,
    size: str = "32k",
    conditions: str | list[str] = "history,floor,ceiling",
    way: str = "letters",
    nearness: str = "words",
    k: int = 5,
    similarity: bool = False,
    context_words: int | None = None,
    writer: str = "rules",
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Each question in every order of its options: with its history, with nothing, with the passage that settles it.

    Args:
        data: The set's table or folder; the bundled questions when not given.
        form: What it is: own, personamem, personamem-v2 or prefeval.
        contexts: PersonaMem's file of shared contexts.
        turns: PrefEval's exchanges of unrelated talk between preference and question.
        size: Which histories of PersonaMem-v2 to take, 32k or 128k.
        conditions: Of history, recalled, note, floor and ceiling; the first is the score, which floor and ceiling lift.
        way: How it answers: letters, spoken, boxed or whole.
        nearness: How messages are recalled: words, or meaning (the embedded sentence embedder, English).
        k: How many messages are recalled.
        similarity: Add the floor of the option most similar to the question (the embedded sentence embedder).
        context_words: Give at most so many words of a history, cut from the left.
        writer: Who writes the note: rules, or model (the one that is tested).
        seed: Seed of the orders in which options are shown, and of the bootstrap.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.decisions.nearness import nearness_named
    from personae.measure.preference_choice import PreferenceChoice, load_items, own_items
    from personae.models.embedder import MiniLM

    items = load_items(data, form, contexts=contexts, turns=turns, size=size) if data else own_items()
    measure = PreferenceChoice(
        items,
        _names(conditions),
        way,  # type: ignore[arg-type]
        nearness_named(nearness),
        k,
        MiniLM() if similarity else None,
        context_words,
        seed,
        writer,  # type: ignore[arg-type]
    )
    return _task(measure, [item_to_sample(item) for item in items], seed, cache, form=form, way=way)


@task
def persona_choice(
    data: str | None = None,
    settings: str | list[str] = "full,none",
    way: str = "letters",
    nearness: str = "words",
    lines: int = 5,
    columns: str | list[str] | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Each pair of replies in both orders; right only if the better one is chosen in both.

    Args:
        data: Pairs (.csv, .json, .jsonl, or .yaml of our own form); the bundled ones when not given.
        settings: How much of the persona is given, of none, full, retrieved and inferred; the first is the score.
        way: How it answers: letters, spoken, boxed or whole.
        nearness: How lines of a persona are retrieved: words, or meaning (the embedded sentence embedder, English).
        lines: How many lines are retrieved, and at most inferred.
        columns: What the table calls its columns, as "chosen=good_reply,rejected=bad_reply".
        seed: Seed of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.decisions.nearness import nearness_named
    from personae.measure.preference_choice import PersonaChoice, load_pairs, own_pairs

    pairs = load_pairs(data, _columns(columns)) if data else own_pairs()
    measure = PersonaChoice(pairs, _names(settings), way, nearness_named(nearness), lines)  # type: ignore[arg-type]
    return _task(measure, [pair_to_sample(pair) for pair in pairs], seed, cache, way=way)


def item_to_sample(item: PreferenceItem) -> Sample:
    """A question as a sample; its id is that of the set."""
    target = "ABCDEFGHIJK"[item.gold]
    return Sample(
        id=item.id, input=item.question, choices=list(item.options), target=target, metadata=dict(item.labels)
    )


def pair_to_sample(pair: PersonaPair) -> Sample:
    """A pair as a sample, the better reply first."""
    metadata = {"tier": pair.tier, "kind": pair.kind}
    return Sample(id=pair.id, input=pair.question, choices=[pair.better, pair.worse], target="A", metadata=metadata)


def _task(measure: Measure, samples: list[Sample], seed: int, cache: str | None, **about: str) -> Task:
    from personae.measure.as_inspect import MeasureTask, observe, observed, summary
    from personae.persona.persona import Persona
    from personae.types import Settings

    who = Persona(name="everybody in the set")
    plan = measure.plan(who)
    return MeasureTask(
        measure,
        plan,
        name=measure.name,
        dataset=MemoryDataset(samples),
        solver=observe(measure, who, plan.cases, Settings(seed=seed), cache),
        scorer=observed(),
        metrics=[summary(measure, who)],
        fail_on_error=True,
        metadata={"seed": seed, **about},
    )


def _columns(listed: str | list[str] | None) -> dict[str, str]:
    """ "ours=theirs" each."""
    from personae.errors import UsageError

    pairs = [name.partition("=") for name in _names(listed or ())]
    for ours, equals, theirs in pairs:
        if not (ours.strip() and equals and theirs.strip()):
            raise UsageError(f"a column is told as ours=theirs, not {ours + equals + theirs!r}")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _names(listed: str | Sequence[str]) -> tuple[str, ...]:
    """Inspect reads "a,b" on the command line as a list."""
    names = listed.split(",") if isinstance(listed, str) else listed
    return tuple(name.strip() for name in names if name.strip())
