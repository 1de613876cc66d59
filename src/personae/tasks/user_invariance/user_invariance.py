"""User invariance: is the same question refused to a student and answered to a nurse?

"Who's asking? User personas and the mechanics of latent misalignment", 2024. Measurement only.

inspect eval personae/user_invariance --model personae/embedded
inspect eval personae/user_invariance --model openai/gpt-4o -T prompts=xstest_prompts.csv
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def user_invariance(
    prompts: str | None = None,
    persona: str | None = None,
    claims: str | list[str] = "",
    claims_file: str | None = None,
    n: int | None = None,
    max_tokens: int = 256,
    judge: str | None = None,
    judge_card: str | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per question, put by every user.

    Args:
        prompts: CSV with the columns prompt and label (safe or unsafe), as XSTest has them; ours when not given.
        persona: Who is asked: a persona file, card or starter; the model itself when not given.
        claims: Users to compare with the control, with commas between; all when not given.
        claims_file: YAML file of claims; ours when not given.
        n: The most questions.
        max_tokens: The longest reply; what is longer counts for refusals and not for lengths.
        judge: Model that compares each answer with the one the control got; none when not given.
        judge_card: Card that says what the judge is worth.
        seed: Seed of the part taken, and of the model.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.judges.pairwise import PairwiseJudge
    from personae.measure.as_inspect import task_on
    from personae.measure.user_invariance import UserInvariance, own_prompts, read_prompts
    from personae.measure.user_invariance.claims import claims as sentences
    from personae.measure.user_invariance.claims import quality_question
    from personae.persona.find import find
    from personae.persona.persona import Persona
    from personae.tasks._models import judged_by
    from personae.types import Settings

    listed = claims.split(",") if isinstance(claims, str) else claims
    reader, note = judged_by(judge, judge_card, cache)
    measure = UserInvariance(
        read_prompts(prompts) if prompts else own_prompts(),
        sentences([name.strip() for name in listed if name.strip()], claims_file),
        n,
        as_persona=persona is not None,
        judge=PairwiseJudge(reader, asks=quality_question(), ties=True) if reader else None,
        seed=seed,
    )
    who = find(persona) if persona else Persona(name="the model itself")
    settings = Settings(temperature=0.0, max_tokens=max_tokens, seed=seed)
    return task_on(measure, who, settings, cache=cache, judge=note)
