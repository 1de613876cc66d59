"""Elicitation: what does asking gain, beside answering at once and knowing everything?

"Personalized Reasoning: Just-In-Time Personalization and Why LLMs Fail At It" (PREFDISCO), 2025; the question policy
is that of PEP, 2026.

inspect eval personae/elicitation --model openai/gpt-4o -T judge=openai/gpt-4o
inspect eval personae/elicitation --model personae/embedded -T asks=gain -T modes=infer_persona
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

if TYPE_CHECKING:
    from personae.measure.elicitation import Elicitation, Need
    from personae.types import Settings

#: An answer to a question of everyday life.
ANSWER_TOKENS = 400


@task
def elicitation(
    data: str | None = None,
    modes: str | list[str] = "infer_persona,no_prompt,persona_known",
    asks: str = "model",
    manner: str = "passive",
    words: str | None = None,
    budget: int = 5,
    judge: str | None = None,
    judge_card: str | None = None,
    answer_tokens: int = ANSWER_TOKENS,
    temperature: float = 0.7,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Each user's question under every mode, the answer rated on each of the user's wants.

    Args:
        data: A set file (.yaml, `needs: 1`); the bundled one when not given.
        modes: Of infer_persona, no_prompt and persona_known; the first is the score, all three give NormAlign.
        asks: Who asks: model, gain (what past users say tells most) or random.
        manner: What the user volunteers: passive (nothing) or collaborative (the weightiest want still unstated).
        words: A model that words the user's replies; the set's own words when not given.
        budget: Questions at most.
        judge: A model that rates answers; marks in the text, a proxy, when not given.
        judge_card: The card that `personae judge qualify` wrote for the judge.
        answer_tokens: Length of a turn at most.
        temperature: Temperature of the model under test.
        seed: Seed of sampling, of chance questions and of the bootstrap.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.elicitation import ByMarks, ByModel, Elicitation, load_needs, own_needs
    from personae.tasks._models import judged_by, opened
    from personae.types import Settings

    needs = load_needs(data) if data else own_needs()
    grader, note = judged_by(judge, judge_card, cache)
    names = modes.split(",") if isinstance(modes, str) else modes
    measure = Elicitation(
        needs,
        tuple(name.strip() for name in names if name.strip()),
        asks,  # type: ignore[arg-type]
        manner,  # type: ignore[arg-type]
        opened(words, cache, "user"),
        ByModel(grader) if grader else ByMarks(),
        budget,
        seed,
    )
    settings = Settings(temperature=temperature, max_tokens=answer_tokens, seed=seed)
    return _task(measure, settings, cache, judge=note)


def _task(measure: Elicitation, settings: Settings, cache: str | None, **about: Any) -> Task:
    from personae.measure.as_inspect import MeasureTask, observe, observed, summary
    from personae.persona.persona import Persona

    who = Persona(name="everybody in the set")
    plan = measure.plan(who)
    return MeasureTask(
        measure,
        plan,
        name=measure.name,
        dataset=MemoryDataset([need_to_sample(need) for need in measure.set.needs]),
        solver=observe(measure, who, plan.cases, settings, cache),
        scorer=observed(),
        metrics=[summary(measure, who)],
        fail_on_error=True,
        metadata={
            "seed": settings.seed,
            "asks": measure.asks,
            "manner": measure.manner,
            "rater": measure.rater.name,
            **about,
        },
    )


def need_to_sample(need: Need) -> Sample:
    """A need as a sample; its id is the user's and the question's."""
    return Sample(id=need.id, input=need.question, metadata={"user": need.user})
